package io.evolo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.evolo.meta.NetworkFamilySpec;
import io.evolo.meta.Trial;
import io.evolo.meta.evaluation.Cell;
import io.evolo.meta.evaluation.EvaluationPlan;
import io.evolo.meta.tune.Tier;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Split;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RivalsSuiteTest {
    private static final EvaluationPlan PLAN = new Suites(List.of(), "", 0).plan("rivals");
    private static final Map<String, NetworkTask> TASKS = tasks();

    private static Map<String, NetworkTask> tasks() {
        Map<String, NetworkTask> tasks = new LinkedHashMap<>();
        for (Cell cell : PLAN.cells()) {
            tasks.put(cell.name(), (NetworkTask) cell.task().augmented().sample(Rng.of(PLAN.seed(), "task")));
        }
        return tasks;
    }

    private static long larger(int parameters) {
        return TASKS.values().stream().filter(task -> task.layout().size() > parameters).count();
    }

    @Test
    void sixteenTasksAreLargeAndLongEnough() {
        assertThat(TASKS).hasSize(16);
        assertThat(larger(50_000)).isGreaterThanOrEqualTo(10);
        assertThat(larger(500_000)).isGreaterThanOrEqualTo(2);
        assertThat(PLAN.cells()).allSatisfy(cell -> assertThat(cell.steps()).isGreaterThanOrEqualTo(1000));
        assertThat(TASKS.get("mlp batch 16").batch()).isEqualTo(16);
        assertThat(TASKS.get("mlp batch 512").batch()).isEqualTo(512);
    }

    /** Else Muon and its relatives would be AdamW there under another name. */
    @Test
    void everyTaskHasAMatrixBetweenHiddenUnits() {
        assertThat(TASKS).allSatisfy((name, task) -> assertThat(task.layout().specs())
                .as(name)
                .anyMatch(spec -> spec.role() == Role.HIDDEN && spec.shape().rank() >= 2));
    }

    /** Windows of a text that share nothing count once. */
    @Test
    void finalLossesAreOverAtLeastTwoThousandHeldOutExamples() {
        assertThat(PLAN.examples()).isGreaterThanOrEqualTo(2000);
        assertThat(TASKS).allSatisfy((name, task) ->
                assertThat(task.examples().examples(Split.TEST) / task.examples().stride()).as(name).isGreaterThanOrEqualTo(2000));
    }

    @Test
    void twoTasksHaveNoisyLabels() {
        assertThat(PLAN.cells().stream().map(cell -> cell.task().kind()))
                .filteredOn(kind -> kind instanceof NetworkFamilySpec networks && networks.data().noise() > 0)
                .hasSize(2);
    }

    @Test
    void everyRivalServesEveryTask() {
        assertThat(PLAN.tuned()).containsExactly("adam", "adamw", "muon", "normuon", "soap", "kl-soap+hyperball", "soap-muon");
        assertThat(PLAN.tier()).isEqualTo(Tier.RATE_DECAY);
        List<String> rules = Stream.of(PLAN.tuned(), PLAN.untuned(), PLAN.untunedConstant()).flatMap(List::stream).toList();
        assertThat(rules).hasSize(10).doesNotHaveDuplicates();
        for (String rule : rules) {
            TASKS.forEach((name, task) -> assertThatCode(() ->
                    Trial.requireServed(task, HandDesigned.named(rule, Schedules.constant(1))))
                    .as(rule + " on " + name)
                    .doesNotThrowAnyException());
        }
    }
}
