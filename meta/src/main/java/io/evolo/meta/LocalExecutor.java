package io.evolo.meta;

import java.util.List;
import java.util.stream.IntStream;

/** Particles on the threads of this process. Each is advanced by one thread, so results do not depend on their number. */
public final class LocalExecutor implements ParticleExecutor {
    private final List<Particle> particles;
    private final Workers workers;

    public LocalExecutor(ParticleSpec spec, int threads) {
        this.particles = IntStream.range(0, spec.particles())
                .mapToObj(index -> new Particle(spec, index))
                .toList();
        this.workers = new Workers(threads);
    }

    @Override
    public List<ParticleResult> advance(float[] theta, int outerStep) {
        return workers.map(particles, particle -> particle.advance(theta, outerStep));
    }

    @Override
    public List<Particle.State> snapshot() {
        return particles.stream().map(Particle::snapshot).toList();
    }

    @Override
    public void restore(List<Particle.State> states, float[] theta) {
        Checks.that(states.size() == particles.size(), "number of saved particles", states.size(), particles.size() + "");
        for (int i = 0; i < states.size(); i++) {
            particles.get(i).restore(states.get(i), theta);
        }
    }

    @Override
    public void close() {
        workers.close();
    }
}
