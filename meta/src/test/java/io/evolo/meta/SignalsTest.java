package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.GlobalNormClip;
import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Forgetting;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Reparametrized;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import io.evolo.tasks.data.DataSpec;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a lane shows its rule beside parameters, loss and gradient. */
class SignalsTest {
    private static final NetworkTask TASK =
            NetworkFamily.of(Mlp.of(2), 8, 16, Parametrization.mup(4), DataSpec.strokes(8).load()).sample(Rng.of(1, "task"));

    @Test
    void theLossAtOtherParametersIsThatOfTheSameBatch() {
        BatchKey batches = BatchKey.of(Split.TRAIN, 1, "batches");
        Optimizee fresh = TASK.open();
        int[] at = new int[1];

        run(new Probe(Set.of(Need.LOSS_ELSEWHERE), step -> {
            float[] others = step.params().clone();
            others[3] += 1;
            assertThat(step.lossAt(others)).isEqualTo(fresh.loss(others, batches, at[0]));
            assertThat(step.lossAt(step.params())).isEqualTo(step.loss());
            at[0]++;
        }), batches);

        assertThat(at[0]).isEqualTo(3);
    }

    @Test
    void aRuleThatReadsNoGradientSparesTheBackwardPass() {
        run(new Probe(Set.of(), step -> assertThat(step.gradient()).containsOnly(0)), BatchKey.of(Split.TRAIN, 1, "batches"));
    }

    @Test
    void whatTheTaskDoesNotOfferIsSaidBeforeTheFirstStep() {
        Optimizer rule = new GlobalNormClip(new Probe(Set.of(Need.SECOND_GRADIENT), step -> {}), 1);

        assertThatThrownBy(() -> Trial.run(TASK, rule, 3, 1, Trial.Purpose.JUDGING, 0, 10, (step, loss) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the gradient of a second objective")
                .hasMessageContaining(TASK.name());
    }

    @Test
    void aTaskInOtherCoordinatesShowsNoDenseSignals() {
        var other = new Reparametrized(TASK, Reparametrized.Level.TENSOR, 0.5, 2, 1);
        Optimizer rule = new Probe(Set.of(Need.DENSE_SIGNALS), step -> {});
        Lane lane = new Lane(other.open(), other.normalizer(), 100, rule.init(other.layout(), 1));

        assertThatThrownBy(() -> lane.signals().require(rule, other.layout(), other.name()))
                .hasMessageContaining("inputs and output gradients");
    }

    @Test
    void ngdiffKeepsOneTaskAndForgetsTheOther() {
        // From 1, ½w² says 0 and ½·3·w² says 0 too: kept and forgotten, their directions cancel; the second one turned round, they add.
        Lane cancelling = lane(new Forgetting(new Quadratic(1), new Quadratic(3)));
        Lane adding = lane(new Forgetting(new Quadratic(1), new Quadratic(-3)));

        assertThat(cancelling.params()).containsExactly(1);
        assertThat(adding.params()[0]).isCloseTo(1 - 5 * 2 * 0.01f, within(1e-6f));
    }

    private static Lane lane(Task task) {
        Optimizer rule = HandDesigned.named("ngdiff", Schedules.constant(0.01));
        Lane lane = new Lane(task.open(), task.normalizer(), 100, rule.init(task.layout(), 5));
        lane.signals().require(rule, task.layout(), task.name());
        lane.init(Rng.of(1, "init"));
        lane.unroll(rule, BatchKey.of(Split.TRAIN, 1, "batches"), 0, 5, MetaLoss.MEAN);
        return lane;
    }

    @Test
    void tasksOverOtherParametersCannotBeForgotten() {
        assertThatThrownBy(() -> new Forgetting(new Quadratic(1), TASK)).hasMessageContaining("quadratic 1.0").hasMessageContaining(TASK.name());
    }

    private static void run(Optimizer rule, BatchKey batches) {
        Lane lane = new Lane(TASK.open(), TASK.normalizer(), 100, rule.init(TASK.layout(), 3));
        lane.signals().require(rule, TASK.layout(), TASK.name());
        lane.init(Rng.of(1, "init"));
        lane.unroll(rule, batches, 0, 3, MetaLoss.MEAN);
    }

    /** Looks at its steps and moves a parameter. */
    private record Probe(Set<Need> needs, Consumer<Step> look) implements Optimizer {
        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            return new OptimizerState(layout, horizon, new float[0][], new float[0]);
        }

        @Override
        public void step(OptimizerState state, Step step) {
            look.accept(step);
            step.params()[0] += 0.1f;
            state.advance();
        }
    }
}
