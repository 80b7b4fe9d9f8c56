package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.Traits;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.EvolvedSoap.Number;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvolvedSoapTest {
    private static final int HORIZON = 200;
    private static final EvolvedSoap LIGHT = new EvolvedSoap(10, false, 0, false, 1);
    private static final EvolvedSoap ANY_TIME = new EvolvedSoap(10, false, 10_000, true, 1);
    private static final Map<Number, Double> NOT_SQUASHED = Map.of(Number.LOG_SQUASH, -40.0);

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

    private static Optimizer rule(Map<Number, Double> changed) {
        return rule(EvolvedSoap.standard(), changed, Twin.selected());
    }

    /** Numbers that the form has no use for are left out. */
    private static Optimizer rule(EvolvedSoap form, Map<Number, Double> changed, Twin twin) {
        float[] theta = form.initTheta(Rng.of(1, "theta"));
        changed.forEach((number, value) -> {
            int at = at(form, number.spec().name());
            if (at >= 0) {
                theta[at] = (float) (double) value;
            }
        });
        return form.bind(theta, twin);
    }

    /** Where theta has the number of that name; -1: nowhere. */
    private static int at(EvolvedSoap form, String name) {
        List<ParamSpec> specs = form.thetaLayout().specs();
        return IntStream.range(0, specs.size()).filter(i -> specs.get(i).name().equals(name)).findFirst().orElse(-1);
    }

    private static float[] begin(ParamLayout layout) {
        float[] params = new float[layout.size()];
        Rng.of(4, "params").fillGaussian(params, 0.1);
        return params;
    }

    private static void step(Optimizer rule, OptimizerState state, Step step, double scale) {
        Rng.of(2, "gradients", state.t()).fillGaussian(step.gradient(), scale);
        rule.step(state, step);
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

    @Test
    void beginsAsEvoloStartButForTheSquash() {
        ParamLayout layout = layout(12);
        float[] expected = trained(Packages.bind(Packages.load("evolo-start")), layout, 50, 0.1);
        assertThat(distance(trained(rule(NOT_SQUASHED), layout, 50, 0.1), expected)).isLessThan(1e-4 * distance(expected, begin(layout)));
    }

    static Stream<EvolvedSoap> forms() {
        return Stream.of(EvolvedSoap.standard(), LIGHT, ANY_TIME, new EvolvedSoap(10, true, 0, true, 1));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void whatThetaOfAFormHoldsChangesTheTraining(EvolvedSoap form) {
        float[] theta = form.initTheta(Rng.of(1, "theta"));
        ParamLayout layout = new ParamLayout(Stream.concat(
                layout(12).specs().stream(), Stream.of(ParamSpec.plain("flat", Shape.of(3, 4)))).toList());
        float[] usual = judged(form.bind(theta), layout);
        for (int i = 0; i < theta.length; i++) {
            float[] other = theta.clone();
            other[i] += 0.3f;
            assertThat(distance(judged(form.bind(other), layout), usual)).as(form.thetaLayout().spec(i).name()).isGreaterThan(1e-6);
        }
    }

    /** The parameters that 30 steps' training is judged by. */
    private static float[] judged(Optimizer rule, ParamLayout layout) {
        Step step = new Step(begin(layout), new float[layout.size()]);
        OptimizerState state = rule.init(layout, 40);
        for (int t = 0; t < 30; t++) {
            step(rule, state, step, 0.1);
        }
        float[] judged = new float[layout.size()];
        rule.evaluationParams(state, step.params(), judged);
        return judged;
    }

    @ParameterizedTest
    @MethodSource("forms")
    void plainAndFastHaveTheSameBits(EvolvedSoap form) {
        ParamLayout layout = new ParamLayout(List.of(
                ParamSpec.plain("odd", Shape.of(7, 5)), ParamSpec.plain("kernel", Shape.of(3, 3, 2, 5)), ParamSpec.plain("long", Shape.of(4099))));
        assertThat(judged(general(form, Twin.VECTOR), layout)).containsExactly(judged(general(form, Twin.PLAIN), layout));
    }

    @Test
    void aLightOneRotatesNothing() {
        assertThat(general(LIGHT, Twin.selected()).init(layout(12), HORIZON).slot(2)).isEmpty();
    }

    @Test
    void anAnyTimeOneNeedsNoHorizon() {
        assertThat(Traits.of(general(ANY_TIME, Twin.selected())).needs()).isEmpty();
        assertThat(Traits.of(general(LIGHT, Twin.selected())).needs()).containsExactly("horizon");
    }

    /** Weights of s^(c-1), but for small s: with c = 2, the mean after n steps is Σ s(x_s)/Σ s, which the recursion has exactly. */
    @Test
    void anAnyTimeOneIsJudgedByAMeanOverTheLastSteps() {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("vector", Shape.of(7))));
        Optimizer rule = rule(ANY_TIME, Map.of(Number.LOG_TAIL, Math.log(2)), Twin.selected());
        Step step = new Step(begin(layout), new float[layout.size()]);
        OptimizerState state = rule.init(layout, HORIZON);
        double[] sum = new double[7];
        for (int s = 1; s <= 20; s++) {
            step(rule, state, step, 0.1);
            for (int i = 0; i < 7; i++) {
                sum[i] += s * step.params()[i];
            }
        }
        float[] judged = new float[7];
        rule.evaluationParams(state, step.params(), judged);
        for (int i = 0; i < 7; i++) {
            assertThat((double) judged[i]).isCloseTo(sum[i] / 210, within(1e-5));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOG_TAIL")
    void everyNumberOfThetaChangesTheTraining(Number number) {
        double other = (number == Number.LOG_SQUASH ? -4 : 0) + 0.3;
        ParamLayout layout = number == Number.ASPECT ? new ParamLayout(List.of(ParamSpec.plain("flat", Shape.of(3, 4)))) : layout(12);
        double distance = distance(trained(rule(Map.of(number, other)), layout, 30, 0.1), trained(rule(Map.of()), layout, 30, 0.1));
        assertThat(distance).isGreaterThan(1e-3);
    }

    private static Optimizer general() {
        return general(EvolvedSoap.standard(), Twin.selected());
    }

    /** All numbers away from where they are neutral. */
    private static Optimizer general(EvolvedSoap form, Twin twin) {
        Map<Number, Double> numbers = new EnumMap<>(Number.class);
        for (Number number : Number.values()) {
            numbers.put(number, number == Number.LOG_SQUASH ? -2 : 0.3);
        }
        numbers.put(Number.LOG_TAIL, 2.0);
        return rule(form, numbers, twin);
    }

    /** A power of two changes no digit of a gradient, so that chance has no part in it. */
    @ParameterizedTest
    @ValueSource(ints = {-44, -20, 20, 40})
    void aRescaledLossMakesTheSameSteps(int exponent) {
        ParamLayout layout = layout(12);
        float[] usual = trained(general(), layout, 30, 0.125);
        assertThat(distance(trained(general(), layout, 30, Math.scalb(0.125, exponent)), usual))
                .isLessThan(1e-3 * distance(usual, begin(layout)));
    }

    /** One number at a time, against the formula, on a vector and its first step that moves. */
    @Test
    void anElementIsShapedAsTheFormulaSays() {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("vector", Shape.of(7))));
        double[] plain = direction(layout, NOT_SQUASHED);
        double[] sharp = direction(layout, Map.of(Number.LOG_SQUASH, -40.0, Number.SHARP, 0.6));
        double[] squashed = direction(layout, Map.of(Number.LOG_SQUASH, 0.0));
        double[] agreeing = direction(layout, Map.of(Number.LOG_SQUASH, -40.0, Number.AGREE, 1.0));
        // One gradient seen: m̂ = g and v̂ = g², so that u is the sign, its power as well, and they agree.
        for (int i = 0; i < plain.length; i++) {
            assertThat(sharp[i] / plain[i]).isCloseTo(1, within(1e-3));
            assertThat(squashed[i] / plain[i]).isCloseTo(Math.sqrt(0.5), within(1e-3));
            assertThat(agreeing[i] / plain[i]).isCloseTo(1.5, within(1e-3));
        }
    }

    @Test
    void spreadWeighsAnElementByItsShareOfTheMeanSquare() {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("vector", Shape.of(7))));
        double[] plain = direction(layout, NOT_SQUASHED);
        double[] spread = direction(layout, Map.of(Number.LOG_SQUASH, -40.0, Number.SPREAD, 1.0));
        float[] g = new float[7];
        Rng.of(2, "gradients", 1).fillGaussian(g, 0.1);
        double mean = Norms.squares(g, 0, 7) / 7;
        for (int i = 0; i < plain.length; i++) {
            assertThat(spread[i] / plain[i]).isCloseTo(Math.pow(g[i] * g[i] / mean, 0.25), within(1e-3));
        }
    }

    private static double[] direction(ParamLayout layout, Map<Number, Double> changed) {
        float[] params = trained(rule(changed), layout, 2, 0.1);
        float[] begin = begin(layout);
        double[] direction = new double[params.length];
        for (int i = 0; i < params.length; i++) {
            direction[i] = (double) params[i] - begin[i];
        }
        return direction;
    }

    @Test
    void laterLayersMoveFurtherWhereThetaSaysSo() {
        ParamLayout layout = layout(12);
        double[] usual = direction(layout, Map.of());
        double[] late = direction(layout, Map.of(Number.LATE, 1.0));
        assertThat(late[layout.offset(1)] / usual[layout.offset(1)]).isCloseTo(Math.exp(-0.5), within(0.02));
        assertThat(late[layout.offset(2)] / usual[layout.offset(2)]).isCloseTo(Math.exp(0.5), within(0.02));
        assertThat(late[layout.offset(0)]).isEqualTo(usual[layout.offset(0)]);
    }

    @Test
    void aRateMultipliesTheStep() {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("vector", Shape.of(7))));
        float[] theta = EvolvedSoap.standard().initTheta(Rng.of(1, "theta"));
        float[] half = trained(new EvolvedSoap(10, false, 10_000, false, 0.5).bind(theta), layout, 2, 0.1);
        double[] whole = direction(layout, Map.of());
        for (int i = 0; i < half.length; i++) {
            assertThat((half[i] - begin(layout)[i]) / whole[i]).isCloseTo(0.5, within(1e-4));
        }
    }

    @Test
    void aRestoredStateContinuesBitForBit() {
        ParamLayout layout = layout(12);
        float[] straight = trained(general(), layout, 30, 0.1);
        Step step = new Step(begin(layout), new float[layout.size()]);
        OptimizerState state = general().init(layout, HORIZON);
        for (int t = 0; t < 30; t++) {
            if (t == 13) {
                OptimizerState restored = general().init(layout, HORIZON);
                restored.restore(state.t(), state.snapshot());
                state = restored;
            }
            step(general(), state, step, 0.1);
        }
        assertThat(step.params()).containsExactly(straight);
    }

    @Test
    void tensorsOfAnyRankAndGradientsOfZeroGiveFiniteSteps() {
        ParamLayout layout = new ParamLayout(List.of(
                ParamSpec.plain("scalar", Shape.of(1)),
                ParamSpec.plain("kernel", Shape.of(3, 3, 2, 5)),
                ParamSpec.plain("five", Shape.of(2, 1, 3, 2, 2)),
                ParamSpec.plain("long", Shape.of(4099))));
        assertThat(trained(general(), layout, 30, 0)).doesNotContain(Float.NaN);
        assertThat(trained(general(), layout, 30, 1)).doesNotContain(Float.NaN);
    }

    @ParameterizedTest
    @EnumSource
    void anyThetaGivesFiniteSteps(Number number) {
        for (double extreme : new double[] {-1000, 1000}) {
            assertThat(trained(rule(Map.of(number, extreme)), layout(12), 3, 0.1)).as("%s", extreme).doesNotContain(Float.NaN);
        }
    }

    /** A vector that is not inlined would be 70 kB a step; what the compiler makes of a busy JVM may be some objects. */
    @Test
    void aStepAllocatesNoMoreThanSoaps() {
        Optimizer soap = HandDesigned.named("soap", Schedules.constant(0.01));
        assertThat(allocated(general())).isLessThan(allocated(soap) + 100_000);
    }

    private static long allocated(Optimizer rule) {
        return AllocatedBytes.inAHundredSteps(rule, layout(12), HORIZON);
    }

    @Test
    void refusesBadHyperparameters() {
        assertThatThrownBy(() -> new EvolvedSoap(0, false, 0, false, 1)).hasMessageContaining("frequency is 0, expected at least 1");
        assertThatThrownBy(() -> new EvolvedSoap(1, false, 10_001, false, 1)).hasMessageContaining("longest is 10001, expected 0");
        assertThatThrownBy(() -> new EvolvedSoap(1, false, 0, false, -1)).hasMessageContaining("rate is -1.0, expected a finite number of at least 0");
        assertThatThrownBy(() -> LearnedOptimizers.of("evolved_soap", Map.of("freqency", 2.0))).hasMessageContaining("frequency");
    }
}
