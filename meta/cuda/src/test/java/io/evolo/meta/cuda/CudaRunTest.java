package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.meta.Execution;
import io.evolo.meta.ExecutorException;
import io.evolo.meta.MetaRun;
import io.evolo.meta.Recipe;
import io.evolo.optimizers.learned.Packages;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.Rng;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs with {@code --executor cuda}, on this machine's processor. */
class CudaRunTest {
    private static final Execution CUDA = new Execution("cuda", "", 1);

    @TempDir
    private Path folder;

    @Test
    void aRunMakesAPackageThatKnowsWhatItsRuleHasSeen() {
        Recipe recipe = Runs.recipe("small_fc", 4);

        Path file = HostCuda.with(() -> {
            try (MetaRun run = MetaRun.create(folder, recipe, CUDA)) {
                advance(run);
                return run.finish();
            }
        });

        LearnedOptimizerPackage made = Packages.load(file);
        assertThat(made.featureStatistics()).containsKeys("gradient", "parameter", "loss", "accumulator_3");
        assertThat(made.theta()).isNotEqualTo(
                recipe.rule().learned().initTheta(Rng.of(recipe.seed(), "theta")));
    }

    @Test
    void aRunWhoseDeviceIsLostGoesOnFromItsCheckpointOnTheCpu() {
        Recipe recipe = Runs.recipe("celo2", 4);

        HostCuda.with(Map.of("lostAfter", 700L), () -> {
            try (MetaRun run = MetaRun.create(folder, recipe, CUDA)) {
                run.advance();
                run.checkpoint();
                return assertThatThrownBy(() -> advance(run)).isInstanceOf(ExecutorException.class).hasMessageContaining("--resume");
            }
        });

        try (MetaRun run = MetaRun.resume(folder, recipe, 1)) {
            assertThat(run.outerStep()).isEqualTo(1);
            advance(run);
            assertThat(Files.exists(run.finish())).isTrue();
        }
    }

    @Test
    void aRunThatTheDeviceCannotRunDoesNotBegin() {
        assertThatThrownBy(() -> MetaRun.create(folder, Runs.recipe("mlp_lopt", 4), CUDA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the rule MlpLopt");
        assertThat(folder.resolve("config.yaml")).doesNotExist();
    }

    private static void advance(MetaRun run) {
        while (!run.finished()) {
            assertThat(run.advance().metaLoss()).isFinite();
        }
    }
}
