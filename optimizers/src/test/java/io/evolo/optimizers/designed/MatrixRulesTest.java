package io.evolo.optimizers.designed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that move matrices in their own way, on matrices of every shape: what the contract's layouts of vectors cannot show. */
class MatrixRulesTest {
    private static final Scaling SCALED = new Scaling(0, 1, 0.25, 4);

    /** Hidden matrices and kernels, thin ones and single values among them, and what is none. */
    private static final ParamLayout SHAPES = new ParamLayout(List.of(
            hidden("square", Scaling.NONE, 6, 6),
            hidden("wide", Scaling.NONE, 3, 21),
            hidden("tall", Scaling.NONE, 17, 4),
            hidden("row", Scaling.NONE, 1, 9),
            hidden("column", Scaling.NONE, 9, 1),
            hidden("single", Scaling.NONE, 1, 1),
            hidden("kernel", Scaling.NONE, 3, 3, 2, 4),
            hidden("line", Scaling.NONE, 3, 2, 4),
            ParamSpec.plain("bias", Shape.of(5)),
            ParamSpec.plain("scalar", Shape.of()),
            new ParamSpec("out", Shape.of(6, 3), Role.OUTPUT, 6, 0, Scaling.NONE)));

    /**
     * A rule, some forms of it, and what muP multiplies its updates by, where Adam's factor is 1/4 and SGD's 4.
     *
     * @param factor of a hidden matrix
     * @param other of a vector
     */
    record Subject(String name, Map<String, Double> hyperparameters, double factor, double other) {
        Subject(String name, Map<String, Double> hyperparameters, double factor) {
            this(name, hyperparameters, factor, 0.25);
        }

        Optimizer rule(double rate) {
            return HandDesigned.of(name, hyperparameters, Schedules.constant(rate));
        }
    }

    static List<Subject> subjects() {
        return List.of(
                new Subject("muon", Map.of(), 1),
                new Subject("muon", Map.of("list", 1.0, "scale", 2.0, "sum", 1.0, "cautious", 1.0, "weight_decay", 0.1), 1),
                new Subject("muon", Map.of("list", 2.0, "scale", 3.0, "kernel_slices", 1.0), 0.5),
                new Subject("normuon", Map.of(), 1),
                new Subject("normuon", Map.of("list", 3.0, "short_side", 1.0, "least_ratio", 0.35), 1),
                new Subject("normuon", Map.of("kernel_slices", 1.0, "scale", 3.0, "cautious", 1.0, "weight_decay", 0.1), 0.5),
                new Subject("muon-squared", Map.of(), 1),
                new Subject("adamuon", Map.of(), 0.5),
                new Subject("kl-shampoo", Map.of("weight_decay", 0.0), 0.5),
                new Subject("kl-shampoo", Map.of("three_axes", 1.0, "damping", 1.0, "clamping", 0.0, "frequency", 1.0), 0.5),
                new Subject("kl-soap", Map.of("frequency", 2.0), 0.5),
                new Subject("kl-soap", Map.of("max_dim", 8.0, "normalize", 1.0, "full_start", 1.0, "three_axes", 1.0), 0.5),
                new Subject("soap-muon", Map.of(), 1),
                new Subject("soap-muon", Map.of("gated", 1.0, "row_floor", 0.0, "max_dim", 8.0, "gate_end", 1400.0, "gate_floor_end", 1.0), 1),
                new Subject("shampoo", Map.of("frequency", 1.0), 4),
                new Subject("shampoo", Map.of("block", 4.0, "matrix_root", 2.0, "beta2", 0.9), 4),
                new Subject("shampoo", Map.of("merge_dims", 0.0, "decoupled", 0.0, "beta3", 0.5, "start", 2.0), 4),
                new Subject("psgd-kron", Map.of(), 0.5),
                new Subject("psgd-kron", Map.of("max_size", 5.0, "of_momentum", 0.0, "merge_dims", 0.0, "flat", 1.0, "fall", 1.0), 0.5),
                new Subject("psgd-kron", Map.of("diagonal", 2.0, "noisy_step", 1.0, "probability", 0.5), 0.5),
                new Subject("dion", Map.of(), 1),
                new Subject("dion", Map.of("rank_fraction", 0.3, "aux_lion", 1.0), 1),
                new Subject("scion", Map.of(), 1, 1),
                new Subject("scion", Map.of("unconstrained", 1.0, "alpha", 1.0), 1, 1));
    }

    private static ParamSpec hidden(String name, Scaling scaling, int... axes) {
        Shape shape = Shape.of(axes);
        return new ParamSpec(name, shape, Role.HIDDEN, shape.size() / shape.axis(shape.rank() - 1), 0, scaling);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void stepsOfGradientsOfAnySizeAreFinite(Subject subject) {
        for (double size : new double[] {0, 1e-30, 1e-10, 1, 1e10, 1e30}) {
            Optimizer rule = subject.rule(0.01);
            OptimizerState state = rule.init(SHAPES, 30);
            Step step = new Step(new float[SHAPES.size()], new float[SHAPES.size()]);
            Rng.of(3, "w").fillGaussian(step.params(), 1);

            for (int t = 0; t < 12; t++) {
                Rng.of(4, "g", t).fillGaussian(step.gradient(), size);
                rule.step(state, step);
            }

            for (int i = 0; i < SHAPES.tensors(); i++) {
                double norm = Norms.norm(step.params(), SHAPES.offset(i), SHAPES.offset(i + 1));
                assertThat(norm).as("%s, gradients of %s", SHAPES.spec(i).name(), size).isFinite();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void parametersOfZeroMove(Subject subject) {
        Optimizer rule = subject.rule(0.1);
        OptimizerState state = rule.init(SHAPES, 30);
        Step step = new Step(new float[SHAPES.size()], new float[SHAPES.size()]);

        for (int t = 0; t < 3; t++) {
            Rng.of(4, "g", t).fillGaussian(step.gradient(), 1);
            rule.step(state, step);
        }

        for (int i = 0; i < SHAPES.tensors(); i++) {
            double norm = Norms.norm(step.params(), SHAPES.offset(i), SHAPES.offset(i + 1));
            assertThat(norm).as(SHAPES.spec(i).name()).isPositive().isFinite();
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void matricesHaveTheirOwnFactorAndTheOthersThatOfAdam(Subject subject) {
        float[] plain = updates(subject, Scaling.NONE);
        float[] scaled = updates(subject, SCALED);

        for (int i = 0; i < plain.length; i++) {
            double factor = i < 35 ? subject.factor : subject.other;
            double expected = factor * plain[i];
            // Two steps may cancel, and ε, or the rounding of polar factors, is left.
            double usual = factor * (i < 35 ? Norms.rms(plain, 0, 35) : Norms.rms(plain, 35, plain.length));
            assertThat((double) scaled[i]).as("element %d", i).isCloseTo(expected, within(1e-3 * Math.abs(expected) + 1e-4 * usual));
        }
    }

    /** From 0, so that a parameter is its update, after the second step: some rules only look at the first. */
    private static float[] updates(Subject subject, Scaling scaling) {
        ParamLayout layout = new ParamLayout(
                List.of(hidden("w", scaling, 5, 7), new ParamSpec("b", Shape.of(6), Role.VECTOR, 1, 0, scaling)));
        Map<String, Double> hyper = new HashMap<>(subject.hyperparameters);
        hyper.remove("least_ratio");
        for (Hyperparameter one : HandDesigned.hyperparameters(subject.name)) {
            if (one.name().endsWith("weight_decay")) {
                hyper.put(one.name(), 0.0);
            }
            if (one.name().equals("unconstrained")) {
                hyper.put(one.name(), 1.0);
            }
        }
        Optimizer rule = HandDesigned.of(subject.name, hyper, Schedules.constant(0.01));
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        OptimizerState state = rule.init(layout, 10);
        for (int t = 0; t < 2; t++) {
            // Under muP gradients are smaller by that, to which rules that are linear in them at first are held.
            Rng.of(5, "g", t).fillGaussian(step.gradient(), 1 / scaling.gradient());
            rule.step(state, step);
        }
        return step.params();
    }

    /** The reference takes a kernel's height over its width where matrices have their outputs over their inputs. */
    @Test
    void muonsDefaultsAreTheReferencesForConvolutionsToo() {
        ParamLayout layout = new ParamLayout(List.of(hidden("kernel", Scaling.NONE, 3, 3, 2, 128)));
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        Rng.of(6, "g").fillGaussian(step.gradient(), 1);
        Optimizer rule = HandDesigned.named("muon", Schedules.constant(1));

        rule.step(rule.init(layout, 10), step);

        // Eighteen singular values between .65 and 1.25, .83 at the median; 128/18 would lengthen them 2.7 times.
        assertThat(Norms.norm(step.params(), 0, layout.size())).isCloseTo(3.52, within(0.3));
    }

    @ParameterizedTest
    @CsvSource({"muon,list,4", "muon,scale,4", "normuon,list,9", "normuon,scale,5", "muon-squared,list,4", "adamuon,list,4"})
    void aChoiceThatThereIsNotIsRefused(String rule, String key, double value) {
        assertThatThrownBy(() -> HandDesigned.of(rule, Map.of(key, value), Schedules.constant(0.1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("%s: %s is %d, expected 0 to 3", rule, key, (int) value);
    }

    @ParameterizedTest
    @CsvSource({
        "kl-shampoo,initial,1e-30,[1e-20",
        "kl-soap,initial,1e30,[1e-20",
        "kl-soap,shampoo_beta,1,[0",
        "kl-shampoo,shampoo_beta,-0.5,[0",
        "psgd-kron,initial,1e-30,[1e-20",
        "psgd-kron,diagonal,4,0 to 3",
        "psgd-kron,least_probability,0,a positive one",
        "shampoo,start,0,a step from 1 on",
        "shampoo,beta3,1,[0",
        "scion,alpha,0,(0",
        "soap-muon,gate_floor,0.9,below the cap"
    })
    void aValueThatWouldGiveNoNumberOrNoStepIsRefused(String rule, String key, double value, String expected) {
        assertThatThrownBy(() -> HandDesigned.of(rule, Map.of(key, value), Schedules.constant(0.1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(rule + ": " + key)
                .hasMessageContaining(expected);
    }

    @Test
    void dionsUpdateHasItsRankAndTheMomentumKeepsTheRest() {
        ParamLayout layout = new ParamLayout(List.of(hidden("w", Scaling.NONE, 9, 6)));
        Optimizer rule = HandDesigned.of("dion", Map.of("rank", 1.0, "weight_decay", 0.0, "momentum", 0.0), Schedules.constant(1));
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        Rng.of(7, "g").fillGaussian(step.gradient(), 1);
        OptimizerState state = rule.init(layout, 10);

        rule.step(state, step);

        // Rank 1: every 2×2 minor is 0. The rest of the gradient is orthogonal to the update.
        float[] w = step.params();
        double dot = 0;
        for (int i = 0; i < layout.size(); i++) {
            dot += (double) w[i] * state.slot(0)[i];
        }
        for (int i = 0; i < 8; i++) {
            assertThat((double) w[6 * i] * w[6 * i + 7] - (double) w[6 * i + 1] * w[6 * i + 6]).isCloseTo(0, within(1e-6));
        }
        assertThat(Norms.norm(state.slot(0), 0, layout.size())).isPositive();
        assertThat(dot).isCloseTo(0, within(1e-4));
    }

    /** In the layer's own norm, which is √(in/out) times the largest singular value, every step of η has length ηρ. */
    @Test
    void scionBoundsWhatEveryLayerDoesToItsInputs() {
        ParamLayout layout = new ParamLayout(List.of(
                hidden("w", Scaling.NONE, 16, 4),
                new ParamSpec("out", Shape.of(16, 3), Role.OUTPUT, 16, 0, Scaling.NONE),
                ParamSpec.plain("b", Shape.of(7))));
        Optimizer rule = HandDesigned.of("scion", Map.of("unconstrained", 1.0, "radius", 2.0, "output_radius", 32.0), Schedules.constant(0.5));
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        Rng.of(7, "g").fillGaussian(step.gradient(), 1);

        rule.step(rule.init(layout, 10), step);

        // Four singular values near ηρ√(4/16); every entry ηρ/16; root mean square η.
        assertThat(Norms.norm(step.params(), 0, 64)).isBetween(0.65, 1.25);
        for (int i = 64; i < 112; i++) {
            assertThat(Math.abs(step.params()[i])).isEqualTo(1);
        }
        assertThat(Norms.rms(step.params(), 112, 119)).isCloseTo(0.5, within(1e-5));
    }

    /** With factors fitted to gradients of one distribution, steps are white whatever that was. */
    @Test
    void psgdWhitensGradients() {
        ParamLayout layout = new ParamLayout(List.of(hidden("w", Scaling.NONE, 6, 5)));
        Optimizer rule = HandDesigned.of("psgd-kron", Map.of("beta1", 0.0), Schedules.constant(1));
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        OptimizerState state = rule.init(layout, 1000);
        double[] before = new double[6];
        double[] after = new double[6];

        for (int t = 0; t < 600; t++) {
            Rng.of(7, "g", t).fillGaussian(step.gradient(), 1);
            Arrays.fill(step.params(), 0);
            for (int i = 0; i < 30; i++) {
                step.gradient()[i] *= (float) Math.pow(3, i / 5 - 3); // rows from 1/27 to 9
            }
            rule.step(state, step);
            for (int i = 0; t >= 400 && i < 30; i++) {
                before[i / 5] += (double) step.gradient()[i] * step.gradient()[i];
                after[i / 5] += (double) step.params()[i] * step.params()[i];
            }
        }

        assertThat(before[5] / before[0]).isGreaterThan(1e4);
        for (double row : after) {
            assertThat(Math.sqrt(row / 1000)).isBetween(0.3, 1.5);
        }
    }

    @Test
    void rowsOfNorMuonsUpdatesHaveOneSize() {
        ParamLayout layout = new ParamLayout(List.of(hidden("w", Scaling.NONE, 40, 12)));
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        Rng.of(7, "g").fillGaussian(step.gradient(), 1);
        for (int i = 0; i < 40; i++) {
            step.gradient()[12 * i] *= 1e-6f; // one output's gradient is small
        }
        Optimizer rule = HandDesigned.named("normuon", Schedules.constant(1));

        rule.step(rule.init(layout, 10), step);

        double[] squares = new double[12];
        for (int i = 0; i < layout.size(); i++) {
            squares[i % 12] += (double) step.params()[i] * step.params()[i];
        }
        for (double square : squares) {
            assertThat(square).isCloseTo(squares[1], within(1e-4 * squares[1]));
        }
    }

    @Test
    void cautiousDecayLeavesWhatTheStepLengthens() {
        ParamLayout layout = new ParamLayout(List.of(hidden("w", Scaling.NONE, 8, 8)));
        float[] moved = first(layout, Map.of("weight_decay", 0.0));
        float[] decayed = first(layout, Map.of("weight_decay", 0.5, "cautious", 1.0));
        float[] start = new float[layout.size()];
        Rng.of(8, "w").fillGaussian(start, 1);

        for (int i = 0; i < start.length; i++) {
            boolean lengthened = Math.abs(moved[i]) > Math.abs(start[i]) && Math.signum(moved[i]) == Math.signum(start[i]);
            float expected = lengthened ? moved[i] : moved[i] - 0.5f * 0.01f * start[i];
            assertThat(decayed[i]).isCloseTo(expected, within(1e-6f));
        }
    }

    private static float[] first(ParamLayout layout, Map<String, Double> hyper) {
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        Rng.of(8, "w").fillGaussian(step.params(), 1);
        Rng.of(9, "g").fillGaussian(step.gradient(), 1);
        Optimizer rule = HandDesigned.of("muon", hyper, Schedules.constant(0.01));
        rule.step(rule.init(layout, 10), step);
        return step.params();
    }
}
