package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.Momentum;
import io.evolo.optimizers.designed.Sgd;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules whose theta is a hand-designed rule's hyperparameters, and the small forms of small_fc. */
class LearnableRulesTest {
    private static final ParamLayout LAYOUT = new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(3))));
    private static final float[] GRADIENT = {1, -2, 0.5f};

    @Test
    void learnableSgdWithItsInitialThetaIsSgd() {
        LearnableSgd rule = LearnableSgd.plain();

        float[] ours = run(rule.bind(rule.initTheta(Rng.of(1, "theta"))), GRADIENT, 3);

        assertThat(ours).containsExactly(run(new Sgd(Schedules.constant(0.01), 0), GRADIENT, 3), within(1e-8f));
    }

    @Test
    void learnableSgdmWithItsInitialThetaIsMomentum() {
        LearnableSgd rule = LearnableSgd.heavyBall();

        float[] ours = run(rule.bind(rule.initTheta(Rng.of(1, "theta"))), GRADIENT, 3);

        assertThat(ours).containsExactly(run(Momentum.of(Schedules.constant(0.01), 0.9, 0), GRADIENT, 3), within(1e-7f));
    }

    /** After one step with bias correction, m/√v is the gradient's sign. */
    @Test
    void learnableAdamsFirstStepIsItsRateTimesTheSign() {
        LearnableAdam rule = LearnableAdam.published();

        float[] ours = run(rule.bind(new float[] {(float) StrictMath.log(0.5), -2, -7, -18}), GRADIENT, 1);

        assertThat(ours).containsExactly(new float[] {-0.5f, 0.5f, -0.5f}, within(1e-6f));
    }

    @Test
    void perturbedDecaysStayBelowOneAndNotBelowZero() {
        LearnableSgd rule = LearnableSgd.heavyBall();

        assertThat(run(rule.bind(new float[] {0, 1}), GRADIENT, 2)).containsExactly(-2, 4, -1);
        assertThat(run(rule.bind(new float[] {0, -1000}), GRADIENT, 1)).containsExactly(-1, 2, -0.5f);
    }

    @Test
    void initialHyperparametersOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new LearnableSgd(0, false, 0)).hasMessageContaining("rate is 0.0");
        assertThatThrownBy(() -> new LearnableSgd(1, false, 0.5)).hasMessageContaining("0 without momentum");
        assertThatThrownBy(() -> new LearnableAdam(1, 1, 0.9, 1e-8, 0)).hasMessageContaining("beta1");
    }

    @Test
    void decayWithTheStepDoesNotShrinkTheStep() {
        SmallFc after = SmallFc.of(4).withRate(Schedules.constant(0.5)).withWeightDecay(1);
        SmallFc with = after.withForm(new SmallFc.Form(true, Double.POSITIVE_INFINITY, false));
        float[] theta = after.initTheta(Rng.of(1, "theta"));

        float[] shrunk = run(after.bind(theta, Twin.PLAIN), GRADIENT, 1);
        float[] whole = run(with.bind(theta, Twin.PLAIN), GRADIENT, 1);

        // From 0 the parameter is its step: whole, or shrunk by 1 − 0.5·1.
        for (int i = 0; i < 3; i++) {
            assertThat(shrunk[i]).isNotZero().isEqualTo(0.5f * whole[i]);
        }
    }

    @Test
    void finiteGradientsTakeNaNAsZeroAndLeaveTheCallersGradient() {
        SmallFc rule = SmallFc.of(4).withForm(new SmallFc.Form(false, Double.POSITIVE_INFINITY, true));
        Optimizer bound = rule.bind(rule.initTheta(Rng.of(1, "theta")), Twin.PLAIN);
        float[] broken = {1, Float.NaN, 0.5f};

        float[] ours = run(bound, broken, 2);

        assertThat(ours).containsExactly(run(bound, new float[] {1, 0, 0.5f}, 2));
        assertThat(broken[1]).isNaN();
    }

    @Test
    void theWarmupOverACosineIsLinearThenOnTheWholeRunsCosine() {
        WarmupOverCosine schedule = new WarmupOverCosine(0.2, 1, 0.1, new Span.Fraction(0.1));

        assertThat(schedule.rate(0, 101)).isCloseTo(0.2, within(1e-12));
        assertThat(schedule.rate(5, 100)).isCloseTo(0.6, within(1e-12));
        assertThat(schedule.rate(50, 101)).isCloseTo(0.55, within(1e-12));
        assertThat(schedule.rate(100, 101)).isCloseTo(0.1, within(1e-12));
    }

    private static float[] run(Optimizer rule, float[] gradient, int steps) {
        Step step = new Step(new float[3], gradient);
        OptimizerState state = rule.init(LAYOUT, 10);
        for (int i = 0; i < steps; i++) {
            rule.step(state, step.at(1));
        }
        return step.params();
    }
}
