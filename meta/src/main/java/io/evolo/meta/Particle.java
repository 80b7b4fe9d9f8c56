package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import java.util.Arrays;
import java.util.List;

/**
 * An antithetic pair of lanes and what evolution strategies make of it: the whole of PES and its relatives.
 *
 * <p>The two lanes solve the same inner problem, from the same initial parameters, on the same batches, under theta + ε and theta − ε.
 * With δ the difference of their meta-losses over a truncation and ξ the sum of all ε that this inner problem has seen, δ·ξ/(2σ²) is
 * the pair's estimate of the meta-gradient (Vicol, Metz, Sohl-Dickstein 2021, Algorithm 2). The {@link Estimator}'s two switches turn
 * the same lines into the other estimators.
 *
 * <p>Deviation: a truncation of K steps that outlasts its inner problem is cut there into segments, each with its own noise, weighted
 * by their share of K; no step is masked, and none is credited to another problem's noise. Everything random is a function of seed,
 * particle and episode or outer step, so a particle gives the same bits on every executor. Not thread-safe.
 */
public final class Particle {
    private final ParticleSpec spec;
    private final int index;
    private final ThetaMask frozen;

    private final float[] epsilon; // ε of the current segment
    private final float[] xi; // ξ: what the inner problem is credited to
    private final float[] perturbed;

    private long episode = -1; // counts inner problems
    private int length; // of the inner problem, L
    private int k; // inner steps made of it
    private Task task;
    private BatchKey batches;
    private List<Lane> lanes = List.of(); // plus, minus; empty until the inner problem's first segment

    Particle(ParticleSpec spec, int index) {
        this.spec = spec;
        this.index = index;
        this.frozen = spec.mask();
        int size = spec.rule().thetaLayout().size();
        this.epsilon = new float[size];
        this.xi = new float[size];
        this.perturbed = new float[size];
        this.task = spec.family(index).sample(Rng.of(spec.seed(), "task", index, 0));
        this.batches = new BatchKey(Split.TRAIN, 0);
    }

    /** Makes one truncation with both lanes, in segments if an inner problem ends within it. */
    ParticleResult advance(float[] theta, int outerStep) {
        Estimation estimation = spec.estimation();
        float[] gradient = new float[theta.length];
        double loss = 0;
        int diverged = 0;
        int window = estimation.truncation();
        int segment = 0;
        FeatureTally seen = new FeatureTally();
        Comparison comparison = new Comparison(estimation.imitation().active() ? theta.length : 0);
        for (int done = 0; done < window; segment++) {
            if (k == length) {
                nextProblem();
            }
            if (estimation.estimator().wholeProblems()) {
                window = length;
            }
            int steps = Math.min(window - done, length - k);
            drawNoise(outerStep, segment);
            int observed = Rng.of(spec.seed(), "observed", index, outerStep).nextInt(window);
            Optimizer rulePlus = guided(Late.on(task, new Observed(bind(theta, 1), seen, observed - done)), outerStep, steps);
            Optimizer ruleMinus = guided(Late.on(task, bind(theta, -1)), outerStep, steps);
            openLanes(rulePlus, ruleMinus);
            int frozenBefore = frozenLanes();
            double lossPlus = lanes.getFirst().unroll(rulePlus, batches, k, steps, estimation.loss());
            double lossMinus = lanes.getLast().unroll(ruleMinus, batches, k, steps, estimation.loss());
            diverged += frozenLanes() - frozenBefore;
            double share = (double) steps / window;
            credit(gradient, share * (lossPlus - lossMinus) / (2 * estimation.sigma() * estimation.sigma()));
            if (rulePlus instanceof Guided plus && ruleMinus instanceof Guided minus) {
                comparison.add(plus, minus, steps);
                credit(comparison.direction, comparison.ofC / window / (2 * estimation.sigma() * estimation.sigma()));
                credit(comparison.magnitude, comparison.ofA / window / (2 * estimation.sigma() * estimation.sigma()));
            }
            loss += share * (lossPlus + lossMinus) / 2;
            k += steps;
            done += steps;
        }
        return new ParticleResult(gradient, loss, diverged, 2 * window, seen, comparison.likeness());
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

    private void nextProblem() {
        episode++;
        describeProblem();
        length = spec.horizon().length(Rng.of(spec.seed(), "length", index, episode));
        k = episode == 0 ? spec.horizon().start(Rng.of(spec.seed(), "stagger", index), length) : 0;
        lanes = List.of();
        Arrays.fill(xi, 0);
    }

    private void describeProblem() {
        task = spec.family(index).sample(Rng.of(spec.seed(), "task", index, episode));
        batches = BatchKey.of(Split.TRAIN, spec.seed(), "batches", index, episode);
    }

    /** ε for the coming segment; ξ ← ξ + ε if the estimator accumulates, else ξ ← ε. */
    private void drawNoise(int outerStep, int segment) {
        Estimator estimator = spec.estimation().estimator();
        Rng rng = estimator.freshNoise()
                ? Rng.of(spec.seed(), "noise", index, outerStep, segment)
                : Rng.of(spec.seed(), "noise", index, episode);
        rng.fillGaussian(epsilon, spec.estimation().sigma());
        frozen.clear(epsilon);
        for (int i = 0; i < xi.length; i++) {
            xi[i] = estimator.accumulates() ? xi[i] + epsilon[i] : epsilon[i];
        }
    }

    /** The rule under theta + ε (sign 1) or theta − ε (sign -1). */
    private Optimizer bind(float[] theta, int sign) {
        for (int i = 0; i < theta.length; i++) {
            perturbed[i] = theta[i] + sign * epsilon[i];
        }
        return spec.rule().bind(perturbed);
    }

    private void openLanes(Optimizer rulePlus, Optimizer ruleMinus) {
        if (lanes.isEmpty()) {
            Optimizee optimizee = task.open();
            lanes = List.of(lane(optimizee, rulePlus), lane(optimizee, ruleMinus));
            lanes.forEach(lane -> lane.init(Rng.of(spec.seed(), "init", index, episode)));
        } else if (spec.estimation().estimator().sharesStart()) {
            lanes.getLast().copyFrom(lanes.getFirst());
        }
    }

    private Lane lane(Optimizee optimizee, Optimizer rule) {
        return new Lane(
                optimizee, task.normalizer(), spec.estimation().divergence(), rule.init(task.layout(), length));
    }

    private int frozenLanes() {
        return (int) lanes.stream().filter(Lane::frozen).count();
    }

    private void credit(float[] gradient, double factor) {
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] += (float) (factor * xi[i]);
        }
    }

    State snapshot() {
        return new State(episode, length, k, xi.clone(), lanes.stream().map(Lane::snapshot).toList());
    }

    /**
     * Becomes the particle that was saved.
     *
     * @param theta any theta of the rule: only the sizes of its state matter
     * @throws IllegalArgumentException if the state is not that of a particle of this specification
     */
    void restore(State state, float[] theta) {
        Checks.that(state.xi.length == xi.length, "size of saved noise", state.xi.length, "theta's, " + xi.length);
        episode = state.episode;
        length = state.length;
        k = state.k;
        System.arraycopy(state.xi, 0, xi, 0, xi.length);
        lanes = List.of();
        if (!state.lanes.isEmpty()) {
            describeProblem();
            Optimizer rule = guided(Late.on(task, spec.rule().bind(theta)), 0, 0);
            openLanes(rule, rule);
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
