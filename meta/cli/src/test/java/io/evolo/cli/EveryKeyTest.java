package io.evolo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.meta.Contender;
import io.evolo.meta.Evaluator;
import io.evolo.meta.Execution;
import io.evolo.meta.MetaRun;
import io.evolo.meta.Recipe;
import io.evolo.meta.Score;
import io.evolo.meta.Tasks;
import io.evolo.meta.Trial;
import io.evolo.meta.TrialExecutor;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Schema.Key;
import io.evolo.schema.Schema;
import io.evolo.schema.Setting;
import io.evolo.schema.YamlNode;
import io.evolo.schema.YamlReader;
import io.evolo.tasks.DoubleRange;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** There is no key that is taken and does nothing: it changes what is computed, or it is refused. */
class EveryKeyTest {
    @TempDir
    Path folder;

    private int runs;

    private static final Optimizer ADAM = HandDesigned.named("adam", Schedules.constant(0.01));

    /** Keys that act on data which these tests do not have: colours are those of {@code CifarFolderTest}. */
    private static final Set<String> ELSEWHERE = Set.of("data.grey");

    private static final List<Double> LOSSES = List.of(1e-9, 0.1, 3.0, 1e9);

    private static final String LIVELY =
            """
            {gradientNoise: {probability: 1}, reducedBatch: {probability: 1}, subspace: {probability: 1}, delay: {probability: 1, steps: 1},
             loss: {scale: logarithm}}""";

    /** On formulas, with a checkpoint after every outer step. */
    private static final List<String> TINY = List.of(
            "name=tiny",
            "rule={name: small_fc, hyper: {hidden: 32}}",
            "tasks=[{family: quadratic, dimension: 4}]",
            "horizon={min: 4, max: 6}",
            "saving.every=0");

    private static final List<String> GRADIENT = List.of("estimation={pairs: 2, truncation: 3}", "outer={steps: 6, rate: 0.01}");

    static List<List<String>> recipes() {
        return List.of(
                GRADIENT,
                List.of("estimation={pairs: 2, estimator: full_es}", "outer={steps: 4, rate: 0.01}"),
                List.of("estimation={pairs: 2, truncation: 3, imitation: {expert: adam, from: 1, until: 3}}", "outer={steps: 6, rate: 0.01}"),
                List.of("estimation={pairs: 2}", "outer={steps: 4, rate: 0.01, search: cma_es}"),
                List.of("estimation={pairs: 2, truncation: 3}", "outer={steps: 12, rate: 0.3}", "validation.every=2", "validation.examples=20",
                        "validation.problems=[{task: {data: {side: 4}, width: 4}, steps: 30}]"));
    }

    static Stream<String> families() {
        return Schema.of(Tasks.class).choices("family").stream().filter(family -> !family.equals("mixture"));
    }

    /** Small, and with more than one of what is drawn. */
    private static List<String> small(String family) {
        return switch (family) {
            case "mlp", "autoencoder", "vae" -> List.of("family=" + family, "width=4", "batch=8");
            case "conv", "resnet", "vit" -> List.of("family=" + family, "width=4", "batch=4");
            case "transformer_lm", "rnn_lm" -> List.of("family=" + family, "width=8", "batch=2", "length=6");
            default -> List.of("family=" + family);
        };
    }

    private static List<String> lively(String family) {
        List<String> settings = new ArrayList<>(small(family));
        boolean batches = !List.of("quadratic", "rosenbrock", "matrix_factorization").contains(family);
        settings.add("augment=" + (batches ? LIVELY : LIVELY.replace("reducedBatch: {probability: 1}, ", "")));
        settings.add("reparametrize.level=tensor");
        return settings;
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyKeyOfATaskChangesItOrIsRefused(String family) {
        List<Key> keys = Schema.of(Tasks.class).keys(Map.of("family", family)).stream()
                .filter(key -> !(key.path().equals("data.source") && family.endsWith("_lm"))) // text that is not drawn is a file
                .toList();
        assertThat(idle(keys, small(family), EveryKeyTest::ofTask)).as(family).isEmpty();
        List<Key> augmentation = keys.stream().filter(key -> key.path().matches("(augment|reparametrize)\\..*")).toList();
        assertThat(idle(augmentation, lively(family), EveryKeyTest::ofTask)).as(family + " with all augmentation").isEmpty();
    }

    /** But those of its tasks. */
    private static List<Key> keysOfARecipe() {
        return Schema.of(Recipe.class).keys(Map.of()).stream()
                .filter(key -> !key.path().startsWith("tasks.") && !key.path().startsWith("validation.problems."))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void everyKeyOfARecipeChangesTheRunOrIsRefused(List<String> recipe) {
        List<String> base = Stream.concat(TINY.stream(), recipe.stream()).toList();
        List<Key> keys = keysOfARecipe().stream().filter(key -> !key.path().matches("(evaluation|saving)\\..*")).toList();
        List<String> idle = idle(keys, base, this::ofRun);
        assertThat(idle).isSubsetOf(recipe.toString().contains("cma_es") ? List.of("outer.rate") : List.of()); // a key that must be given
    }

    @Test
    void everyKeyOfSavingChangesWhatIsWritten() {
        List<Key> keys = keysOfARecipe().stream().filter(key -> key.path().startsWith("saving.")).toList();
        List<String> often = idle(keys, Stream.concat(TINY.stream(), GRADIENT.stream()).toList(), this::ofRun);
        List<String> seldom = idle(keys, Stream.of(TINY, GRADIENT, List.of("saving.every=1000")).flatMap(List::stream).toList(), this::ofRun);
        assertThat(often).containsExactly("saving.metricsEvery"); // a checkpoint brings the metrics up to date
        assertThat(seldom).isEmpty();
    }

    @Test
    void everyKeyOfTheGridChangesTheTable() {
        List<String> base = Stream.of(TINY, GRADIENT, List.of(IMAGES, GRID)).flatMap(List::stream).toList();
        List<Key> keys = keysOfARecipe().stream().filter(key -> key.path().startsWith("evaluation.")).toList();
        assertThat(idle(keys, base, EveryKeyTest::ofGrid)).isEmpty();
    }

    /** The keys of which every value is taken and changes nothing. */
    private static List<String> idle(List<Key> keys, List<String> base, Function<List<String>, List<Object>> effect) {
        List<Object> plain = effect.apply(base);
        return keys.stream()
                .filter(key -> !ELSEWHERE.contains(key.path()) && !acts(key, base, plain, effect))
                .map(Key::path)
                .toList();
    }

    private static boolean acts(
            Key key, List<String> base, List<Object> plain, Function<List<String>, List<Object>> effect) {
        boolean taken = false;
        for (String value : values(key)) {
            List<String> changed = new ArrayList<>(base);
            changed.add(key.path() + "=" + value);
            try {
                if (!effect.apply(changed).equals(plain)) {
                    return true;
                }
                taken |= !value.equals(key.standard().orElse(""));
            } catch (ConfigException | IllegalArgumentException e) {
                continue; // refused
            }
        }
        return !taken;
    }

    /** Values to try, the default may be among them. */
    private static List<String> values(Key key) {
        Class<?> item = key.item().orElse(key.type() instanceof Class<?> plain ? plain : Map.class);
        List<String> values = valuesOf(item, key.path());
        assertThat(values).as(key.path()).isNotEmpty();
        return values;
    }

    private static List<String> valuesOf(Class<?> type, String path) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants()).map(constant -> Schema.constant((Enum<?>) constant)).toList();
        }
        if (type == boolean.class) {
            return List.of("true", "false");
        }
        if (type == int.class || type == Integer.class || type == long.class) {
            return List.of("1", "2", "3", "5", "16");
        }
        if (type == double.class) {
            return List.of("0", "1", "0.3", "0.7", "0.999", "2");
        }
        if (type == IntRange.class) {
            return List.of("2", "3", "[2, 9]", "5");
        }
        if (type == DoubleRange.class) {
            return List.of("0.3", "0.7", "2");
        }
        return TEXTS.getOrDefault(path, List.of());
    }

    private static final String IMAGES = "tasks=[{family: mlp, data: {side: 4}, width: 2, depth: 1, batch: 2}]";

    private static final String GRID =
            "evaluation={widths: [2], horizons: [40], seeds: 2, baselineRates: 2, baselineDecays: constant, tuningSeeds: 1, examples: 20,"
                    + " lowestRate: 1e-4, highestRate: 0.01}";

    private static final Map<String, List<String>> TEXTS = Map.of(
            "data.source", List.of("strokes-thin"),
            "name", List.of("other"),
            "init", List.of("evolo-mulo"),
            "rule.name", List.of("celo"),
            "rule.hyper", List.of("{hidden: 5}"),
            "outer.frozen", List.of("mlp"),
            "estimation.imitation.expert", List.of("sgd"),
            "estimation.imitation.hyper", List.of("{beta1: 0.5}"),
            "evaluation.widths", List.of("[4]"),
            "evaluation.horizons", List.of("[6]"));

    /** What a run leaves behind, but its recipe and what names it. */
    private List<Object> ofRun(List<String> settings) {
        Path directory = folder.resolve("run" + runs++);
        Recipe recipe = recipe(settings);
        try (MetaRun run = MetaRun.create(directory, recipe, 1)) {
            while (!run.finished()) {
                run.advance();
            }
            LearnedOptimizerPackage made = LearnedOptimizerPackage.read(run.finish());
            return List.of(
                    made.name(), made.rule(), Arrays.toString(made.theta()), Arrays.toString(run.theta()), files(directory), lines(directory));
        }
    }

    private static Recipe recipe(List<String> settings) {
        YamlNode tree = YamlReader.document("", "the recipe");
        for (String setting : settings) {
            tree = Setting.parse(setting).applyTo(tree);
        }
        return Schema.of(Recipe.class).bind(tree);
    }

    private static List<String> files(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.map(file -> directory.relativize(file).toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Metrics and meta-validations without their times. */
    private static List<String> lines(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            List<String> lines = new ArrayList<>();
            for (Path file : files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList()) {
                Files.readAllLines(file).forEach(line -> lines.add(line.replaceAll("\"seconds\":[^,}]*", "")));
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The losses in the table of a rule that is not trained. */
    private static List<Object> ofGrid(List<String> settings) {
        Recipe recipe = recipe(settings);
        Optimizer rule = recipe.rule().learned().bind(recipe.rule().learned().initTheta(Rng.of(1, "theta")));
        try (TrialExecutor trials = Execution.local(1).trials()) {
            var evaluator = new Evaluator(recipe.tasks().getFirst(), recipe.evaluation(), 1, trials);
            return evaluator.run(List.of(new Contender("initial", rule, Parametrization.Kind.MUP)), _ -> {}).stream()
                    .<Object>map(cell -> evaluator.trials(1) + " trials, " + cell.width() + ", " + cell.horizon() + cell.baseline().tuned()
                            + losses(cell.baseline()) + losses(cell.scores().getFirst()))
                    .toList();
        }
    }

    private static List<Double> losses(Score score) {
        return score.trials().stream().map(Trial::trainLoss).toList();
    }

    /** What is trained, what is measured, and how it counts. */
    private static List<Object> ofTask(List<String> settings) {
        Task task = TaskSettings.bind(settings, "").augmented().sample(Rng.of(1, "task"));
        Trial trial = Trial.unstopped(task, ADAM, 5, 1, 20, (_, _) -> {}, Trial.Keeper.NONE);
        List<Double> counted = LOSSES.stream().map(task.normalizer()::normalize).toList();
        return List.of(trial.trainLoss(), trial.validLoss(), trial.testLoss(), counted);
    }
}
