package io.evolo.optimizers.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evolo.tasks.kernels.Twin;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The elementwise rules and the wrappers of 2024 to 2026 repeat the recorded runs of their reference implementations. */
class Golden2026ElementwiseTest {
    private static final Path FOLDER = Path.of(System.getProperty("evolo.shared", "shared"), "golden", "optimizers-2026");

    @ParameterizedTest
    @ValueSource(strings = {
        "simademamix_a", "simademamix_c_warmup", "adopt_a", "adopt_c_noclip", "adan_a", "adan_c_noprox", "mars_a", "mars_c_all",
        "mars_d_lion", "prodigysf_a", "prodigysf_c_adopt", "prodigysf_d_atan2", "cadamw_a", "cadamw_c_nobias", "clion_a",
        "grokfast_a", "grokfast_c_ma", "lookahead_a", "lookahead_c_reset", "adamh_a", "muonh_a", "soaph_a", "cmuon_a",
        "emanesterov_a"
    })
    void rulesRepeatTheRunsOfTheirReferenceImplementations(String name) {
        Path file = FOLDER.resolve(name + ".float32.json");
        assumeTrue(Files.exists(file), "no reference trajectories in " + FOLDER.toAbsolutePath());

        Verdict verdict = Trajectories.replay(file, Twin.PLAIN);

        assertThat(verdict).isInstanceOfSatisfying(Verdict.Replayed.class, run -> assertThat(run.agrees())
                .as("%s, tolerance %s", run.differences(), run.tolerance())
                .isTrue());
    }
}
