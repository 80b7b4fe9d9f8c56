package io.evolo.optimizers.designed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.ThreadMXBean;
import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Signals;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.Step;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that see layers, matrices and losses, on a network: what the contract's layouts without layers cannot show. */
class LayeredRulesTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Dataset DATA = DataSpec.strokes(8).load();
    private static final ParamLayout LAYOUT = task(Parametrization.mup(6)).layout();

    private static NetworkTask task(Parametrization parametrization) {
        return NetworkFamily.of(Mlp.of(2), 12, 16, parametrization, DATA).sample(Rng.of(1, "task"));
    }

    /** A rule under a rate that suits it. */
    record Subject(String name, Map<String, Double> hyperparameters, double rate) {
        Optimizer rule() {
            return HandDesigned.of(name, hyperparameters, Schedules.constant(rate));
        }
    }

    static Stream<Subject> subjects() {
        return Stream.of(
                new Subject("muon", Map.of("aux_ratio", 0.5), 0.02),
                new Subject("muon", Map.of("list", 1.0, "scale", 2.0, "sum", 1.0, "cautious", 1.0, "aux_ratio", 0.5), 0.02),
                new Subject("normuon", Map.of("aux_ratio", 0.5), 0.02),
                new Subject("normuon", Map.of("list", 3.0, "short_side", 1.0, "least_ratio", 0.35, "aux_ratio", 0.5), 0.02),
                new Subject("muon-squared", Map.of(), 0.03),
                new Subject("adamuon", Map.of(), 0.03),
                new Subject("soap", Map.of("frequency", 3.0), 0.01),
                new Subject("kl-shampoo", Map.of("frequency", 3.0), 0.03),
                new Subject("kl-soap", Map.of("max_dim", 12.0), 0.01),
                new Subject("soap-muon", Map.of("frequency", 3.0), 0.02),
                new Subject("soap-muon", Map.of("gated", 1.0, "row_floor", 0.0, "gate_floor_end", 5.0, "gate_end", 12.0), 0.02),
                new Subject("dion", Map.of("rank_fraction", 0.25), 0.03),
                new Subject("scion", Map.of("radius", 3.0, "output_radius", 60.0), 0.01),
                new Subject("psgd-kron", Map.of("initial", 100.0, "flat", 30.0, "fall", 0.02), 0.01),
                new Subject("shampoo", Map.of("beta2", 0.95, "epsilon", 1e-8), 0.01),
                new Subject("shampoo", Map.of("block", 7.0, "matrix_root", 2.0, "decoupled", 0.0, "epsilon", 1e-4), 0.03),
                new Subject("soap", Map.of("max_dim", 12.0, "normalize", 1.0), 0.003),
                new Subject("soap", Map.of("one_sided", 1.0), 0.01),
                new Subject("kfac", Map.of("factor_steps", 2.0, "inverse_steps", 3.0), 0.1),
                new Subject("kfac", Map.of("inverse", 1.0, "relative_damping", 1.0, "per_example", 1.0), 0.1),
                new Subject("mkor", Map.of("inverse_steps", 2.0), 0.05),
                new Subject("mkor", Map.of("exact", 1.0, "warm_steps", 5.0), 0.05),
                new Subject("mkor-h", Map.of("switch_step", 14.0, "weight_decay", 0.01, "inverse_steps", 1.0), 0.1),
                new Subject("zo-signsgd", Map.of("directions", 20.0), 0.01),
                new Subject("zo-signsgd", Map.of("directions", 20.0, "central", 1.0, "majority", 1.0), 0.01));
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void theLossFalls(Subject subject) {
        Training training = new Training(subject.rule());
        double first = training.run(10);
        // Losses alone say little of a gradient, at twenty directions of a thousand.
        training.run(subject.name.equals("zo-signsgd") ? 500 : 60);

        assertThat(training.run(10)).isLessThan(0.95 * first);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aRestoredStateContinuesBitForBit(Subject subject) {
        Training straight = new Training(subject.rule());
        straight.run(11);
        Training resumed = new Training(subject.rule());
        System.arraycopy(straight.params, 0, resumed.params, 0, LAYOUT.size());
        resumed.state.restore(straight.state.t(), straight.state.snapshot());

        straight.run(9);
        resumed.run(9);

        assertThat(resumed.params).containsExactly(straight.params);
        assertThat(resumed.state.sameAs(straight.state)).isTrue();
        assertThat(straight.state.t()).isEqualTo(20);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void trainingsSideBySideGiveTheBitsOfOneAlone(Subject subject) {
        Training alone = new Training(subject.rule());
        alone.run(12);
        Optimizer shared = subject.rule();

        List<CompletableFuture<float[]>> others = Stream.of(1, 2, 3)
                .map(i -> CompletableFuture.supplyAsync(() -> {
                    Training training = new Training(shared);
                    training.run(12);
                    return training.params;
                }))
                .toList();

        others.forEach(params -> assertThat(params.join()).containsExactly(alone.params));
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void theGradientStaysAsItWas(Subject subject) {
        Training training = new Training(subject.rule());
        training.run(3);
        float[] before = training.gradient.clone();

        training.rule.step(training.state, training.step);

        assertThat(training.gradient).containsExactly(before);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aGradientThatIsNotANumberIsNotHidden(Subject subject) {
        assumeFalse(subject.hyperparameters.containsKey("central"), "reads neither a gradient nor the loss at the parameters");
        Training training = new Training(subject.rule());
        training.run(2);
        training.spoil();

        training.rule.step(training.state, training.step);
        training.rule.step(training.state, training.step);

        assertThat(training.params[LAYOUT.offset(2) + 5]).isNaN();
    }

    /** Between decompositions, which allocate in the library, and but for directions, each a stream of its own. */
    @ParameterizedTest
    @MethodSource("subjects")
    void aStepAllocatesNothing(Subject subject) {
        assumeFalse(List.of("zo-signsgd", "psgd-kron").contains(subject.name), "draws from a new stream at every step");
        Map<String, Double> rare = new HashMap<>(subject.hyperparameters);
        rare.replaceAll((key, value) -> key.equals("frequency") || key.equals("inverse_steps") ? Double.valueOf(1e9) : value);
        Map<String, String> interval = Map.of("soap", "frequency", "kfac", "inverse_steps");
        if (interval.containsKey(subject.name)) {
            rare.put(interval.get(subject.name), 1e9);
        }
        Training training = new Training(HandDesigned.of(subject.name, rare, Schedules.constant(1e-9)));
        training.run(5);

        // Until a round allocates nothing, for a minute at most; see OptimizerContractTest.
        long least = Long.MAX_VALUE;
        long patience = System.nanoTime() + 60_000_000_000L;
        while (least > 0 && System.nanoTime() < patience) {
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId());
            for (int i = 0; i < 20; i++) {
                training.rule.step(training.state, training.step);
            }
            least = Math.min(least, THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId()) - before);
        }

        assertThat(least).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"muon", "soap", "kfac", "mkor", "mkor-h", "zo-signsgd"})
    void everyRuleFindsTheValleyOfRosenbrocksFunction(String name) {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(2))));
        Map<String, Double> rates = Map.of("muon", 0.5, "soap", 0.01, "kfac", 3e-4, "mkor", 3e-4, "mkor-h", 3e-4, "zo-signsgd", 4e-3);
        Optimizer rule = HandDesigned.named(name, Schedules.warmupCosine(rates.get(name), 0, Span.fraction(0)));
        float[] w = {-1.2f, 1};
        float[] g = new float[2];
        Step step = new Step(w, g, new Signals(List.of(), List.of(LayeredRulesTest::rosenbrock), new float[0]));
        OptimizerState state = rule.init(layout, 3000);

        for (int t = 0; t < 3000; t++) {
            float valley = w[1] - w[0] * w[0];
            g[0] = -2 * (1 - w[0]) - 400 * w[0] * valley;
            g[1] = 200 * valley;
            rule.step(state, step.at((float) rosenbrock(w)));
        }

        assertThat(rosenbrock(w)).isLessThan(0.1);
    }

    private static double rosenbrock(float[] w) {
        double valley = w[1] - (double) w[0] * w[0];
        return (1 - w[0]) * (1.0 - w[0]) + 100 * valley * valley;
    }

    @ParameterizedTest
    @ValueSource(strings = {"muon", "soap", "kfac", "mkor"})
    void aTensorWithoutGradientStays(String name) {
        Scaling plain = Scaling.NONE;
        ParamLayout layout = new ParamLayout(List.of(
                new ParamSpec("still", Shape.of(3, 4), Role.HIDDEN, 3, 0, plain),
                new ParamSpec("bias", Shape.of(4), Role.VECTOR, 1, 0, plain),
                new ParamSpec("moves", Shape.of(4, 3), Role.HIDDEN, 4, 0, plain)));
        Optimizer rule = HandDesigned.of(name, name.equals("soap") ? Map.of("weight_decay", 0.0) : Map.of(), Schedules.constant(0.1));
        float[] w = new float[layout.size()];
        float[] g = new float[layout.size()];
        Rng.of(5, "w").fillGaussian(w, 1);
        float[] before = w.clone();
        for (int i = 16; i < g.length; i++) {
            g[i] = i - 20.5f;
        }
        Step step = new Step(w, g);
        OptimizerState state = rule.init(layout, 30);

        for (int t = 0; t < 25; t++) {
            rule.step(state, step.at(1));
        }

        assertThat(Arrays.copyOf(w, 16)).containsExactly(Arrays.copyOf(before, 16));
        assertThat(w[16]).isNotEqualTo(before[16]);
    }

    @Test
    void muonMovesMatricesByOrthogonalOnesAtAnyWidthAndTheRestAsAdamWDoes() {
        Scaling scaling = new Scaling(0, 1, 0.25, 5);
        ParamLayout layout = new ParamLayout(List.of(
                new ParamSpec("w", Shape.of(2, 8), Role.HIDDEN, 2, 0, scaling),
                new ParamSpec("out", Shape.of(2, 2), Role.OUTPUT, 2, 0, scaling)));
        float[] w = new float[20];
        float[] g = new float[20];
        Rng.of(6, "g").fillGaussian(g, 1);
        Optimizer rule = HandDesigned.of("muon", Map.of("aux_ratio", 1.0), Schedules.constant(0.1));

        rule.step(rule.init(layout, 10), new Step(w, g).at(1));

        // √(out/in) = 2; Newton–Schulz leaves singular values between .65 and 1.25.
        double squares = 0;
        for (int i = 0; i < 16; i++) {
            squares += (double) w[i] * w[i];
        }
        assertThat(Math.sqrt(squares / 2)).isBetween(0.1 * 2 * 0.65, 0.1 * 2 * 1.25);
        for (int i = 16; i < 20; i++) {
            assertThat((double) w[i]).isCloseTo(-Math.signum(g[i]) * 0.1 * 0.25, within(1e-6));
        }
    }

    /** dense1/w is [64, 12]: it has a basis of its shorter axis alone, the square dense2/w one of each. */
    @Test
    void oneSidedSoapRotatesTheShortestAxisAlone() {
        Soap rule = (Soap) HandDesigned.of("soap", Map.of("one_sided", 1.0), Schedules.constant(0.01));
        Training training = new Training(rule);
        training.run(3);

        assertThat(rule.basisAt(training.state, 0, 0)).isEqualTo(-1);
        assertThat(rule.basisAt(training.state, 0, 1)).isNotNegative();
        assertThat(rule.basisAt(training.state, 2, 0)).isNotNegative();
        assertThat(rule.basisAt(training.state, 2, 1)).isNotNegative();
    }

    @Test
    void soapWithoutRotationIsAdamAfterOneStepThatMovesNothing() {
        Training soap = new Training(
                HandDesigned.of("soap", Map.of("max_dim", 0.0, "weight_decay", 0.0, "beta2", 0.999, "beta1", 0.9, "epsilon", 1e-20), Schedules.constant(0.01)));
        Training adam = new Training(HandDesigned.of("adam", Map.of("epsilon", 1e-20), Schedules.constant(0.01)));
        soap.run(1);
        assertThat(soap.params).containsExactly(adam.params);

        for (int k = 0; k < 4; k++) {
            soap.optimizee.lossAndGradient(soap.params, soap.batches, k, soap.gradient);
            soap.rule.step(soap.state, soap.step);
            adam.optimizee.lossAndGradient(adam.params, adam.batches, k, adam.gradient);
            adam.rule.step(adam.state, adam.step);
        }

        // With no ε to speak of: it is added to the raw root here and to the corrected one there.
        for (int i = 0; i < LAYOUT.size(); i++) {
            assertThat(soap.params[i]).isCloseTo(adam.params[i], within(1e-6f));
        }
    }

    @Test
    void kfacWithoutNewFactorsIsMomentumOverOnePlusTheDamping() {
        Map<String, Double> frozen = Map.of("damping", 0.25, "factor_decay", 0.9999999999, "kl_clip", Double.POSITIVE_INFINITY);
        Training kfac = new Training(HandDesigned.of("kfac", frozen, Schedules.constant(0.125)), Parametrization.standard());
        Training momentum = new Training(Momentum.of(Schedules.constant(0.1), 0.9, 0), Parametrization.standard());

        kfac.run(5);
        momentum.run(5);

        for (int i = 0; i < LAYOUT.size(); i++) {
            assertThat(kfac.params[i]).isCloseTo(momentum.params[i], within(1e-6f));
        }
    }

    @Test
    void kfacOnATaskWithoutLayersIsMomentum() {
        ParamLayout plain = new ParamLayout(LAYOUT.specs());
        Optimizer kfac = HandDesigned.named("kfac", Schedules.constant(0.1));
        Training layered = new Training(Momentum.of(Schedules.constant(0.1), 0.9, 0));
        layered.run(1);
        float[] params = new float[plain.size()];
        layered.start(params);

        kfac.step(kfac.init(plain, 10), new Step(params, layered.gradient));

        assertThat(params).containsExactly(layered.params);
    }

    @Test
    void theKlClipBoundsTheStep() {
        double kl = 1e-6;
        Training kfac = new Training(
                HandDesigned.of("kfac", Map.of("kl_clip", kl, "momentum", 0.0), Schedules.constant(0.5)), Parametrization.standard());
        kfac.run(4);
        float[] before = kfac.params.clone();
        kfac.run(1);

        // η² Σ νU∘νU would be the clipped quantity; with νU = (before − after)/η and D the gradient, it is ν·η Σ U∘D.
        double dot = 0;
        for (int i = 0; i < before.length; i++) {
            dot += (before[i] - kfac.params[i]) / 0.5 * kfac.gradient[i];
        }
        // νΣU∘D·η²·ν = κ where the clip acts, and ν ≤ 1.
        assertThat(0.25 * dot).isPositive().isLessThan(Math.sqrt(kl) * Math.sqrt(0.25 * dot / nu(kl, dot)) * 1.001);
    }

    private static double nu(double kl, double clippedDot) {
        // dot = νS and ν = √(κ/(η²S)) give ν = κ/(η²·dot).
        return Math.min(1, kl / (0.25 * clippedDot));
    }

    @Test
    void mkorKeepsTheNormOfTheGradient() {
        Training mkor = new Training(
                HandDesigned.of("mkor", Map.of("momentum", 0.0, "exact", 1.0, "inverse_steps", 1.0), Schedules.constant(0.1)),
                Parametrization.standard());
        mkor.run(6);
        float[] before = mkor.params.clone();
        mkor.run(1);

        for (var layer : LAYOUT.dense()) {
            double moved = 0;
            double gradient = 0;
            for (int tensor : new int[] {layer.weight(), layer.bias()}) {
                for (int i = LAYOUT.offset(tensor); i < LAYOUT.offset(tensor + 1); i++) {
                    moved += Math.pow((before[i] - mkor.params[i]) / 0.1, 2);
                    gradient += Math.pow(mkor.gradient[i], 2);
                }
            }
            // Parameters of order 1 round at 6e-8, which 0.1 makes 6e-7, against gradients of some 1e-2.
            assertThat(Math.sqrt(moved)).isCloseTo(Math.sqrt(gradient), within(1e-4 * Math.sqrt(gradient) + 1e-6));
        }
    }

    @Test
    void theHybridSwitchesForGoodWhenTheLossStandsStill() {
        MkorH rule = (MkorH) HandDesigned.of("mkor-h", Map.of("window", 5.0), Schedules.constant(0.1));
        Training training = new Training(rule);
        for (int k = 0; k < 20; k++) {
            training.stepAt(2.3f * (float) StrictMath.pow(0.9, k));
        }
        assertThat(rule.switchedAt(training.state)).isEmpty();

        for (int k = 0; k < 300 && rule.switchedAt(training.state).isEmpty(); k++) {
            training.stepAt(0.3f);
        }
        int at = rule.switchedAt(training.state).orElseThrow();
        for (int k = 0; k < 30; k++) {
            training.stepAt(0.3f * (float) StrictMath.pow(0.9, k));
        }

        assertThat(at).isGreaterThan(20);
        assertThat(rule.switchedAt(training.state)).hasValue(at);
    }

    @Test
    void zerothOrderStepsReadNoGradient() {
        assertThat(HandDesigned.named("zo-signsgd", Schedules.constant(0.1)).needs()).containsExactly(Need.LOSS_ELSEWHERE);
    }

    @Test
    void whatIsNotTreatedInTheRulesOwnWayIsSaid() {
        assertThat(HandDesigned.named("muon", Schedules.constant(0.1)).remarks(LAYOUT)).singleElement().asString()
                .contains("AdamW").contains("dense1/w").contains("logits/b").doesNotContain("dense2/w");
        assertThat(HandDesigned.of("soap", Map.of("max_dim", 20.0), Schedules.constant(0.1)).remarks(LAYOUT))
                .hasSize(2).anyMatch(remark -> remark.contains("longer than 20") && remark.contains("dense1/w"));
        assertThat(HandDesigned.of("soap", Map.of("one_sided", 1.0), Schedules.constant(0.1)).remarks(LAYOUT))
                .hasSize(2).anyMatch(remark -> remark.contains("longer axes are not rotated") && remark.contains("dense1/w"));
        assertThat(HandDesigned.named("mkor-h", Schedules.constant(0.1)).remarks(LAYOUT))
                .singleElement().asString().contains("last layer").contains("logits/w");
        ParamLayout standard = task(Parametrization.standard()).layout();
        assertThat(HandDesigned.named("kfac", Schedules.constant(0.1)).remarks(standard)).isEmpty();
        assertThat(HandDesigned.named("kfac", Schedules.constant(0.1)).remarks(LAYOUT)).singleElement().asString().contains("muP");
        assertThat(HandDesigned.named("kfac", Schedules.constant(0.1)).remarks(new ParamLayout(standard.specs())))
                .singleElement().asString().contains("plain momentum").contains("dense1/w");
    }

    @Test
    void aDifferenceOfObjectivesHasTheirDirectionsOnly() {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(2))));
        Optimizer rule = HandDesigned.named("ngdiff", Schedules.constant(0.1));
        Step step = new Step(new float[2], new float[] {3, 4}, new Signals(List.of(), List.of(), new float[] {0, -500}));

        rule.step(rule.init(layout, 10), step);

        assertThat(step.params()).containsExactly(new float[] {-0.06f, -0.18f}, within(1e-7f));
        assertThat(step.gradient()).containsExactly(3, 4);
    }

    @Test
    void aDifferenceOfObjectivesNeedsTwo() {
        Optimizer rule = HandDesigned.named("ngdiff", Schedules.constant(0.1));
        Training one = new Training(rule);

        assertThatThrownBy(() -> one.run(1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("second objective");
    }

    @Test
    void valuesOutOfRangeAreNamedWithRuleAndRange() {
        assertThatThrownBy(() -> HandDesigned.of("kfac", Map.of("damping", 0.0), Schedules.constant(0.1)))
                .hasMessageContaining("kfac").hasMessageContaining("damping is 0.0").hasMessageContaining("positive floats");
        assertThatThrownBy(() -> HandDesigned.of("soap", Map.of("shampoo_beta", 1.5), Schedules.constant(0.1)))
                .hasMessageContaining("soap").hasMessageContaining("shampoo_beta is 1.5").hasMessageContaining("[0, 1)");
    }

    /** What a lane is, in short. */
    private static final class Training {
        private final Optimizer rule;
        private final Optimizee optimizee;
        private final BatchKey batches = BatchKey.of(Split.TRAIN, 3, "batches");
        private final OptimizerState state;
        private final float[] params;
        private final float[] gradient;
        private final Step step;

        Training(Optimizer rule) {
            this(rule, Parametrization.mup(6));
        }

        Training(Optimizer rule, Parametrization parametrization) {
            NetworkTask task = task(parametrization);
            this.rule = rule;
            this.optimizee = task.open();
            this.state = rule.init(task.layout(), 100);
            this.params = new float[task.layout().size()];
            this.gradient = new float[task.layout().size()];
            this.step = new Step(params, gradient, new Signals(
                    optimizee.denseSignals(), List.of(w -> optimizee.loss(w, batches, state.t())), new float[0]));
            start(params);
        }

        void start(float[] w) {
            optimizee.init(Rng.of(2, "init"), w);
        }

        /** Makes so many steps; their mean loss. */
        double run(int steps) {
            double sum = 0;
            for (int k = 0; k < steps; k++) {
                float loss = optimizee.lossAndGradient(params, batches, state.t(), gradient);
                rule.step(state, step.at(loss));
                sum += loss / steps;
            }
            return sum;
        }

        /** Makes one value of the second matrix's gradient, or the loss, not a number. */
        void spoil() {
            optimizee.lossAndGradient(params, batches, state.t(), gradient);
            gradient[LAYOUT.offset(2) + 5] = Float.NaN;
            step.at(Float.NaN);
        }

        /** One step that is told another loss. */
        void stepAt(float loss) {
            optimizee.lossAndGradient(params, batches, state.t(), gradient);
            rule.step(state, step.at(loss));
        }
    }
}
