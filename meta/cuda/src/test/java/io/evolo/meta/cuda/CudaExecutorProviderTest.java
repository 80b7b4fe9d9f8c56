package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.meta.Execution;
import io.evolo.meta.ExecutorException;
import io.evolo.meta.ExecutorProvider;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleSpec;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.CeloAdam;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.Rng;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.augment.Delayed;
import io.evolo.tasks.augment.GradientNoise;
import io.evolo.tasks.families.RnnLm;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** What is said before a run starts, and when the device fails within one. */
class CudaExecutorProviderTest {
    private static final SmallFc RULE = SmallFc.of(8);

    @Test
    void theExecutorIsFoundByItsName() {
        assertThat(ServiceLoader.load(ExecutorProvider.class)).anyMatch(provider -> provider instanceof CudaExecutorProvider);
        assertThat(Execution.of("cuda:1", 2)).isEqualTo(new Execution("cuda", "1", 2));
        assertThat(Execution.of("cuda", 2).makesTrials()).as("advances particles only").isFalse();
    }

    @Test
    void whatHasNoKernelIsSaidBeforeTheRunAllOfIt() {
        TaskFamily others = Runs.digits(RnnLm.standard(), 4, IntRange.of(4), 4);
        TaskFamily mlp = Runs.mlp();
        TaskFamily noisy = rng -> rng.nextDouble() < 0.05 ? new GradientNoise(mlp.sample(rng), 0.1) : mlp.sample(rng);
        TaskFamily late = rng -> new Delayed(mlp.sample(rng), 2);

        assertThatThrownBy(() -> open(Runs.spec(CeloAdam.published(), others, noisy, late)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the rule CeloAdam")
                .hasMessageContaining("Recurrent")
                .hasMessageContaining("GradientNoise")
                .hasMessageContaining("late gradients")
                .hasMessageContaining("leave --executor out");
    }

    @Test
    void settingsOfOtherExecutorsAreRefused() {
        Execution execution = new Execution("cuda", "", 1, Map.of("spark.executor.memory", "4g"));

        assertThatThrownBy(() -> new CudaExecutorProvider().open(Runs.recipe("celo2", 1), Runs.spec(RULE, Runs.mlp()), execution))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("has no settings, got spark.executor.memory");
    }

    @Test
    void tooLittleMemoryIsSaidWithTheNumberOfLanesThatFit() {
        HostCuda.with(Map.of("memory", 200_000L), () -> assertThatThrownBy(() -> open(Runs.spec(Celo2.base(), Runs.mlp(), Runs.mlp())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("8 lanes need")
                .hasMessageMatching("(?s).*so [246] lanes fit.*")
                .hasMessageContaining("estimation.pairs"));
    }

    @Test
    void noDriverNoGpuAndAWrongNumberAreToldToTheUser() {
        ParticleSpec spec = Runs.spec(RULE, Runs.mlp());
        HostCuda.Named.libraries("nowhere.so", "nowhere.so", () -> assertThatThrownBy(() -> open(spec))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no NVIDIA driver")
                .hasMessageContaining("leave --executor out"));
        HostCuda.with(Map.of("devices", 0L), () -> assertThatThrownBy(() -> open(spec))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("CUDA_ERROR_NO_DEVICE"));
        assertThatThrownBy(() -> Address.of("gpu1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cuda:gpu1");
    }

    @Test
    void aDeviceThatIsLostEndsTheRunWithTheWayToGoOn() {
        ParticleSpec spec = Runs.spec(RULE, Runs.mlp());
        float[] theta = RULE.initTheta(Rng.of(1, "theta"));
        HostCuda.with(Map.of("lostAfter", 100L), () -> {
            try (ParticleExecutor executor = open(spec)) {
                return assertThatThrownBy(() -> executor.advance(theta, 0))
                        .isInstanceOf(ExecutorException.class)
                        .hasMessageContaining("CUDA_ERROR_LAUNCH_FAILED")
                        .hasMessageContaining("last checkpoint is good")
                        .hasMessageContaining("--resume");
            }
        });
    }

    private static ParticleExecutor open(ParticleSpec spec) {
        return CudaExecutorProvider.open(spec, Address.FIRST);
    }
}
