package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.Task;
import java.util.List;

/**
 * An antithetic pair of lanes and what evolution strategies make of it: the whole of PES and its relatives.
 *
 * <p>The two lanes solve the same inner problem, from the same initial parameters, on the same batches, under theta + ε and theta − ε.
 * With δ the difference of their meta-losses over a truncation and ξ the sum of all ε that this inner problem has seen, δ·ξ/(2σ²) is
 * the pair's estimate of the meta-gradient (Vicol, Metz, Sohl-Dickstein 2021, Algorithm 2). The {@link Estimator}'s two switches turn
 * the same lines into the other estimators.
 *
 * <p>Deviation: a truncation of K steps that outlasts its inner problem is cut there into {@link Segments}, each with its own noise,
 * weighted by their share of K; no step is masked, and none is credited to another problem's noise. Everything random is a function
 * of seed, particle and episode or outer step, so a particle gives the same bits at any number of threads. Not thread-safe.
 */
public final class Particle {
    private final ParticleSpec spec;
    private final Segments segments;
    private final float[] perturbed;
    private List<Lane> lanes = List.of(); // plus, minus; empty until the inner problem's first segment

    /** @param index in [0, spec.particles()): which one; its state is that before its first inner problem */
    public Particle(ParticleSpec spec, int index) {
        this.spec = spec;
        this.segments = new Segments(spec, index);
        this.perturbed = new float[spec.rule().thetaLayout().size()];
    }

    /**
     * Makes one truncation with both lanes, in segments if an inner problem ends within it.
     *
     * @param theta not changed
     * @param outerStep names the noise
     */
    public ParticleResult advance(float[] theta, int outerStep) {
        Estimation estimation = spec.estimation();
        double variance = 2 * estimation.sigma() * estimation.sigma();
        float[] gradient = new float[theta.length];
        double loss = 0;
        int diverged = 0;
        int window = 0;
        FeatureTally seen = new FeatureTally();
        Comparison comparison = new Comparison(estimation.imitation().active() ? theta.length : 0);
        for (Segments.Segment segment : segments.next(outerStep)) {
            Task task = segment.problem().task();
            int steps = segment.steps();
            window = segment.window();
            int observed = segments.observed(outerStep, window) - segment.begin();
            Optimizer plain = bind(theta, segment, 1);
            Optimizer rulePlus = guided(Late.on(task, new Observed(plain, seen, observed)), outerStep, steps);
            Optimizer ruleMinus = guided(Late.on(task, bind(theta, segment, -1)), outerStep, steps);
            openLanes(segment, rulePlus, ruleMinus);
            int frozenBefore = frozenLanes();
            double lossPlus = unroll(lanes.getFirst(), rulePlus, segment);
            double lossMinus = unroll(lanes.getLast(), ruleMinus, segment);
            diverged += frozenLanes() - frozenBefore;
            double share = segment.share();
            credit(gradient, segment, share * (lossPlus - lossMinus) / variance);
            if (rulePlus instanceof Guided plus && ruleMinus instanceof Guided minus) {
                comparison.add(plus, minus, steps);
                credit(comparison.direction, segment, comparison.ofC / window / variance);
                credit(comparison.magnitude, segment, comparison.ofA / window / variance);
            }
            loss += share * (lossPlus + lossMinus) / 2;
        }
        return new ParticleResult(gradient, loss, diverged, 2 * window, seen, comparison.likeness());
    }

    private double unroll(Lane lane, Optimizer rule, Segments.Segment segment) {
        return lane.unroll(rule, segment.problem().batches(), segment.from(), segment.steps(), spec.estimation().loss());
    }

    private Optimizer guided(Optimizer rule, int outerStep, int steps) {
        Imitation imitation = spec.estimation().imitation();
        return imitation.active() ? new Guided(rule, imitation.expertRule(), imitation.blend(outerStep), steps) : rule;
    }

    /** What a truncation's segments say of the lanes' likeness to an expert. */
    private static final class Comparison {
        private final float[] direction;
        private final float[] magnitude;
        private double ofC; // sum of δc over the last segment
        private double ofA;
        private double squaresOfC;
        private double squaresOfA;
        private int steps;

        Comparison(int size) {
            this.direction = new float[size];
            this.magnitude = new float[size];
        }

        void add(Guided plus, Guided minus, int segment) {
            ofC = 0;
            ofA = 0;
            for (int i = 0; i < segment; i++) {
                double c = plus.direction(i) - minus.direction(i);
                ofC += c;
                squaresOfC += c * c;
                double a = i < plus.made() && i < minus.made() ? plus.magnitude(i) - minus.magnitude(i) : 0;
                if (Double.isFinite(a)) {
                    ofA += a;
                    squaresOfA += a * a;
                }
            }
            steps += segment;
        }

        Imitation.Likeness likeness() {
            return direction.length == 0
                    ? Imitation.Likeness.NONE
                    : new Imitation.Likeness(direction, magnitude, squaresOfC, squaresOfA, steps);
        }
    }

    /** The rule under theta + ε (sign 1) or theta − ε (sign -1). */
    private Optimizer bind(float[] theta, Segments.Segment segment, int sign) {
        for (int i = 0; i < theta.length; i++) {
            perturbed[i] = theta[i] + sign * segment.epsilon()[i];
        }
        return spec.rule().bind(perturbed);
    }

    private void openLanes(Segments.Segment segment, Optimizer rulePlus, Optimizer ruleMinus) {
        Segments.InnerProblem problem = segment.problem();
        if (segment.opens()) {
            lanes = lanes(problem, rulePlus, ruleMinus);
            lanes.forEach(lane -> lane.init(segments.initial(problem)));
        } else if (spec.estimation().estimator().sharesStart()) {
            lanes.getLast().copyFrom(lanes.getFirst());
        }
    }

    private List<Lane> lanes(Segments.InnerProblem problem, Optimizer rulePlus, Optimizer ruleMinus) {
        Optimizee optimizee = problem.task().open();
        return List.of(lane(problem, optimizee, rulePlus), lane(problem, optimizee, ruleMinus));
    }

    private Lane lane(Segments.InnerProblem problem, Optimizee optimizee, Optimizer rule) {
        Task task = problem.task();
        return new Lane(
                optimizee, task.normalizer(), spec.estimation().divergence(), rule.init(task.layout(), problem.length()));
    }

    private int frozenLanes() {
        return (int) lanes.stream().filter(Lane::frozen).count();
    }

    private static void credit(float[] gradient, Segments.Segment segment, double factor) {
        float[] xi = segment.xi();
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] += (float) (factor * xi[i]);
        }
    }

    /** What it is now; a copy. */
    public State snapshot() {
        return segments.state(lanes.stream().map(Lane::snapshot).toList());
    }

    /**
     * Becomes the particle that was saved.
     *
     * @param theta any theta of the rule: only the sizes of its state matter
     * @throws IllegalArgumentException if the state is not that of a particle of this specification
     */
    public void restore(State state, float[] theta) {
        segments.restore(state);
        lanes = List.of();
        if (!state.lanes.isEmpty()) {
            Segments.InnerProblem problem = segments.problem();
            Optimizer rule = guided(Late.on(problem.task(), spec.rule().bind(theta)), 0, 0);
            lanes = lanes(problem, rule, rule);
            lanes.getFirst().restore(state.lanes.getFirst());
            lanes.getLast().restore(state.lanes.getLast());
        }
    }

    /**
     * A saved particle. Owns its arrays.
     *
     * @param episode which inner problem runs; -1 before the first
     * @param lanes plus and minus; empty where no inner problem has begun
     */
    public record State(long episode, int length, int k, float[] xi, List<Lane.State> lanes) {
        public State {
            lanes = List.copyOf(lanes);
            Checks.that(lanes.isEmpty() || lanes.size() == 2, "number of saved lanes", lanes.size(), "0 or 2");
            Checks.that(k >= 0 && k <= length, "saved inner step", k, "within the length " + length);
        }
    }
}
