package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Learned rules on gradients whose squares, or those squares' squares, are beyond a float. */
class LargeGradientTest {
    private static final ParamLayout LAYOUT = new ParamLayout(List.of(
            ParamSpec.plain("matrix", Shape.of(33, 70)), ParamSpec.plain("vector", Shape.of(45)), ParamSpec.plain("kernel", Shape.of(3, 3, 5, 7))));

    static Stream<LearnedOptimizer> rules() {
        return Stream.of(SmallFc.of(4), SmallFc.mulo(), MlpLopt.of(8), Celo2.published(), Celo2.base(), Velo.of(16, 8), Velo.mu(),
                Celo.published(), CeloAdam.published(), SmallFc.of(4).withForm(new SmallFc.Form(true, 1, true)),
                new SmallFc(4, 0.001, 0.001, true, Schedules.constant(1), 0)
                        .withForm(new SmallFc.Form(false, Double.POSITIVE_INFINITY, false, true, true)));
    }

    private static float[] steps(LearnedOptimizer rule, Twin twin, float scale, int count) {
        Optimizer bound = rule.bind(rule.initTheta(Rng.of(5, "theta")), twin);
        OptimizerState state = bound.init(LAYOUT, 20);
        Step step = new Step(new float[LAYOUT.size()], new float[LAYOUT.size()]);
        for (int t = 0; t < count; t++) {
            Rng rng = Rng.of(7, "gradient", t);
            for (int i = 0; i < LAYOUT.size(); i++) {
                step.gradient()[i] = scale * (float) rng.gaussian();
            }
            bound.step(state, step.at(1));
        }
        return step.params();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void stepsAreFiniteFromThirtyDecimalsBelowOneToThirtyAbove(LearnedOptimizer rule) {
        for (int exponent = -30; exponent <= 30; exponent++) {
            for (Twin twin : Twin.values()) {
                for (float p : steps(rule, twin, (float) Math.pow(10, exponent), 4)) {
                    assertThat(p).as("1e%s, %s", exponent, twin).isFinite();
                }
            }
        }
    }

    /** Beyond the squares' range the features are as they are within it, where nothing but their size is left of them. */
    @Test
    void theTwinsAgreeOnThem() {
        for (LearnedOptimizer rule : List.of(SmallFc.of(4), MlpLopt.of(8))) {
            for (float scale : new float[] {1e10f, 1e12f, 1e20f}) {
                float[] plain = steps(rule, Twin.PLAIN, scale, 3);
                float[] vector = steps(rule, Twin.VECTOR, scale, 3);
                double different = 0;
                double all = 0;
                for (int i = 0; i < plain.length; i++) {
                    different += (plain[i] - vector[i]) * (double) (plain[i] - vector[i]);
                    all += plain[i] * (double) plain[i];
                }
                assertThat(all).isPositive();
                assertThat(different).as("%s at %s", rule, scale).isLessThan(1e-8 * all);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aGradientThatIsNotFiniteIsNotHidden(LearnedOptimizer rule) {
        if (!(rule instanceof SmallFc small) || small.form().finiteGradients()) {
            return;
        }
        for (Twin twin : Twin.values()) {
            assertThat(steps(rule, twin, Float.POSITIVE_INFINITY, 1)).contains(Float.NaN);
        }
    }
}
