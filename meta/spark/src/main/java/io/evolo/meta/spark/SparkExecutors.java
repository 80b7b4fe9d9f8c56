package io.evolo.meta.spark;

import io.evolo.meta.Execution;
import io.evolo.meta.ExecutorProvider;
import io.evolo.meta.Particle;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Recipe;
import io.evolo.meta.TrialExecutor;
import java.util.List;

/**
 * Apache Spark, to whoever has this module on the class path. The address is Spark's master; settings are Spark's own, and those of
 * {@link SparkApplication}.
 */
public final class SparkExecutors implements ExecutorProvider {

    @Override
    public String name() {
        return "spark";
    }

    @Override
    public ParticleExecutor open(Recipe recipe, ParticleSpec spec, Execution execution) {
        SparkApplication application = SparkApplication.open(execution.address(), execution.settings());
        try {
            return new WithApplication(application.particles(recipe, spec), application);
        } catch (RuntimeException e) {
            application.close();
            throw e;
        }
    }

    @Override
    public boolean makesTrials() {
        return true;
    }

    @Override
    public TrialExecutor trials(Execution execution) {
        return new SparkTrials(SparkApplication.open(execution.address(), execution.settings()));
    }

    /** Particles that are all that their application is for. */
    private record WithApplication(SparkExecutor executor, SparkApplication application) implements ParticleExecutor {

        @Override
        public List<ParticleResult> advance(float[] theta, int outerStep) {
            return executor.advance(theta, outerStep);
        }

        @Override
        public List<Particle.State> snapshot() {
            return executor.snapshot();
        }

        @Override
        public void restore(List<Particle.State> particles, float[] theta) {
            executor.restore(particles, theta);
        }

        @Override
        public void close() {
            executor.close();
            application.close();
        }
    }
}
