package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.meta.LocalExecutor;
import io.evolo.meta.MetaLoss;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Segments;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.Reparametrized;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Activation;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole truncations on this machine's processor by the GPU's kernels, against the local executor. */
class CudaExecutorTest {
    /** Of a lane's loss, relative: what the two executors may differ by after 50 steps. */
    private static final double TOLERANCE = 1e-3;

    private static final LearnedOptimizer SMALL_FC = new SmallFc(8, 0.001, 0.05, true, Schedules.constant(1), 0.01);
    private static final LearnedOptimizer CELO2_BASE = Celo2.base().withRate(Schedules.constant(0.02)).withWeightDecay(0.1);
    private static final LearnedOptimizer CELO2 = Celo2.published().withRate(Schedules.constant(0.01)).withWeightDecay(0.1);

    @ParameterizedTest
    @EnumSource(MetaLoss.class)
    void smallFcAgreesWithTheCpu(MetaLoss loss) {
        requireAgreement(Runs.spec(SMALL_FC, loss, Runs.mlp()), 1);
    }

    @ParameterizedTest
    @EnumSource(MetaLoss.class)
    void celo2BaseAgreesWithTheCpu(MetaLoss loss) {
        requireAgreement(Runs.spec(CELO2_BASE, loss, Runs.mlp()), 1);
    }

    @ParameterizedTest
    @EnumSource(MetaLoss.class)
    void celo2AgreesWithTheCpu(MetaLoss loss) {
        requireAgreement(Runs.spec(CELO2, loss, Runs.mlp()), 1);
    }

    @ParameterizedTest
    @EnumSource(Reparametrized.Level.class)
    void otherCoordinatesAgreeWithTheCpu(Reparametrized.Level level) {
        requireAgreement(Runs.spec(CELO2_BASE, Runs.reparametrized(Runs.mlp(), level)), 1);
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void everyActivationAgreesWithTheCpu(Activation activation) {
        requireAgreement(Runs.spec(SMALL_FC, Runs.deep(activation)), 1);
    }

    /** All lanes' losses within the tolerance, over so many truncations from the same start. */
    private static void requireAgreement(ParticleSpec spec, int truncations) {
        float[] theta = spec.rule().initTheta(Rng.of(5, "theta"));
        HostCuda.with(() -> {
            try (ParticleExecutor local = new LocalExecutor(spec, 1);
                    ParticleExecutor cuda = CudaExecutorProvider.open(spec, 0)) {
                for (int outerStep = 0; outerStep < truncations; outerStep++) {
                    requireAgreement(spec, local.advance(theta, outerStep), cuda.advance(theta, outerStep), outerStep);
                }
            }
            return spec;
        });
    }

    private static void requireAgreement(ParticleSpec spec, List<ParticleResult> local, List<ParticleResult> cuda, int outerStep) {
        for (int i = 0; i < local.size(); i++) {
            double[] expected = lanes(spec, i, local.get(i), outerStep);
            double[] actual = lanes(spec, i, cuda.get(i), outerStep);
            for (int lane = 0; lane < 2; lane++) {
                assertThat(Math.abs(actual[lane] / expected[lane] - 1))
                        .as("relative difference of lane %d of particle %d, loss %s", lane, i, expected[lane])
                        .isLessThan(TOLERANCE);
            }
            assertThat(cuda.get(i).diverged()).isEqualTo(local.get(i).diverged());
            assertThat(cuda.get(i).laneSteps()).isEqualTo(local.get(i).laneSteps());
        }
    }

    /** The meta-losses of a particle's two lanes, from their mean and from the gradient, which is their difference times ξ/2σ². */
    private static double[] lanes(ParticleSpec spec, int particle, ParticleResult result, int outerStep) {
        Segments segments = new Segments(spec, particle);
        Segments.Segment segment = segments.next(0).getFirst();
        for (int i = 1; i <= outerStep; i++) {
            segment = segments.next(i).getFirst();
        }
        int largest = 0;
        for (int p = 1; p < segment.xi().length; p++) {
            largest = Math.abs(segment.xi()[p]) > Math.abs(segment.xi()[largest]) ? p : largest;
        }
        double sigma = spec.estimation().sigma();
        double difference = result.gradient()[largest] / segment.xi()[largest] * 2 * sigma * sigma;
        return new double[] {result.loss() + difference / 2, result.loss() - difference / 2};
    }
}
