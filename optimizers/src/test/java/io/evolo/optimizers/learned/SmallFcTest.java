package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmallFcTest {

    /**
     * Steps of a float64 model of the published formulas: hidden 4, base decays, both multipliers .001, weights
     * .3·sin(1.7i + .9j + k) with k = .1, .3, .5, biases .05·cos(j + κ) with κ = .2, .4, .6, parameters .5·cos(.7n + .3), gradients
     * .2·sin(1.3n + .5t + .1). The sum over the tensor, the first and the last element.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''      | 0 | 1.2579527928e-04 | 1.2579527928e-04 | 1.2579527928e-04",
        "''      | 1 | 7.9770733466e-05 | 7.9770733466e-05 | 7.9770733466e-05",
        "'3'     | 0 | 2.4793529173e-04 | 1.2284185967e-04 | 4.9475011727e-05",
        "'3'     | 1 | 2.2389469542e-04 | 1.0505711883e-04 | 6.6203389365e-05",
        "'3'     | 2 | 1.8261639976e-04 | 6.5679654066e-05 | 6.6984382689e-05",
        "'2,3'   | 0 | 4.4988206786e-04 | 8.0798329008e-05 | 5.6978117004e-05",
        "'2,3'   | 2 | 3.1831837707e-04 | 6.6201271551e-05 | 1.7858384753e-05",
        "'3,3'   | 0 | 6.5985432091e-04 | 8.3423432997e-05 | 8.7846556655e-05",
        "'3,3'   | 2 | 5.3094902506e-04 | 6.7057537737e-05 | 8.4095232128e-05",
        "'2,3,4' | 0 | 1.7542086140e-03 | 8.3537169815e-05 | 6.9842894993e-05",
        "'2,3,4' | 2 | 1.4252347438e-03 | 6.5591272816e-05 | 6.3670970064e-05",
    })
    void stepsAreThoseOfAFloat64ModelOfTheFormulas(String axes, int t, double sum, double first, double last) {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("w", shape(axes))));
        float[] params = new float[layout.size()];
        for (int n = 0; n < params.length; n++) {
            params[n] = (float) (0.5 * Math.cos(0.7 * n + 0.3));
        }
        Step step = new Step(params, new float[params.length]);
        Optimizer rule = SmallFc.of(4).bind(waveTheta(), Twin.PLAIN);
        OptimizerState state = rule.init(layout, 10);
        float[] before = params.clone();
        for (int i = 0; i <= t; i++) {
            before = params.clone();
            for (int n = 0; n < params.length; n++) {
                step.gradient()[n] = (float) (0.2 * Math.sin(1.3 * n + 0.5 * i + 0.1));
            }
            rule.step(state, step);
        }
        double total = 0;
        for (int n = 0; n < params.length; n++) {
            total += (double) before[n] - params[n];
        }
        // A parameter near 0.5 is stored to 3e-8, so each difference is exact to 6e-8.
        assertThat(total).isCloseTo(sum, within(6e-8 * params.length));
        assertThat((double) before[0] - params[0]).isCloseTo(first, within(6e-8));
        assertThat((double) before[params.length - 1] - params[params.length - 1]).isCloseTo(last, within(6e-8));
    }

    private static Shape shape(String axes) {
        return axes.isEmpty() ? Shape.of() : Shape.of(Arrays.stream(axes.split(",")).mapToInt(Integer::parseInt).toArray());
    }

    private static float[] waveTheta() {
        ParamLayout layout = SmallFc.of(4).thetaLayout();
        float[] theta = new float[layout.size()];
        double[] k = {0.1, 0.3, 0.5};
        for (int l = 0; l < 3; l++) {
            int out = layout.spec(2 * l).shape().axis(1);
            for (int i = 0; i < layout.spec(2 * l).shape().size(); i++) {
                theta[layout.offset(2 * l) + i] = (float) (0.3 * Math.sin(1.7 * (i / out) + 0.9 * (i % out) + k[l]));
            }
            for (int j = 0; j < out; j++) {
                theta[layout.offset(2 * l + 1) + j] = (float) (0.05 * Math.cos(j + k[l] + 0.1));
            }
        }
        return theta;
    }

    @Test
    void thetaHas197ValuesWith4HiddenUnitsAnd2409With32() {
        assertThat(SmallFc.of(4).thetaLayout().size()).isEqualTo(197);
        assertThat(SmallFc.mulo().thetaLayout().size()).isEqualTo(2409);
    }

    @Test
    void fixedDecaysAreTheLearnedOnesWithoutOffsets() {
        SmallFc learned = SmallFc.of(4);
        SmallFc fixed = new SmallFc(4, 0.001, 0.001, false, Schedules.constant(1), 0);
        float[] theta = learned.initTheta(Rng.of(1, "theta"));
        float[] shorter = Arrays.copyOf(theta, fixed.thetaLayout().size());

        Decays offsetZero = learned.decays(theta);
        Decays base = fixed.decays(shorter);

        assertThat(shorter).hasSize(190);
        assertThat(offsetZero.momentum()).containsExactly(base.momentum(), within(1e-6f));
        assertThat(offsetZero.adafactor()).containsExactly(base.adafactor(), within(1e-6f));
        assertThat(offsetZero.rms()).isCloseTo(base.rms(), within(1e-6f));
    }

    @Test
    void aLearnedDecayIsClippedTo0And1() {
        float[] theta = new float[SmallFc.of(4).thetaLayout().size()];
        theta[theta.length - 7] = 10;
        theta[theta.length - 6] = -10;
        theta[theta.length - 5] = 0.1f;

        float[] momentum = SmallFc.of(4).decays(theta).momentum();

        // .999 with offset .1: 1 − .001·e.
        assertThat(momentum).containsExactly(new float[] {0, 1, (float) (1 - 0.001 * Math.E)}, within(1e-7f));
    }

    @Test
    void decayShrinksTheParametersAfterTheStep() {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(2, 3))));
        SmallFc rule = SmallFc.of(4).withRate(Schedules.constant(0.5));
        float[] theta = rule.initTheta(Rng.of(1, "theta"));
        float[] gradient = {1, -2, 3, -4, 5, -6};
        Step without = new Step(new float[] {1, 2, 3, 4, 5, 6}, gradient);
        Step with = new Step(new float[] {1, 2, 3, 4, 5, 6}, gradient);

        Optimizer plain = rule.bind(theta, Twin.PLAIN);
        plain.step(plain.init(layout, 1), without);
        Optimizer decaying = rule.withWeightDecay(0.2).bind(theta, Twin.PLAIN);
        decaying.step(decaying.init(layout, 1), with);

        for (int i = 0; i < 6; i++) {
            assertThat(with.params()[i]).isCloseTo(without.params()[i] * 0.9f, within(1e-6f));
        }
    }

    /** A vector's factored second moment is its own, so the features of two steps are written down in closed form. */
    @Test
    void anAdafactorStartIsTheMeanOfGradientAndMomentumOverTheFactoredRoot() {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("b", Shape.of(3))));
        LearnedOptimizer rule = LearnedOptimizers.of("small_fc", Map.of("adafactor_start", 1.0, "step_mult", 0.01, "exp_mult", 0.5));
        double[][] gradients = {{1, -2, 0.5}, {-0.25, 3, 0.75}};
        Step step = new Step(new float[] {0.3f, -0.2f, 0.1f}, new float[3]);
        Optimizer bound = rule.bind(rule.initTheta(Rng.of(1, "theta")), Twin.PLAIN);
        OptimizerState state = bound.init(layout, 2);
        double[] m = new double[3];
        double[] v = new double[3];

        for (double[] gradient : gradients) {
            float[] before = step.params().clone();
            double[] ofGradient = new double[3];
            double[] ofMomentum = new double[3];
            for (int i = 0; i < 3; i++) {
                step.gradient()[i] = (float) gradient[i];
                m[i] = 0.9 * m[i] + 0.1 * gradient[i];
                v[i] = 0.9 * v[i] + 0.1 * gradient[i] * gradient[i];
                ofGradient[i] = gradient[i] / Math.sqrt(v[i] + 1e-9);
                ofMomentum[i] = m[i] / Math.sqrt(v[i] + 1e-6);
            }
            bound.step(state, step);

            for (int i = 0; i < 3; i++) {
                double dir = (ofGradient[i] / rms(ofGradient) + ofMomentum[i] / rms(ofMomentum)) / 2;
                assertThat((double) before[i] - step.params()[i]).isCloseTo(0.01 * dir, within(2e-7));
            }
        }
    }

    /** As features are normalised. */
    private static double rms(double[] values) {
        return Math.sqrt(1e-5 + Arrays.stream(values).map(x -> x * x).average().orElseThrow());
    }

    @Test
    void anAdafactorStartNeedsAUnitForEachSign() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LearnedOptimizers.of("small_fc", Map.of("adafactor_start", 1.0, "hidden", 1.0)))
                .withMessageContaining("at least 2");
    }
}
