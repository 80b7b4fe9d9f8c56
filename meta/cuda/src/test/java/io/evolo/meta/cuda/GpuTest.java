package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.meta.Estimator;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.optimizers.learned.Velo;
import io.evolo.tasks.Reparametrized;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only a GPU can show: that the kernels do there what they do on a processor, with many threads in a block. */
@Tag("gpu")
class GpuTest {

    @BeforeEach
    void aGpuMustBeHere() {
        try {
            Device.open(0).close();
        } catch (CudaException e) {
            Assumptions.abort("no GPU that can be used: " + e.getMessage());
        }
    }

    @Test
    void theDeviceDescribesItself() {
        try (Device device = Device.open(0)) {
            assertThat(device.description()).contains("sm_", "CUDA driver", "NVRTC");
            assertThat(device.processors()).isPositive();
        }
    }

    @Test
    void fiftyStepsOfSmallFcAgreeWithTheCpu() {
        Agreement.require(Runs.spec(new SmallFc(32, 0.001, 0.05, true, Schedules.constant(1), 0.01), Runs.mlp()), 1);
    }

    @Test
    void fiftyStepsOfCelo2AgreeWithTheCpuInOtherCoordinatesToo() {
        Celo2 rule = Celo2.published().withRate(Schedules.constant(0.01));
        Agreement.require(Runs.spec(rule, Runs.mlp(), Runs.reparametrized(Runs.mlp(), Reparametrized.Level.GLOBAL)), 1);
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void fiftyStepsOfSmallFcInEveryPrecisionAgreeWithTheCpu(Precision precision) {
        SmallFc rule = new SmallFc(32, 0.001, 0.01, true, Schedules.constant(1), 0.01);
        Agreement.requireLosses(Runs.spec(rule, Runs.lively()), new Address(0, precision));
    }

    @Test
    void fiftyStepsOfVeloAgreeWithTheCpu() {
        Agreement.require(Runs.spec(Velo.mu(), Runs.lively()), 1);
    }

    @Test
    void problemsThatEndWithinATruncationAgree() {
        Agreement.require(Runs.changing(Celo2.base().withRate(Schedules.constant(0.02)), Estimator.PES, Runs.mlp()), 3);
    }
}
