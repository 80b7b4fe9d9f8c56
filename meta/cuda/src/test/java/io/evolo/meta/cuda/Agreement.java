package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.meta.Lane;
import io.evolo.meta.LocalExecutor;
import io.evolo.meta.Particle;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Segments;
import io.evolo.tasks.Rng;
import java.util.List;
import java.util.function.Supplier;

/** What the executor on the device and the local one must have in common, whatever the device is. */
final class Agreement {
    /** Of a lane's loss, relative: what the two executors may differ by after 50 steps. */
    private static final double TOLERANCE = 1e-3;

    /** Of arrays, relative to their length: rounding grows at every kink of an activation that it crosses. */
    private static final double STATE_TOLERANCE = 1e-2;

    private Agreement() {}

    /**
     * All lanes' losses within the tolerance, over so many truncations, and their parameters and accumulators after the last.
     *
     * @return lanes that diverged
     */
    static int require(ParticleSpec spec, int truncations) {
        return require(spec, truncations, () -> CudaExecutorProvider.open(spec, Address.FIRST));
    }

    /** The same of an executor that the caller opens. */
    static int require(ParticleSpec spec, int truncations, Supplier<ParticleExecutor> opened) {
        float[] theta = spec.rule().initTheta(Rng.of(5, "theta"));
        int diverged = 0;
        try (ParticleExecutor local = new LocalExecutor(spec, 1);
                ParticleExecutor cuda = opened.get()) {
            for (int outerStep = 0; outerStep < truncations; outerStep++) {
                List<ParticleResult> expected = local.advance(theta, outerStep);
                diverged += expected.stream().mapToInt(ParticleResult::diverged).sum();
                require(spec, expected, cuda.advance(theta, outerStep), outerStep);
            }
            requireSameState(local.snapshot(), cuda.snapshot(), STATE_TOLERANCE);
        }
        return diverged;
    }

    /** All lanes' losses within the tolerance, over one truncation. */
    static ParticleSpec requireLosses(ParticleSpec spec, Address address) {
        float[] theta = spec.rule().initTheta(Rng.of(5, "theta"));
        try (ParticleExecutor local = new LocalExecutor(spec, 1);
                ParticleExecutor cuda = CudaExecutorProvider.open(spec, address)) {
            require(spec, local.advance(theta, 0), cuda.advance(theta, 0), 0);
        }
        return spec;
    }

    /** All lanes' losses of one truncation within the tolerance. */
    static void require(ParticleSpec spec, List<ParticleResult> local, List<ParticleResult> cuda, int outerStep) {
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

    /**
     * The meta-losses of a particle's two lanes in a truncation, from their mean and from the gradient's largest entry; where the
     * truncation has several segments, of which each has its own noise, the mean and that entry itself.
     */
    private static double[] lanes(ParticleSpec spec, int particle, ParticleResult result, int outerStep) {
        Segments segments = new Segments(spec, particle);
        List<Segments.Segment> truncation = segments.next(0);
        for (int i = 1; i <= outerStep; i++) {
            truncation = segments.next(i);
        }
        float[] xi = truncation.getFirst().xi();
        int largest = 0;
        for (int p = 1; p < xi.length; p++) {
            largest = Math.abs(xi[p]) > Math.abs(xi[largest]) ? p : largest;
        }
        double sigma = spec.estimation().sigma();
        double difference = result.gradient()[largest] / xi[largest] * 2 * sigma * sigma;
        return new double[] {result.loss() + difference / 2, result.loss() - difference / 2};
    }

    /** The same step counts, and arrays whose distance is within the tolerance of their length. */
    static void requireSameState(List<Particle.State> expected, List<Particle.State> actual, double tolerance) {
        for (int i = 0; i < expected.size(); i++) {
            Particle.State e = expected.get(i);
            Particle.State a = actual.get(i);
            assertThat(List.of(a.episode(), a.length(), a.k())).isEqualTo(List.<Object>of(e.episode(), e.length(), e.k()));
            assertThat(a.xi()).isEqualTo(e.xi());
            for (int lane = 0; lane < e.lanes().size(); lane++) {
                Lane.State expectedLane = e.lanes().get(lane);
                Lane.State actualLane = a.lanes().get(lane);
                assertThat(actualLane.t()).isEqualTo(expectedLane.t());
                assertThat(actualLane.frozen()).isEqualTo(expectedLane.frozen());
                requireNear(expectedLane.params(), actualLane.params(), tolerance);
                for (int slot = 0; slot < expectedLane.slots().length; slot++) {
                    requireNear(expectedLane.slots()[slot], actualLane.slots()[slot], tolerance);
                }
            }
        }
    }

    private static void requireNear(float[] expected, float[] actual, double tolerance) {
        double distance = 0;
        double length = 0;
        for (int i = 0; i < expected.length; i++) {
            distance += Math.pow((double) actual[i] - expected[i], 2);
            length += Math.pow(expected[i], 2);
        }
        assertThat(Math.sqrt(distance)).as("distance of arrays").isLessThanOrEqualTo(tolerance * Math.sqrt(length));
    }
}
