package io.evolo.meta.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.meta.Contender;
import io.evolo.meta.Evaluator;
import io.evolo.meta.Execution;
import io.evolo.meta.ExecutorException;
import io.evolo.meta.PackagedRule;
import io.evolo.meta.Recipe;
import io.evolo.meta.RuleSource;
import io.evolo.meta.TaskOrigin;
import io.evolo.meta.Tasks;
import io.evolo.meta.Trial;
import io.evolo.meta.TrialExecutor;
import io.evolo.meta.TrialOrder;
import io.evolo.meta.tune.Findings;
import io.evolo.meta.tune.TuningPlan;
import io.evolo.meta.tune.TuningRun;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.Packages;
import io.evolo.schema.Schema;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Grids of evaluations and of tuning on the application that advances particles. */
class SparkTrialsTest {
    private static final Execution SPARK = Execution.of("spark:local[2]", 1).at("local[2]", Map.of("spark.ui.enabled", "false"));

    private static SparkApplication application;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        application = SparkApplication.open(SPARK.address(), SPARK.settings()); // that of all tests here
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    /** But for the seconds that it took. */
    private static String bits(Trial trial) {
        return trial.trainLoss() + " " + trial.validLoss() + " " + trial.testLoss() + " " + trial.testAccuracy() + " "
                + trial.initialLoss() + " " + trial.diverged() + " " + trial.steps();
    }

    private static Contender contender(Recipe recipe) {
        LearnedOptimizer rule = recipe.rule().learned();
        float[] theta = rule.initTheta(Rng.of(3, "theta"));
        PackagedRule packaged = PackagedRule.of(Packages.pack("mine", rule, theta, new TreeMap<>(), "Apache-2.0"));
        return new Contender("mine", packaged, Parametrization.Kind.MUP);
    }

    private static List<String> evaluate(Recipe recipe, Execution execution) {
        try (TrialExecutor trials = execution.trials()) {
            Evaluator evaluator = new Evaluator(recipe.tasks().getFirst(), recipe.evaluation(), recipe.seed(), trials);
            return evaluator.run(List.of(contender(recipe)), _ -> {}).stream()
                    .flatMap(cell -> cell.scores().stream())
                    .flatMap(score -> score.trials().stream())
                    .map(SparkTrialsTest::bits)
                    .toList();
        }
    }

    @Test
    void anEvaluationComesToTheSameBits() {
        Recipe recipe = Runs.recipe(Runs.RECIPE);
        assertThat(evaluate(recipe, SPARK)).hasSize(2).isEqualTo(evaluate(recipe, Execution.local(2)));
    }

    private List<String> tune(String name, Execution execution) {
        TuningPlan plan = Schema.of(TuningPlan.class)
                .read(
                        "{optimizers: [adam, sgd], tier: default, schedules: [constant], seeds: 2, steps: 20, examples: 50,"
                                + " task: {data: {side: 4}, width: 4, batch: 8}}",
                        "test");
        try (TuningRun run = TuningRun.create(folder.resolve(name), plan);
                TrialExecutor trials = execution.trials()) {
            Findings findings = run.tune(trials, () -> false, (phase, count) -> () -> {});
            return findings.tuned().stream()
                    .map(tuned -> tuned.optimizer() + tuned.fresh().stream().map(SparkTrialsTest::bits).collect(Collectors.joining()))
                    .toList();
        }
    }

    @Test
    void tuningComesToTheSameBits() {
        assertThat(tune("spark", SPARK)).hasSize(2).isEqualTo(tune("threads", Execution.local(2)));
    }

    @Test
    void aWorkerWithoutTheDataIsNamed() throws IOException {
        Path data = folder.resolve("text.txt");
        Files.writeString(data, "to be or not to be, that is the question. ".repeat(400));
        Tasks tasks = Schema.of(Tasks.class).read("{family: rnn_lm, data: {source: " + data + "}, width: 4, batch: 4}", "test");
        TaskOrigin origin = new TaskOrigin(tasks, "test", 1, OptionalInt.empty(), Parametrization.Kind.MUP);
        RuleSource rule = contender(Runs.recipe(Runs.RECIPE)).rule();
        TrialOrder order = new TrialOrder(origin, origin.make().task(), rule, 5, 1, Trial.Purpose.JUDGING, 0, 50);
        try (SparkTrials trials = new SparkTrials(SparkApplication.open(SPARK.address(), SPARK.settings()))) {
            trials.know(origin);
            Files.delete(data);
            assertThatThrownBy(() -> trials.make(order))
                    .isInstanceOf(ExecutorException.class)
                    .message()
                    .startsWith("worker ")
                    .contains("it cannot use the task's data: ", data.toString())
                    .doesNotContain("\n");
        }
    }
}
