package io.evolo.meta;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The inner problems that one particle solves, one after the other, cut into segments: all that a particle is but its lanes, and all
 * of it that is random. A truncation that outlasts its inner problem is cut there; each segment has its own noise. What comes next is
 * a function of seed, particle and episode or outer step, never of what the lanes did, so whoever runs the lanes may know a whole
 * truncation beforehand. Not thread-safe.
 */
public final class Segments {
    private final ParticleSpec spec;
    private final int particle;
    private final ThetaMask frozen;
    private final float[] xi; // ξ: what the inner problem is credited to
    private long episode = -1;
    private InnerProblem problem;
    private int k; // inner steps made of it

    /** @param particle its position among the run's */
    public Segments(ParticleSpec spec, int particle) {
        this.spec = spec;
        this.particle = particle;
        this.frozen = spec.mask();
        this.xi = new float[spec.rule().thetaLayout().size()];
        this.problem = new InnerProblem(-1, task(0), new BatchKey(Split.TRAIN, 0), 0);
    }

    /**
     * One inner problem.
     *
     * @param episode counts them; -1: none yet
     * @param length its inner steps, L
     */
    public record InnerProblem(long episode, Task task, BatchKey batches, int length) {}

    /**
     * Inner steps of one problem under one noise.
     *
     * @param opens whether it is the problem's first
     * @param from inner steps made of the problem before, or counted as made
     * @param steps inner steps
     * @param begin inner steps made of the truncation before
     * @param window inner steps of the truncation
     * @param epsilon ε: the lanes run under theta ± ε; owned
     * @param xi ξ: what their losses are credited to; owned
     */
    public record Segment(
            InnerProblem problem, boolean opens, int from, int steps, int begin, int window, float[] epsilon, float[] xi) {

        /** Its part of the truncation. */
        public double share() {
            return (double) steps / window;
        }
    }

    /** The coming truncation; this then stands at its end. */
    public List<Segment> next(int outerStep) {
        List<Segment> segments = new ArrayList<>();
        int window = spec.estimation().truncation();
        for (int done = 0; done < window; ) {
            boolean opens = k == problem.length;
            if (opens) {
                nextProblem();
            }
            if (spec.estimation().estimator().wholeProblems()) {
                window = problem.length - k; // all that is left of it, and so no second segment
            }
            int steps = Math.min(window - done, problem.length - k);
            float[] epsilon = drawNoise(outerStep, segments.size());
            segments.add(new Segment(problem, opens, k, steps, done, window, epsilon, xi.clone()));
            k += steps;
            done += steps;
        }
        return segments;
    }

    /** At which of a truncation's inner steps the particle is looked at. */
    int observed(int outerStep, int window) {
        return Rng.of(spec.seed(), "observed", particle, outerStep).nextInt(window);
    }

    /** The stream that a problem's initial parameters are drawn from. */
    public Rng initial(InnerProblem of) {
        return Rng.of(spec.seed(), "init", particle, of.episode);
    }

    private void nextProblem() {
        episode++;
        int length = spec.horizon().length(Rng.of(spec.seed(), "length", particle, episode));
        problem = describe(length);
        k = episode == 0 ? spec.horizon().start(Rng.of(spec.seed(), "stagger", particle), length) : 0;
        Arrays.fill(xi, 0);
    }

    private InnerProblem describe(int length) {
        return new InnerProblem(
                episode, task(episode), BatchKey.of(Split.TRAIN, spec.seed(), "batches", particle, episode), length);
    }

    private Task task(long of) {
        return spec.family(particle).sample(Rng.of(spec.seed(), "task", particle, of));
    }

    /** ε for the coming segment; ξ ← ξ + ε if the estimator accumulates, else ξ ← ε. */
    private float[] drawNoise(int outerStep, int segment) {
        Estimator estimator = spec.estimation().estimator();
        Rng rng = estimator.freshNoise()
                ? Rng.of(spec.seed(), "noise", particle, outerStep, segment)
                : Rng.of(spec.seed(), "noise", particle, episode);
        float[] epsilon = new float[xi.length];
        rng.fillGaussian(epsilon, spec.estimation().sigma());
        frozen.clear(epsilon);
        for (int i = 0; i < xi.length; i++) {
            xi[i] = estimator.accumulates() ? xi[i] + epsilon[i] : epsilon[i];
        }
        return epsilon;
    }

    /** The problem that the last segment was of. */
    public InnerProblem problem() {
        return problem;
    }

    /** As a particle is saved. */
    public Particle.State state(List<Lane.State> lanes) {
        return new Particle.State(episode, problem.length, k, xi.clone(), lanes);
    }

    /**
     * Goes on where a saved particle stood.
     *
     * @throws IllegalArgumentException if its noise is not of theta's size
     */
    public void restore(Particle.State state) {
        Checks.that(state.xi().length == xi.length, "size of saved noise", state.xi().length, "theta's, " + xi.length);
        episode = state.episode();
        problem = episode < 0 ? problem : describe(state.length());
        k = state.k();
        System.arraycopy(state.xi(), 0, xi, 0, xi.length);
    }
}
