package io.evolo.optimizers.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.ShippedPackages;
import io.evolo.optimizers.learned.EvolvedSoap;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With the Python that {@code EVOLO_PYTHON} names, or {@code python3}; where it lacks a framework, that framework's tests are skipped. */
class PythonFileTest {
    private static final String PYTHON = System.getenv().getOrDefault("EVOLO_PYTHON", "python3");
    private static final Map<Framework, String> MODULES =
            Map.of(Framework.NUMPY, "numpy", Framework.TORCH, "torch", Framework.OPTAX, "optax");

    /** Rules with eigenbases, orthogonalized steps or a recurrent network. */
    private static final Set<String> LARGER = Set.of("tuned_soap", "evolved_soap", "element", "velo", "muvelo", "celo", "celo2");

    /** More has a network. */
    private static final int MOST_NUMBERS = 100;

    @TempDir
    private Path folder;

    /**
     * Every shipped package that has a horizon, every published rule, and forms that none of these has; in one process, for a framework
     * takes seconds to start. JAX, which compiles each for ten seconds, sees the first package of every rule.
     */
    @ParameterizedTest
    @EnumSource
    void filesRepeatTheStepsOfTheJavaRules(Framework framework) throws Exception {
        Set<String> rules = new HashSet<>();
        Stream<LearnedOptimizerPackage> shipped = ShippedPackages.names().stream()
                .map(Packages::load)
                .filter(source -> source.hyperparameters().getOrDefault("any_time", 0.0) == 0);
        List<LearnedOptimizerPackage> sources = Stream.of(shipped, published().stream(), unusual().stream())
                .flatMap(some -> some)
                .filter(source -> rules.add(source.rule()) || framework != Framework.OPTAX)
                .toList();
        StringBuilder program = new StringBuilder();
        for (LearnedOptimizerPackage source : sources) {
            String text = PythonFile.of(source, framework);
            assertThat(text).contains(source.sha256OfTheta()).doesNotContain("{{");
            assertThat(text.lines().filter(PythonFileTest::isReadable).count())
                    .as(source.name())
                    .isLessThan(LARGER.contains(source.rule()) ? 720 : 600);
            write(source.name(), text);
            program.append("import %1$s; %1$s.self_test(); ".formatted(module(source.name())));
        }
        assertThat(run(framework, "-c", program + "print('passed')")).isEqualTo("passed");
    }

    /** Not a line of base64. */
    private static boolean isReadable(String line) {
        return !line.startsWith("    \"");
    }

    /** Published rules and described ones that no shipped package has, with theta from a generator. */
    private static List<LearnedOptimizerPackage> published() {
        return List.of(
                made("mlplopt", "mlp_lopt", Map.of()),
                made("celo", "celo", Map.of("lstm", 8.0)),
                made("celo-adam", "celo_adam", Map.of("lstm", 8.0)),
                made("velo", "velo", Map.of("lstm", 8.0, "basis", 3.0, "blend", 1.0)),
                made("muvelo", "muvelo", Map.of()),
                made("sgdm", "learnable_sgdm", Map.of()),
                made("adam", "learnable_adam", Map.of()),
                made("element", "element", Map.of()),
                made("element-as-is", "element", Map.of("eigenbasis", 0.0, "step", 1.0, "fresh", 1.0)),
                evolved());
    }

    /** Forms that none of these has. */
    private static List<LearnedOptimizerPackage> unusual() {
        return List.of(
                made("decay-before", "small_fc", Map.of("weight_decay", 0.1, "decay_with_step", 1.0, "level_gradients", 1.0)),
                made("decay-after", "small_fc", Map.of(
                        "weight_decay", 0.1, "learned_decays", 0.0, "momentum_decay_1", 0.5, "end_rate", 0.1, "warmup_fraction", 0.2,
                        "finite_gradients", 1.0)),
                made("by-network", "celo2", Map.of("weight_decay", 0.1, "adam_for_1d", 0.0, "level_gradients", 1.0)),
                made("celo-first", "celo", Map.of("lstm", 8.0, "scheduled", 0.0, "weight_decay", 0.1)),
                made("velo-earlier", "velo", Map.of("lstm", 8.0, "basis", 3.0, "blend", 1.0, "earlier_axis_wins", 1.0)),
                made("one-sided", "tuned_soap", Map.of("one_sided", 1.0, "frequency", 3.0)),
                made("element-one-sided", "element", Map.of("one_sided", 1.0, "loss_trend", 0.0)),
                made("light", "evolved_soap", Map.of("longest", 0.0)));
    }

    /** Away from every neutral value. */
    private static LearnedOptimizerPackage evolved() {
        LearnedOptimizer rule = EvolvedSoap.standard();
        float[] theta = rule.initTheta(Rng.of(1, "theta"));
        for (int i = 15; i < theta.length; i++) {
            theta[i] += 0.2f;
        }
        return Packages.pack("evolved", rule, theta, new TreeMap<>(), "MIT");
    }

    private static LearnedOptimizerPackage made(String name, String rule, Map<String, Double> hyper) {
        LearnedOptimizer made = LearnedOptimizers.of(rule, hyper);
        float[] theta = made.initTheta(Rng.of(2, "theta"));
        if (theta.length > MOST_NUMBERS) {
            // Biases and last layers, which begin at 0, take part too.
            Rng rng = Rng.of(3, "theta");
            for (int i = 0; i < theta.length; i++) {
                theta[i] += (float) (0.1 * rng.gaussian());
            }
        }
        return Packages.pack(name, made, theta, new TreeMap<>(), "MIT");
    }

    @ParameterizedTest
    @EnumSource(names = {"TORCH", "OPTAX"})
    void aFileBehavesAsItsFrameworksUsersExpect(Framework framework) throws Exception {
        // Results of two ways to one step are compared in PyTorch: not by a rule with eigenbases, whose null spaces are arbitrary.
        String name = framework == Framework.TORCH ? "evolo-adafactor" : "evolo-start";
        write(name, PythonFile.of(Packages.load(name), framework));
        Path script = script("behaves_" + framework.name().toLowerCase(Locale.ROOT) + ".py");
        assertThat(run(framework, script.toString(), module(name))).isEqualTo("behaves");
    }

    /** Over files of all rules and frameworks. */
    @Test
    void filesAreTypedAndFormatted() throws Exception {
        List<LearnedOptimizerPackage> sources = new ArrayList<>(published());
        List.of("evolo-start", "evolo-adafactor", "evolo-celo2").forEach(name -> sources.add(Packages.load(name)));
        for (Framework framework : Framework.values()) {
            for (LearnedOptimizerPackage source : sources) {
                write(source.name() + " " + framework.name().toLowerCase(Locale.ROOT), PythonFile.of(source, framework));
            }
        }
        assertThat(checked("ruff", "check", "--line-length", "140")).isEqualTo("All checks passed!");
        assertThat(checked("ruff", "format", "--line-length", "140", "--check")).contains("already formatted").doesNotContain("would");
        assertThat(checked("mypy", "--strict")).contains("no issues found");
    }

    /** The last line of what a tool says of the folder; skips the test where there is none. */
    private String checked(String tool, String... arguments) throws Exception {
        assumeTrue(printed(List.of(PYTHON, "-m", tool, "--version")).startsWith(tool),
                () -> PYTHON + " has no " + tool + "; set EVOLO_PYTHON to one that has");
        return printed(Stream.of(List.of(PYTHON, "-m", tool), List.of(arguments), List.of(".")).flatMap(List::stream).toList());
    }

    /** Under theta of the recordings. */
    @Test
    void filesRepeatTheTrajectoriesOfPublishedCode() throws Exception {
        Path golden = Path.of(System.getProperty("evolo.shared", "shared"), "golden", "learned");
        assumeTrue(Files.exists(golden), "no reference trajectories in " + golden.toAbsolutePath());
        Map<String, LearnedOptimizerPackage> files = Map.of(
                "velo_a.json", made("velo-a", "velo", Map.of("lstm", 16.0, "basis", 8.0, "earlier_axis_wins", 1.0)),
                "velo_b.json", made("velo-b", "velo", Map.of("lstm", 32.0, "basis", 4.0, "earlier_axis_wins", 1.0)),
                "small_fc_h4_b.json", made("mulo-b", "small_fc", Map.of("learned_decays", 0.0)));
        List<String> arguments = new ArrayList<>(List.of(script("replay_torch.py").toString()));
        for (Map.Entry<String, LearnedOptimizerPackage> file : files.entrySet()) {
            write(file.getValue().name(), PythonFile.of(file.getValue(), Framework.TORCH));
            arguments.addAll(List.of(module(file.getValue().name()), golden.resolve(file.getKey()).toAbsolutePath().toString()));
        }
        assertThat(run(Framework.TORCH, arguments.toArray(String[]::new))).isEqualTo("replayed");
    }

    /** A program beside this class. */
    private Path script(String name) throws IOException {
        try (var in = getClass().getResourceAsStream(name)) {
            return Files.write(folder.resolve(name), in.readAllBytes());
        }
    }

    @Test
    void aDamagedThetaFailsTheSelfTest() throws Exception {
        String text = PythonFile.of(Packages.load("evolo-start"), Framework.NUMPY).replace("\"log_rate\": -4.1", "\"log_rate\": -4.2");
        assertThat(run(Framework.NUMPY, write("evolo-start", text).toString())).contains("AssertionError").contains("allowed");
    }

    @Test
    void whatAFileCannotDoIsRefused() {
        assertThatThrownBy(() -> PythonFile.of(made("clipped", "small_fc", Map.of("clip", 1.0)), Framework.TORCH))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has clip=1.0, the norm of all gradients together")
                .hasMessageContaining("clip before the step");
        assertThatThrownBy(() -> PythonFile.of(made("any-time", "evolved_soap", Map.of("any_time", 1.0)), Framework.NUMPY))
                .hasMessageContaining("has any_time=1.0, which a Python file does not have; expected 0");
    }

    private static String module(String name) {
        return name.replace('-', '_').replace(' ', '_');
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(module(name) + ".py"), text);
    }

    /** The last line that the program prints; skips the test where the framework is missing. */
    private String run(Framework framework, String... arguments) throws Exception {
        String module = MODULES.get(framework);
        assumeTrue(printed(List.of(PYTHON, "-c", "import " + module + "; print('there')")).equals("there"),
                () -> PYTHON + " has no " + module + "; set EVOLO_PYTHON to one that has");
        List<String> command = new ArrayList<>(List.of(PYTHON));
        command.addAll(List.of(arguments));
        return printed(command);
    }

    private String printed(List<String> command) throws Exception {
        Path output = folder.resolve("output.txt");
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.directory(folder.toFile());
            builder.environment().put("PYTHONPATH", folder.toString());
            // Half of the time that JAX compiles.
            builder.environment().put("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true");
            process = builder.start();
        } catch (IOException e) {
            return "no such program";
        }
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        return Files.readString(output).lines().reduce("", (first, last) -> last);
    }
}
