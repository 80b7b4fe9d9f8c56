package io.evolo.optimizers.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.tasks.kernels.Twin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrajectoriesTest {
    private static final Path GOLDEN = Path.of(System.getProperty("evolo.shared", "shared"), "golden");

    /** Cases of rules that this project does not have. */
    private static final List<String> NOT_HERE = List.of("sophia");

    /** w starts at 1 and −2, gradients are (1, 2) and (3, −1), the rate is .5: two steps of gradient descent. */
    private static final String SGD = """
            {"optimizer": "SGD", "dtype": "float32", "hyperparameters": {"lr": 0.5, "weight_decay": 0},
             "shapes": {"w": [2]}, "initial": {"w": [1, -2]}, "gradients": [{"w": [1, 2]}, {"w": [3, -1]}],
             "params": {"1": {"w": [0.5, -3]}, "2": {"w": [-1, -2.5]}}}
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {
        "learned/small_fc_h4_b.json",
        "learned/small_fc_h32_a.json",
        "learned/small_fc_h32_c_decay.json",
        "learned/celo2_a.json",
        "learned/celo2_base_b.json",
        "learned/celo2_base_c_mlp_for_1d.json",
        "learned/velo_a.json",
        "learned/velo_b.json",
    })
    void rulesRepeatTheRunsOfTheirReferenceImplementations(String name) {
        Path file = golden(name);

        for (Twin twin : Twin.values()) {
            Verdict verdict = Trajectories.replay(file, twin);

            assertThat(verdict).isInstanceOfSatisfying(Verdict.Replayed.class, run -> assertThat(run.agrees())
                    .as("%s: %s, tolerance %s", twin, run.differences(), run.tolerance())
                    .isTrue());
        }
    }

    /** All that are there: new ones are tried without being named. */
    static List<Path> handDesigned() throws IOException {
        return jsonFiles(GOLDEN.resolve("optimizers"), name -> !name.startsWith("problem_"));
    }

    @ParameterizedTest
    @MethodSource("handDesigned")
    void handDesignedRulesRepeatTheRunsOfTheirReferenceImplementations(Path file) {
        assumeTrue(Files.exists(file), "no reference trajectories in " + GOLDEN.toAbsolutePath());
        String name = file.getFileName().toString();

        Verdict verdict = Trajectories.replay(file, Twin.PLAIN);

        if (NOT_HERE.stream().anyMatch(name::startsWith)) {
            assertThat(verdict).isInstanceOf(Verdict.NotInProject.class);
        } else {
            assertThat(verdict).isInstanceOfSatisfying(Verdict.Replayed.class, run -> assertThat(run.agrees())
                    .as("%s, tolerance %s", run.differences(), run.tolerance())
                    .isTrue());
        }
    }

    static List<Path> jsonFiles(Path folder, Predicate<String> wanted) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of(folder); // One case, which skips and says why.
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> wanted.test(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimizers/sophiag_a.float32.json"})
    void aRuleThatIsNotInThisProjectIsSaidToBeSo(String name) {
        assertThat(Trajectories.replay(golden(name), Twin.PLAIN)).isInstanceOf(Verdict.NotInProject.class);
    }

    private static Path golden(String name) {
        Path file = GOLDEN.resolve(name);
        assumeTrue(Files.exists(file), "no reference trajectory " + file.toAbsolutePath());
        return file;
    }

    @Test
    void twoStepsOfGradientDescentAgreeExactly() throws IOException {
        Verdict verdict = Trajectories.replay(write(SGD), Twin.PLAIN);

        assertThat(verdict).isInstanceOfSatisfying(Verdict.Replayed.class, run -> {
            assertThat(run.steps()).isEqualTo(2);
            assertThat(run.largest().value()).isZero();
        });
    }

    @Test
    void aRunThatDiffersDoesNotAgree() throws IOException {
        Verdict verdict = Trajectories.replay(write(SGD.replace("[-1, -2.5]", "[-1, -2.4]")), Twin.PLAIN);

        assertThat(verdict).isInstanceOfSatisfying(Verdict.Replayed.class, run -> {
            assertThat(run.agrees()).isFalse();
            assertThat(run.largest().step()).isEqualTo(2);
        });
    }

    @Test
    void aDivergedRunDoesNotAgree() throws IOException {
        Verdict verdict = Trajectories.replay(write(SGD.replace("[3, -1]", "[1e39, -1]")), Twin.PLAIN);

        assertThat(((Verdict.Replayed) verdict).agrees()).isFalse();
    }

    @Test
    void aMalformedFileIsRefusedWithThePlaceThatIsWrong() {
        assertRefused("{\"optimizer\": ", "not JSON");
        assertRefused("{}", "not a trajectory");
        assertRefused(SGD.replace("[1, 2]", "[1, 2, 3]"), "gradients[0].w: got 3 numbers, expected 2");
        assertRefused(SGD.replace("\"lr\": 0.5,", ""), "'lr' is missing");
        assertRefused(SGD.replace("[3, -1]", "[3, \"x\"]"), "gradients[1].w");
        assertRefused(SGD.replace("\"w\": [2]", "\"w\": [0]"), "shapes.w");
        assertRefused(SGD.replace("\"lr\": 0.5", "\"lr\": -0.5"), "rate is -0.5");
        assertRefused(SGD.replace("\"lr\": 0.5", "\"lr\": \"lr_per_step\"").replace("{\"opt", "{\"lr_per_step\": [1], \"opt"),
                "lr_per_step: got 1 rates");
        assertRefused(SGD.replace("\"2\": {", "\"3\": {"), "nothing to compare");
        assertRefused(SGD.replace("\"2\": {", "\"last\": {"), "last");
        assertRefused(SGD.replace("\"weight_decay\": 0", "\"weight_deacy\": 0"),
                "no hyperparameter is named 'weight_deacy'; did you mean 'weight_decay'?");
        assertRefused(SGD.replace("\"weight_decay\": 0", "\"weight_decay\": -1"), "sgd: weight_decay is -1.0");
        assertRefused("{\"rule\": \"small_fc\"}", "'shapes' is missing");
        assertThatThrownBy(() -> Trajectories.replay(folder.resolve("missing.json"), Twin.PLAIN))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("missing.json");
    }

    private void assertRefused(String json, String message) {
        assertThatThrownBy(() -> Trajectories.replay(write(json), Twin.PLAIN))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }

    private Path write(String json) throws IOException {
        return Files.writeString(folder.resolve("run.json"), json);
    }
}
