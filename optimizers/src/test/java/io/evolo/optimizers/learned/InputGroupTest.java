package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InputGroupTest {
    private static final ParamLayout LAYOUT = new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(3, 4))));

    static List<LearnedOptimizer> rules() {
        return List.of(SmallFc.of(4), Celo2.base(), Celo.published());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theGroupsAreTheWholeFirstLayerAndFollowEachOther(LearnedOptimizer rule) {
        List<InputGroup> groups = rule.inputs();
        for (int i = 1; i < groups.size(); i++) {
            assertThat(groups.get(i).from()).isEqualTo(groups.get(i - 1).from() + groups.get(i - 1).size());
        }
        ParamLayout theta = rule.thetaLayout();
        List<Integer> first = IntStream.range(0, theta.tensors())
                .filter(i -> theta.spec(i).name().matches("(.*/)?w0(__\\d+)?"))
                .boxed()
                .toList();
        InputGroup last = groups.getLast();
        assertThat(groups.getFirst().from()).isEqualTo(theta.offset(first.getFirst()));
        assertThat(last.from() + last.size()).isEqualTo(theta.offset(first.getLast() + 1));
        assertThat(groups).extracting(InputGroup::name).doesNotHaveDuplicates();
    }

    @Test
    void withoutItsTimeFeaturesSmallFcStepsAlikeAtEveryTime() {
        SmallFc rule = SmallFc.of(4);
        float[] theta = rule.initTheta(Rng.of(1, "theta"));
        InputGroup time = rule.inputs().getLast();
        assertThat(time.name()).isEqualTo("time");
        assertThat(firstStep(rule, time.takenFrom(theta), 0)).isEqualTo(firstStep(rule, time.takenFrom(theta), 500));
        assertThat(firstStep(rule, theta, 0)).isNotEqualTo(firstStep(rule, theta, 500));
    }

    @Test
    void withoutTheParameterItselfSmallFcStepsAlikeFromEverywhere() {
        SmallFc rule = SmallFc.of(4);
        float[] theta = rule.initTheta(Rng.of(1, "theta"));
        InputGroup parameter = rule.inputs().get(1);
        assertThat(parameter.name()).isEqualTo("w");
        float[] without = parameter.takenFrom(theta);
        assertThat(update(rule, without, 0, 0.5f)).containsExactly(update(rule, without, 0, 0));
        assertThat(update(rule, theta, 0, 0.5f)).isNotEqualTo(update(rule, theta, 0, 0));
    }

    private static float[] firstStep(SmallFc rule, float[] theta, int completed) {
        return update(rule, theta, completed, 0);
    }

    /** Of parameters that are powers of two, so that adding and taking them away again is exact for steps of about .001. */
    private static float[] update(SmallFc rule, float[] theta, int completed, float slope) {
        OptimizerState state = rule.bind(theta).init(LAYOUT, 1000);
        state.setClock(completed);
        float[] params = new float[LAYOUT.size()];
        float[] gradient = new float[LAYOUT.size()];
        for (int i = 0; i < params.length; i++) {
            params[i] = slope * (i % 2 == 0 ? 1 : -1);
            gradient[i] = (float) StrictMath.sin(i + 1);
        }
        float[] before = params.clone();
        rule.bind(theta).step(state, new Step(params, gradient).at(1));
        for (int i = 0; i < params.length; i++) {
            params[i] = Math.round((before[i] - params[i]) * 1e6f); // what rounding at ±0.5 leaves: 3e-8
        }
        return params;
    }
}
