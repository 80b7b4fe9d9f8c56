package io.evolo.optimizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.memory.BFloat16State;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where gradients are tiny and then 0, as of a network that knows its data by heart, no rule is left with subnormal numbers. */
class DriedUpTest {
    /** Enough for a mean with the decay 0.9 to pass 20 decades. */
    private static final int STEPS = 448;

    /** What the training below has. */
    private static final Set<Need> OFFERED = EnumSet.complementOf(EnumSet.of(Need.LOSS_ELSEWHERE, Need.SECOND_GRADIENT));

    static Stream<String> designed() {
        return HandDesigned.names().stream()
                .filter(name -> OFFERED.containsAll(HandDesigned.named(name, Schedules.constant(0.001)).needs()));
    }

    static Stream<String> learned() {
        return LearnedOptimizers.names().stream();
    }

    @ParameterizedTest
    @MethodSource("designed")
    void accumulatorsOfHandDesignedRulesHoldNoSubnormalNumbers(String name) {
        requireNone(HandDesigned.named(name, Schedules.constant(0.001)));
    }

    @ParameterizedTest
    @MethodSource("learned")
    void accumulatorsOfLearnedRulesHoldNoSubnormalNumbers(String name) {
        LearnedOptimizer rule = LearnedOptimizers.of(name, Map.of());
        requireNone(rule.bind(rule.initTheta(Rng.of(4, name))));
    }

    private static void requireNone(Optimizer rule) {
        OptimizerState state = driedUp(rule);
        for (int slot = 0; slot < state.slots(); slot++) {
            float[] values = state.slot(slot);
            assertThat(IntStream.range(0, values.length).filter(i -> values[i] != 0 && Math.abs(values[i]) < Float.MIN_NORMAL))
                    .as("accumulator %s", slot).isEmpty();
        }
    }

    private static OptimizerState driedUp(Optimizer rule) {
        NetworkTask task = NetworkFamily.of(Mlp.of(2), 10, 8, Parametrization.mup(10), DataSpec.strokes(8).load()).sample(Rng.of(1, "task"));
        Optimizee optimizee = task.open();
        OptimizerState state = rule.init(task.layout(), STEPS);
        float[] params = new float[task.layout().size()];
        float[] gradient = new float[params.length];
        Step step = new Step(params, gradient, new Signals(optimizee.denseSignals(), List.of(), new float[0]));
        optimizee.init(Rng.of(2, "init"), params);
        float loss = optimizee.lossAndGradient(params, BatchKey.of(Split.TRAIN, 3, "batches"), 0, gradient);
        for (int i = 0; i < STEPS; i++) {
            float factor = i == 0 ? 1e-18f : i < 3 ? 1 : 0;
            for (int j = 0; j < gradient.length; j++) {
                gradient[j] *= factor;
            }
            rule.step(state, step.at(loss));
        }
        return state;
    }

    /** Two packed halves may look like one subnormal number. A mean whose factor rounds to 1 in halves stands still. */
    @Test
    void aStateOfHalvesKeepsAValueWhoseNeighbourIsZero() {
        Optimizer rule = BFloat16State.of(HandDesigned.of("momentum", Map.of("momentum", 0.999), Schedules.constant(0.001)));
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("two", Shape.of(2))));
        OptimizerState state = rule.init(layout, 200);
        Step step = new Step(new float[2], new float[] {1, 0});
        rule.step(state, step);
        step.gradient()[0] = 0;
        for (int i = 1; i < 200; i++) {
            rule.step(state, step);
        }
        assertThat(step.params()[0]).isCloseTo(-0.2f, within(1e-3f));
    }
}
