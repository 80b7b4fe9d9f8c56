package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.meta.LocalExecutor;
import io.evolo.meta.MetaLoss;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ParticleSpec;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.Rng;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * small_fc's network on tensor cores, whose warps this machine's processor plays: 32 lanes with the registers that the PTX ISA gives each,
 * and inputs rounded as there. A number in the wrong lane or register gives other sums.
 */
class TensorCoresTest {

    @ParameterizedTest
    @CsvSource({"TF32, 32, 1e-4, 2e-3", "TF32, 5, 1e-4, 2e-3", "BF16, 32, 1e-3, 2e-2", "BF16, 24, 1e-3, 2e-2"})
    void aStepDiffersFromTheCpusByTheRoundingOfInputsAndNoMore(Precision precision, int hidden, double least, double most) {
        SmallFc rule = rule(hidden);
        ParticleSpec spec = Runs.brief(rule, 1, Runs.mlp());
        float[] theta = rule.initTheta(Rng.of(5, "theta"));
        double error = HostCuda.with(() -> {
            try (ParticleExecutor local = new LocalExecutor(spec, 1);
                    ParticleExecutor cuda = CudaExecutorProvider.open(spec, new Address(0, precision))) {
                double worst = 0;
                local.advance(theta, 0);
                for (int step = 1; step < 10; step++) {
                    float[] before = params(local);
                    cuda.restore(local.snapshot(), theta);
                    local.advance(theta, step);
                    cuda.advance(theta, step);
                    worst = Math.max(worst, distance(params(cuda), params(local)) / distance(before, params(local)));
                }
                return worst;
            }
        });

        assertThat(error).as("of a step, relative to its length").isBetween(least, most);
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"TF32", "BF16"})
    void aTruncationAgreesWithTheCpu(Precision precision) {
        assertThat(worst(Map.of(), precision, Runs.spec(rule(32), MetaLoss.LAST, Runs.lively()))).isBetween(1e-7, 1e-3);
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"TF32", "BF16"})
    void blocksOfManyWarpsDoTheSame(Precision precision) {
        ParticleSpec spec = Runs.brief(rule(32), 5, Runs.lively());

        assertThat(worst(Map.of("threads", 4L), precision, spec)).isCloseTo(worst(Map.of(), precision, spec), within(1e-7));
    }

    @Test
    void otherRulesAndNetworksThatDoNotFitAreRefusedBeforeTheRun() {
        assertThatThrownBy(() -> CudaExecutorProvider.open(Runs.spec(Celo2.base(), Runs.mlp()), new Address(0, Precision.TF32)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Celo2 on tensor cores")
                .hasMessageContaining("leave tf32 out");
        assertThatThrownBy(() -> CudaExecutorProvider.open(Runs.spec(SmallFc.of(65), Runs.mlp()), new Address(0, Precision.BF16)))
                .hasMessageContaining("65 units in bf16, at most 64");
        assertThatThrownBy(() -> CudaExecutorProvider.open(Runs.spec(SmallFc.of(96), Runs.mlp()), Address.FIRST))
                .hasMessageContaining("96 units in float32, at most 95");
    }

    @Test
    void theBenchmarkMeasuresEveryPrecisionAndTakesNone() {
        assertThatThrownBy(() -> CudaBench.run("1,tf32", CudaBench.Grid.standard(), _ -> {}))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("leave tf32 out");
    }

    @Test
    void theAddressNamesGpuAndPrecision() {
        assertThat(Address.of("")).isEqualTo(Address.FIRST);
        assertThat(Address.of("2")).isEqualTo(new Address(2, Precision.FLOAT32));
        assertThat(Address.of("tf32")).isEqualTo(new Address(0, Precision.TF32));
        assertThat(Address.of("1,bf16")).isEqualTo(new Address(1, Precision.BF16));
        assertThatThrownBy(() -> Address.of("1,fp8")).isInstanceOf(ConfigException.class).hasMessageContaining("as in cuda:1,tf32");
        assertThatThrownBy(() -> Address.of("tf32,1")).isInstanceOf(ConfigException.class);
    }

    private static SmallFc rule(int hidden) {
        return new SmallFc(hidden, 0.001, 0.01, true, Schedules.constant(1), 0.01);
    }

    private static float[] params(ParticleExecutor executor) {
        return executor.snapshot().getFirst().lanes().getFirst().params();
    }

    private static double distance(float[] a, float[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += Math.pow((double) a[i] - b[i], 2);
        }
        return Math.sqrt(squares);
    }

    /** The largest relative difference of a particle's loss from the local executor's, over one truncation. */
    private static double worst(Map<String, Long> settings, Precision precision, ParticleSpec spec) {
        float[] theta = spec.rule().initTheta(Rng.of(5, "theta"));
        return HostCuda.with(settings, () -> {
            try (ParticleExecutor local = new LocalExecutor(spec, 1);
                    ParticleExecutor cuda = CudaExecutorProvider.open(spec, new Address(0, precision))) {
                List<ParticleResult> expected = local.advance(theta, 0);
                List<ParticleResult> actual = cuda.advance(theta, 0);
                double worst = 0;
                for (int i = 0; i < expected.size(); i++) {
                    worst = Math.max(worst, Math.abs(actual.get(i).loss() / expected.get(i).loss() - 1));
                }
                return worst;
            }
        });
    }
}
