package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.designed.Soap;
import io.evolo.optimizers.learned.ElementRule.Start;
import io.evolo.optimizers.learned.ElementRule.View;
import io.evolo.optimizers.learned.element.Feature;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Team;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElementRuleTest {
    private static final int HORIZON = 200;
    private static final View EIGENBASIS = new View.Eigenbasis(10, false);

    /** Square matrices: of others the first gradient has a null space, whose basis is a matter of rounding. */
    private static ParamLayout layout(int width) {
        Parametrization mup = Parametrization.mup(8);
        return new ParamLayout(List.of(
                new ParamSpec("in", Shape.of(width, width), Role.INPUT, width, 0, mup.scaling(Role.INPUT, width, width)),
                new ParamSpec("hidden1", Shape.of(width, width), Role.HIDDEN, width, 0, mup.scaling(Role.HIDDEN, width, width)),
                new ParamSpec("hidden2", Shape.of(width, width), Role.HIDDEN, width, 0, mup.scaling(Role.HIDDEN, width, width)),
                new ParamSpec("bias", Shape.of(width), Role.VECTOR, 1, 0, mup.scaling(Role.VECTOR, 1, width)),
                new ParamSpec("out", Shape.of(width, width), Role.OUTPUT, width, 0, mup.scaling(Role.OUTPUT, width, width))));
    }

    /** Theta with all of the network random, so that outputs matter. */
    private static float[] general(ElementRule rule) {
        float[] theta = rule.initTheta(Rng.of(1, "theta"));
        int harness = TunedSoap.Number.values().length;
        float[] network = new float[theta.length - harness];
        Rng.of(5, "network").fillGaussian(network, 0.5);
        System.arraycopy(network, 0, theta, harness, network.length);
        return theta;
    }

    private static Optimizer begun(ElementRule rule) {
        return rule.bind(rule.initTheta(Rng.of(1, "theta")));
    }

    private static float[] begin(ParamLayout layout) {
        float[] params = new float[layout.size()];
        Rng.of(4, "params").fillGaussian(params, 0.1);
        return params;
    }

    private static void step(Optimizer rule, OptimizerState state, Step step, double scale) {
        Rng.of(2, "gradients", state.t()).fillGaussian(step.gradient(), scale);
        rule.step(state, step.at((float) (scale * (1 + 1.0 / (1 + state.t())))));
    }

    private static float[] trained(Optimizer rule, ParamLayout layout, int steps, double scale) {
        Step step = new Step(begin(layout), new float[layout.size()]);
        OptimizerState state = rule.init(layout, HORIZON);
        for (int t = 0; t < steps; t++) {
            step(rule, state, step, scale);
        }
        return step.params();
    }

    private static double distance(float[] a, float[] b) {
        float[] difference = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return Norms.norm(difference, 0, difference.length);
    }

    private static void assertSameTraining(Optimizer rule, Optimizer other) {
        ParamLayout layout = layout(12);
        float[] expected = trained(other, layout, 50, 0.1);
        assertThat(distance(trained(rule, layout, 50, 0.1), expected)).isLessThan(1e-4 * distance(expected, begin(layout)));
    }

    @Test
    void beginsAsThePackageEvoloStart() {
        assertSameTraining(begun(ElementRule.standard()), Packages.bind(Packages.load("evolo-start")));
    }

    private static Optimizer constantRate(View view, double rate) {
        ElementRule rule = new ElementRule(view, Feature.all(), 8, 0.25, Start.UNTUNED);
        float[] theta = rule.initTheta(Rng.of(1, "theta"));
        theta[TunedSoap.Number.LOG_RATE.ordinal()] = (float) Math.log(rate);
        theta[TunedSoap.Number.LOG_WARMUP.ordinal()] = -40;
        theta[TunedSoap.Number.LOG_END.ordinal()] = 0;
        theta[TunedSoap.Number.LOG_DECAY.ordinal()] = -40;
        return rule.bind(theta);
    }

    @Test
    void theUntunedStartIsSoapInTheEigenbasis() {
        Soap soap = new Soap(
                Schedules.constant(0.01), 0.95, 0.95, 0.95, 1e-8, 0, 10_000, false, false, false, true, 10, false, false, false);
        assertSameTraining(constantRate(EIGENBASIS, 0.01), soap);
    }

    @Test
    void theUntunedStartIsAdamInTheViewAsItIs() {
        assertSameTraining(constantRate(new View.AsItIs(), 0.01), HandDesigned.named("adam", Schedules.constant(0.01)));
    }

    static List<Feature> features() {
        return Feature.all();
    }

    @ParameterizedTest
    @MethodSource("features")
    void everyFeatureChangesTheTraining(Feature feature) {
        ElementRule with = new ElementRule(EIGENBASIS, List.of(feature), 8, 0.25, Start.FITTED);
        float[] theta = general(with);
        float[] without = with.inputs().getFirst().takenFrom(theta);
        ParamLayout layout = layout(12);
        assertThat(distance(trained(with.bind(theta), layout, 30, 0.1), trained(with.bind(without), layout, 30, 0.1))).isGreaterThan(1e-3);
    }

    /** A power of two changes no digit of a gradient, so that chance has no part in it. */
    @ParameterizedTest
    @ValueSource(ints = {-100, -20, 20, 100})
    void aRescaledLossMakesTheSameSteps(int exponent) {
        ElementRule rule = new ElementRule(EIGENBASIS, Feature.all(), 8, 0.25, Start.FITTED);
        Optimizer bound = rule.bind(general(rule));
        ParamLayout layout = layout(12);
        float[] usual = trained(bound, layout, 30, 0.125);
        assertThat(distance(trained(bound, layout, 30, Math.scalb(0.125, exponent)), usual)).isLessThan(1e-5 * distance(usual, begin(layout)));
    }

    /** A rule that nobody has written, and tensors of any rank. */
    private record Draw(ElementRule rule, ParamLayout layout) {
        static Draw of(int index) {
            SplittableRandom random = new SplittableRandom(index);
            List<Feature> features = new ArrayList<>(Feature.all());
            features.removeIf(feature -> random.nextBoolean());
            if (features.isEmpty()) {
                features.add(Feature.all().get(index % Feature.all().size()));
            }
            View view = random.nextBoolean() ? new View.AsItIs() : new View.Eigenbasis(1 + random.nextInt(4), random.nextBoolean());
            Start start = view instanceof View.AsItIs || random.nextBoolean() ? Start.UNTUNED : Start.FITTED;
            ElementRule rule = new ElementRule(view, features, 1 + random.nextInt(20), random.nextDouble(0.05, 1), start);
            List<ParamSpec> specs = new ArrayList<>();
            for (int rank = 0; rank <= 5; rank++) {
                specs.add(spec(rank, random));
            }
            return new Draw(rule, new ParamLayout(specs));
        }

        private static ParamSpec spec(int rank, SplittableRandom random) {
            int longest = new int[] {1, 4099, 70, 17, 9, 6}[rank];
            int[] axes = random.ints(rank, 1, longest + 1).toArray();
            Role role = Role.values()[random.nextInt(Role.values().length)];
            return new ParamSpec("rank" + rank, Shape.of(axes), role, 1 + random.nextInt(100), 0, Parametrization.mup(8).scaling(role, 8, 24));
        }
    }

    @Test
    void plainAndFastGiveTheSameBitsForRulesThatNobodyHasWritten() {
        for (int i = 0; i < 200; i++) {
            Draw draw = Draw.of(i);
            float[] theta = general(draw.rule);
            float[] plain = trained(draw.rule.bind(theta, Twin.PLAIN), draw.layout, 4, 0.1);
            float[] fast = trained(draw.rule.bind(theta, Twin.VECTOR), draw.layout, 4, 0.1);
            assertThat(plain).as("%s: %s", i, draw).doesNotContain(Float.NaN).isNotEqualTo(begin(draw.layout));
            assertThat(fast).as("%s: %s", i, draw).isEqualTo(plain);
        }
    }

    @Test
    void aTeamGivesTheSameBits() {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("long", Shape.of(40_001)), ParamSpec.plain("wide", Shape.of(4, 9001))));
        ElementRule rule = new ElementRule(new View.Eigenbasis(3, true), Feature.all(), 8, 0.25, Start.FITTED);
        Optimizer bound = rule.bind(general(rule));
        float[] alone = trained(bound, layout, 5, 0.1);
        try (Team team = new Team(3)) {
            float[] shared = team.during(() -> trained(bound, layout, 5, 0.1));
            assertThat(shared).isEqualTo(alone);
        }
    }

    @Test
    void aRestoredStateContinuesBitForBit() {
        ParamLayout layout = layout(12);
        ElementRule rule = ElementRule.standard();
        Optimizer bound = rule.bind(general(rule));
        float[] straight = trained(bound, layout, 30, 0.1);
        Step step = new Step(begin(layout), new float[layout.size()]);
        OptimizerState state = bound.init(layout, HORIZON);
        for (int t = 0; t < 30; t++) {
            if (t == 13) {
                OptimizerState restored = bound.init(layout, HORIZON);
                restored.restore(state.t(), state.snapshot());
                state = restored;
            }
            step(bound, state, step, 0.1);
        }
        assertThat(step.params()).containsExactly(straight);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-44, 1e-30, 1e30})
    void gradientsOfAnySizeGiveFiniteSteps(double scale) {
        ElementRule rule = ElementRule.standard();
        float[] params = trained(rule.bind(general(rule)), Draw.of(3).layout, 30, scale);
        assertThat(params).doesNotContain(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @ValueSource(floats = {-1000, 1000})
    void anyThetaGivesStepsThatAreNumbers(float extreme) {
        ElementRule rule = ElementRule.standard();
        for (int i = 0; i < rule.thetaLayout().size(); i++) {
            float[] theta = general(rule);
            theta[i] = extreme;
            assertThat(trained(rule.bind(theta), layout(12), 3, 0.1)).as("%s of theta", i).doesNotContain(Float.NaN);
        }
    }

    @Test
    void aStepAllocatesNoMoreThanSoaps() {
        ElementRule rule = ElementRule.standard();
        Optimizer soap = HandDesigned.named("soap", Schedules.constant(0.01));
        assertThat(allocated(rule.bind(general(rule)))).isLessThan(allocated(soap) + 10_000);
    }

    private static long allocated(Optimizer rule) {
        return AllocatedBytes.inAHundredSteps(rule, layout(12), HORIZON);
    }

    @Test
    void isReadAndWrittenAsHyperparameters() {
        for (int i = 0; i < 20; i++) {
            ElementRule rule = Draw.of(i).rule;
            assertThat(LearnedOptimizers.of("element", LearnedOptimizers.hyperparameters(rule))).isEqualTo(rule);
        }
        assertThat(LearnedOptimizers.of("element", Map.of())).isEqualTo(ElementRule.standard());
        assertThat(LearnedOptimizers.hyperparameters(ElementRule.standard()))
                .as("a jar that is there and not used is not written down")
                .doesNotContainKey("of_a_jar")
                .containsEntry("fresh", 0.0);
        assertThat(LearnedOptimizers.hyperparameters(LearnedOptimizers.of("element", Map.of("of_a_jar", 1.0)))).containsEntry("of_a_jar", 1.0);
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> LearnedOptimizers.of("element", Map.of("supprise", 1.0))).hasMessageContaining("surprise");
        assertThatThrownBy(() -> LearnedOptimizers.of("element", Map.of("hidden", 0.0))).hasMessageContaining("hidden is 0");
        assertThatThrownBy(() -> LearnedOptimizers.of("element", Map.of("eigenbasis", 0.0, "fitted", 1.0))).hasMessageContaining("fitted");
        assertThatThrownBy(() -> LearnedOptimizers.of("element", Map.of("reach", -1.0))).hasMessageContaining("reach is -1.0");
        assertThatThrownBy(() -> new ElementRule(EIGENBASIS, List.of(), 8, 0.25, Start.FITTED)).hasMessageContaining("at least one");
        assertThatThrownBy(() -> new View.Eigenbasis(0, false)).hasMessageContaining("frequency is 0");
    }
}
