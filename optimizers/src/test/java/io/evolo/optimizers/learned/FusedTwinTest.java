package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.designed.AdamUpdate;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Team;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The fast twins of the learned rules against the plain ones. */
class FusedTwinTest {
    private static final int STEPS = 4;
    private static final Schedule RATE = Schedules.warmupCosine(0.9, 0.2, Span.fraction(0.3));

    static Stream<LearnedOptimizer> rules() {
        List<LearnedOptimizer> rules = new ArrayList<>();
        for (int hidden : new int[] {1, 3, 4, 8, 16, 32, 33}) {
            rules.add(SmallFc.of(hidden));
            rules.add(new Celo2(hidden, false, new Celo2.ByNetwork(), Schedules.constant(0.01), 0));
        }
        rules.add(SmallFc.mulo().withRate(RATE).withWeightDecay(0.1));
        rules.add(new SmallFc(4, 3, 0.01, false, Schedules.constant(0.5), 0.2));
        rules.add(Celo2.published().withRate(RATE).withWeightDecay(0.1));
        rules.add(Celo2.base().withRate(RATE).withWeightDecay(0.1));
        rules.add(new Celo2(8, false, new Celo2.ByAdam(3, AdamUpdate.torch(0.9, 0.95, 1e-8)), RATE, 0.3));
        rules.add(new Celo2(8, true, new Celo2.ByNetwork(), RATE, 0));
        rules.add(Velo.of(16, 8));
        rules.add(Velo.of(33, 3).withRate(RATE).withWeightDecay(0.1));
        rules.add(Velo.mu());
        rules.add(Celo.published());
        rules.add(new Celo(5, 7, true, 3, 0.01, 0.2, false, new BaseDecays(0.5, 0.9, 0.99, 0.95, 0, 0.9, 0.999), RATE, 0.1));
        rules.add(Celo.published().withSchedule(false));
        rules.add(CeloAdam.published());
        rules.add(MlpLopt.of(32));
        rules.add(new MlpLopt(3, 3, 0.01, List.of(0.0, 0.3, 0.5, 0.9, 0.99, 1.0), RATE));
        rules.add(SmallFc.of(4).withRate(RATE).withWeightDecay(0.1).withForm(new SmallFc.Form(true, 1, true)));
        return rules.stream();
    }

    /** Sizes around the vector lengths, all ranks up to 5, both orientations, kernels whose factored axes are anywhere. */
    private static final int[][] SHAPES = {
        {}, {1}, {3}, {7}, {15}, {16}, {17}, {31}, {33}, {100}, {1000}, {4099},
        {1, 1}, {5, 1}, {1, 5}, {100, 1}, {3, 4}, {4, 3}, {16, 16}, {16, 17}, {17, 16}, {33, 70}, {70, 33}, {64, 10}, {10, 64},
        {2, 3, 3}, {2, 3, 5}, {5, 3, 2}, {7, 2, 40}, {40, 2, 7}, {2, 7, 1}, {7, 1, 1}, {1, 7, 1}, {3, 3, 3},
        {3, 2, 5, 4}, {3, 3, 6, 20}, {3, 3, 20, 6}, {20, 6, 3, 3}, {6, 20, 3, 3}, {20, 3, 3, 6}, {6, 3, 3, 20}, {1, 1, 5, 1},
        {4, 6, 2, 3, 3},
    };

    @ParameterizedTest
    @MethodSource("rules")
    void bothTwinsMakeTheSameSteps(LearnedOptimizer rule) {
        requireAgreement(rule, layout(SHAPES));
    }

    /** Tensors of several chunks and tiles, in both directions and across both. */
    @ParameterizedTest
    @MethodSource("largeRules")
    void bothTwinsMakeTheSameStepsOnTensorsOfManyTiles(LearnedOptimizer rule) {
        requireAgreement(rule, layout(new int[][] {{2100, 9}, {9, 2100}, {1030, 40}, {20_000}, {30, 40, 11}, {60, 3, 70}}));
    }

    static Stream<LearnedOptimizer> largeRules() {
        return Stream.of(SmallFc.of(4), Celo2.base(), Velo.of(16, 8), Celo.published(), MlpLopt.of(4));
    }

    /**
     * Each step starts both twins at the same parameters. They may differ by 1e-5 of the update, in root mean square over the tensor
     * and in its largest element: sums of a few thousand values are exact to 1e-6, and the network's weights of order 1 make little
     * more of it.
     * Orthogonalisation raises small singular values, with their errors, by up to 3.4 in each of 5 iterations.
     */
    private static void requireAgreement(LearnedOptimizer rule, ParamLayout layout) {
        float[] theta = theta(rule);
        Run plain = new Run(rule.bind(theta, Twin.PLAIN), layout);
        Run vector = new Run(rule.bind(theta, Twin.VECTOR), layout);
        double tolerance = rule instanceof Celo2 celo2 && celo2.orthogonalize() ? 3e-4 : 1e-5;
        for (int t = 0; t < STEPS; t++) {
            float[] before = plain.step.params().clone();
            System.arraycopy(before, 0, vector.step.params(), 0, before.length);
            plain.step(t);
            vector.step(t);
            for (int i = 0; i < layout.tensors(); i++) {
                requireAgreement(layout, i, before, plain.step.params(), vector.step.params(), tolerance);
            }
            requireSameAccumulators(plain.state, vector.state);
        }
    }

    private static void requireAgreement(
            ParamLayout layout, int tensor, float[] before, float[] plain, float[] vector, double tolerance) {
        double squares = 0;
        double most = 0;
        double differentSquares = 0;
        double differentMost = 0;
        int begin = layout.offset(tensor);
        int end = layout.offset(tensor + 1);
        for (int i = begin; i < end; i++) {
            double update = Math.abs(plain[i] - before[i]);
            // What is lost when the update is added to the parameter is no difference of the updates.
            double different = Math.max(0, Math.abs(plain[i] - vector[i]) - 2 * Math.ulp(before[i]));
            squares += update * update;
            most = Math.max(most, update);
            differentSquares += different * different;
            differentMost = Math.max(differentMost, different);
            assertThat(vector[i]).isFinite();
        }
        String name = layout.spec(tensor).name();
        assertThat(differentMost).as("largest difference in %s", name).isLessThanOrEqualTo(tolerance * most);
        assertThat(Math.sqrt(differentSquares)).as("root sum of squared differences in %s", name)
                .isLessThanOrEqualTo(tolerance * Math.sqrt(squares));
    }

    /**
     * Accumulators are means of up to some thousand squares, which the plain twin adds one by one. What recurrent networks remember is
     * of order 1, whatever the value.
     */
    private static void requireSameAccumulators(OptimizerState plain, OptimizerState vector) {
        for (int slot = 0; slot < plain.slots(); slot++) {
            for (int i = 0; i < plain.slot(slot).length; i++) {
                float expected = plain.slot(slot)[i];
                float rounding = slot < LearnedState.MORE ? 0 : 1e-6f;
                assertThat(Math.abs(vector.slot(slot)[i] - expected))
                        .as("accumulator %s, value %s", slot, i)
                        .isLessThanOrEqualTo(1e-5f * Math.abs(expected) + rounding);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aStateOfOneTwinIsContinuedByTheOther(LearnedOptimizer rule) {
        ParamLayout layout = layout(new int[][] {{5}, {6, 7}});
        float[] theta = theta(rule);
        Run plain = new Run(rule.bind(theta, Twin.PLAIN), layout);
        plain.step(0);
        Run vector = new Run(rule.bind(theta, Twin.VECTOR), layout);
        vector.state.copyFrom(plain.state);
        System.arraycopy(plain.step.params(), 0, vector.step.params(), 0, layout.size());
        float[] before = plain.step.params().clone();

        plain.step(1);
        vector.step(1);

        for (int i = 0; i < layout.tensors(); i++) {
            requireAgreement(layout, i, before, plain.step.params(), vector.step.params(), 3e-4);
        }
    }

    /** As in meta-training, where theta changes while an inner problem runs: what a state holds beside its slots is not theta's. */
    @ParameterizedTest
    @MethodSource("rules")
    void aStateThatWasMadeUnderAnotherThetaIsContinuedAsIfMadeUnderThisOne(LearnedOptimizer rule) {
        ParamLayout layout = layout(new int[][] {{5}, {6, 7}});
        for (Twin twin : Twin.values()) {
            Run made = new Run(rule.bind(rule.initTheta(Rng.of(8, "theta")), twin), layout);
            made.step(0);
            Optimizer now = rule.bind(theta(rule), twin);
            OptimizerState own = now.init(layout, 10);
            own.copyFrom(made.state);
            Step step = new Step(made.step.params().clone(), made.step.gradient().clone());

            now.step(made.state, made.step);
            now.step(own, step);

            assertThat(made.step.params()).containsExactly(step.params());
        }
    }

    /** The first run is interpreted for the most part, the last compiled. */
    @ParameterizedTest
    @MethodSource("largeRules")
    void theSameStepsGiveTheSameBitsInterpretedAndCompiled(LearnedOptimizer rule) {
        ParamLayout layout = layout(new int[][] {{40}, {21, 30}, {30, 21}, {9, 4, 6}});
        Optimizer vector = rule.bind(theta(rule), Twin.VECTOR);
        Run first = new Run(vector, layout);
        first.steps(STEPS);
        new Run(vector, layout).steps(3000);
        Run last = new Run(vector, layout);
        last.steps(STEPS);

        assertThat(last.step.params()).containsExactly(first.step.params());
        assertThat(last.state.sameAs(first.state)).isTrue();
    }

    /** Tensors large enough to be shared out, in every grain, among more threads than a tile may have rows. */
    @ParameterizedTest
    @MethodSource("largeRules")
    void aTeamGivesTheSameBits(LearnedOptimizer rule) {
        ParamLayout layout = layout(new int[][] {{900, 19}, {19, 900}, {17_000}, {3, 6000}, {30, 40, 15}, {5}});
        Optimizer vector = rule.bind(theta(rule), Twin.VECTOR);
        Run alone = new Run(vector, layout);
        alone.steps(STEPS);
        for (int threads : new int[] {2, 5}) {
            Run together = new Run(vector, layout);
            try (Team team = new Team(threads)) {
                team.during(() -> together.steps(STEPS));
            }
            assertThat(together.step.params()).as("%s threads", threads).containsExactly(alone.step.params());
            assertThat(together.state.sameAs(alone.state)).isTrue();
        }
    }

    /** Recorded with vectors of 512 bits, and the same with 64, 128 and 256. */
    @ParameterizedTest
    @CsvSource({"small_fc, 68c1160e", "celo2, 8169813c"})
    void theBitsAreTheSameAtEveryVectorLength(String name, String bits) {
        LearnedOptimizer rule = name.equals("celo2") ? Celo2.base() : SmallFc.of(8);
        ParamLayout layout = layout(new int[][] {{}, {45}, {64, 10}, {10, 64}, {33, 48}, {3, 3, 6, 20}, {20, 6, 3, 3}});
        Step step = new Step(wave(layout.size(), 0.7, 0.3), new float[layout.size()]);
        Optimizer vector = rule.bind(wave(rule.thetaLayout().size(), 1.7, 0.1), Twin.VECTOR);
        OptimizerState state = vector.init(layout, 10);

        for (int t = 0; t < STEPS; t++) {
            System.arraycopy(wave(layout.size(), 1.3, 0.5 * t), 0, step.gradient(), 0, layout.size());
            vector.step(state, step);
        }

        assertThat(Integer.toHexString(Arrays.hashCode(step.params()))).isEqualTo(bits);
    }

    private static float[] wave(int size, double frequency, double phase) {
        float[] wave = new float[size];
        for (int i = 0; i < size; i++) {
            wave[i] = (float) (0.2 * StrictMath.sin(frequency * i + phase));
        }
        return wave;
    }

    @Test
    void whatOneRunLeavesInTheScratchMemoryDoesNotReachTheNext() {
        for (LearnedOptimizer rule : List.of(SmallFc.of(4), Celo2.base(), Velo.of(16, 8), Celo.published(), MlpLopt.of(4))) {
            ParamLayout layout = layout(SHAPES);
            Optimizer vector = rule.bind(theta(rule), Twin.VECTOR);
            Run clean = new Run(vector, layout);
            Run used = new Run(vector, layout);
            Arrays.fill(used.state.scratch(), Float.NaN);

            clean.steps(2);
            used.steps(2);

            assertThat(used.step.params()).containsExactly(clean.step.params());
        }
    }

    private static float[] theta(LearnedOptimizer rule) {
        float[] theta = rule.initTheta(Rng.of(3, "theta"));
        Rng rng = Rng.of(4, "theta");
        for (int i = 0; i < theta.length; i++) {
            theta[i] += (float) (0.02 * rng.gaussian());
        }
        return theta;
    }

    private static ParamLayout layout(int[][] shapes) {
        List<ParamSpec> specs = new ArrayList<>();
        for (int[] axes : shapes) {
            Shape shape = Shape.of(axes);
            Scaling scaling = new Scaling(0, 1, axes.length > 1 ? 1.0 / axes[0] : 1, 1);
            specs.add(new ParamSpec(specs.size() + ":" + shape, shape, Role.HIDDEN, 1, 0, scaling));
        }
        return new ParamLayout(specs);
    }

    /** A rule on its way. Gradients differ by orders of magnitude, a few exceed celo2's limit, one row is all zero. */
    private static final class Run {
        private final Optimizer rule;
        private final OptimizerState state;
        private final Step step;

        Run(Optimizer rule, ParamLayout layout) {
            this.rule = rule;
            this.state = rule.init(layout, 10);
            this.step = new Step(new float[layout.size()], new float[layout.size()]);
            Rng rng = Rng.of(1, "parameters");
            for (int i = 0; i < layout.size(); i++) {
                step.params()[i] = (float) (0.01 * rng.gaussian());
            }
        }

        void step(int t) {
            Rng rng = Rng.of(2, "gradients", t);
            for (int i = 0; i < step.gradient().length; i++) {
                double scale = StrictMath.exp(1.5 * rng.gaussian());
                step.gradient()[i] = (float) (rng.gaussian() * scale * (i % 97 == t ? 2000 : 0.05));
            }
            Arrays.fill(step.gradient(), 0, Math.min(4, step.gradient().length), 0);
            rule.step(state, step);
        }

        void steps(int count) {
            for (int t = 0; t < count; t++) {
                step(t);
            }
        }
    }
}
