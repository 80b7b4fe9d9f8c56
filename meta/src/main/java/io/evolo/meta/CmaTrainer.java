package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Meta-training by CMA-ES: full up to {@link #FULL_UP_TO} meta-parameters (Commons Math), separable beyond. One outer step is one
 * generation of 4 + ⌊3 ln P⌋ candidates; a candidate's objective is the mean meta-loss of whole inner problems, which are the same for
 * all candidates of a generation. Theta is the mean of the better half of the last generation.
 *
 * <p>A snapshot holds the objective values told so far, and restoring replays them: Commons Math's optimizer cannot be saved, but is
 * a function of what it is told.
 */
public final class CmaTrainer implements OuterLoop {
    /** Beyond it the full covariance costs more than the inner problems. */
    public static final int FULL_UP_TO = 200;

    private final ParticleSpec spec;
    private final Workers workers;
    private final Search search;
    private float[] theta;
    private double[] objectives = {};
    private FeatureTally seen = new FeatureTally();
    private long laneSteps;

    /** @param start where to begin; the step size at first is {@code spec.estimation().sigma()} */
    public CmaTrainer(ParticleSpec spec, float[] start, int threads) {
        this.spec = spec;
        this.workers = new Workers(threads);
        this.theta = start.clone();
        int n = start.length;
        int lambda = 4 + (int) (3 * StrictMath.log(n));
        double[] point = IntStream.range(0, n).mapToDouble(i -> start[i]).toArray();
        double sigma = spec.estimation().sigma();
        this.search = n <= FULL_UP_TO
                ? new CommonsCmaEs(point, sigma, lambda, spec.seed())
                : new SepCmaEs(point, sigma, lambda, spec.seed());
    }

    @Override
    public OuterReport advance() {
        int generation = generation();
        long before = laneSteps;
        int[] diverged = {0};
        generation(candidate -> {
            List<Outcome> outcomes = workers.map(problems(), problem -> solve(candidate, generation, problem));
            laneSteps += outcomes.stream().mapToInt(Outcome::steps).sum();
            outcomes.forEach(outcome -> seen.merge(outcome.seen()));
            diverged[0] += (int) outcomes.stream().filter(Outcome::diverged).count();
            return outcomes.stream().mapToDouble(Outcome::loss).sum() / outcomes.size();
        });
        double mean = Arrays.stream(objectives).skip(objectives.length - search.populationSize()).average().orElseThrow();
        return new OuterReport(generation + 1, mean, 0, 0, diverged[0], laneSteps - before);
    }

    /** Lets the search make one generation, asking the objective; updates theta and the objectives told. */
    private void generation(Objective objective) {
        int size = search.populationSize();
        float[][] candidates = new float[size][];
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            candidates[i] = toFloats(search.candidate());
            values[i] = objective.value(candidates[i]);
            search.tell(values[i]);
        }
        theta = meanOfBetterHalf(candidates, values);
        objectives = Arrays.copyOf(objectives, objectives.length + size);
        System.arraycopy(values, 0, objectives, objectives.length - size, size);
    }

    private int generation() {
        return objectives.length / search.populationSize();
    }

    private List<Integer> problems() {
        return IntStream.range(0, spec.particles()).boxed().toList();
    }

    private Outcome solve(float[] candidate, int generation, int problem) {
        long seed = spec.seed();
        Task task = spec.family(problem).sample(Rng.of(seed, "task", problem, generation));
        int length = spec.horizon().length(Rng.of(seed, "length", problem, generation));
        FeatureTally tally = new FeatureTally();
        int observed = Rng.of(seed, "observed", problem, generation).nextInt(length);
        Optimizer rule = Late.on(task, new Observed(spec.rule().bind(candidate), tally, observed));
        Lane lane = new Lane(task.open(), task.normalizer(), spec.estimation().divergence(), rule.init(task.layout(), length));
        lane.init(Rng.of(seed, "init", problem, generation));
        BatchKey batches = BatchKey.of(Split.TRAIN, seed, "batches", problem, generation);
        double loss = lane.unroll(rule, batches, 0, length, spec.estimation().loss());
        return new Outcome(loss, length, lane.frozen(), tally);
    }

    private static float[] toFloats(double[] x) {
        float[] floats = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            floats[i] = (float) x[i];
        }
        return floats;
    }

    private static float[] meanOfBetterHalf(float[][] candidates, double[] values) {
        List<Integer> order = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> Double.isNaN(values[i]) ? Double.POSITIVE_INFINITY : values[i]))
                .limit(values.length / 2)
                .toList();
        float[] mean = new float[candidates[0].length];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (int candidate : order) {
                sum += candidates[candidate][i];
            }
            mean[i] = (float) (sum / order.size());
        }
        return mean;
    }

    @Override
    public float[] theta() {
        return theta.clone();
    }

    @Override
    public OuterState snapshot() {
        return new OuterState(generation(), theta(), new float[0][], List.of(), objectives.clone(), laneSteps, seen.snapshot());
    }

    /** Replays the objective values told so far. Only a search that has made no step yet can be restored. */
    @Override
    public void restore(OuterState state) {
        Checks.that(objectives.length == 0, "generations made before restoring", generation(), "0");
        int size = search.populationSize();
        Checks.that(
                state.objectives().length == state.outerStep() * size,
                "number of saved objective values",
                state.objectives().length,
                state.outerStep() + " generations of " + size);
        int[] next = {0};
        for (int generation = 0; generation < state.outerStep(); generation++) {
            generation(candidate -> state.objectives()[next[0]++]);
        }
        laneSteps = state.laneSteps();
        seen = FeatureTally.of(state.seen());
    }

    @Override
    public void close() {
        search.close();
        workers.close();
    }

    @FunctionalInterface
    private interface Objective {
        double value(float[] candidate);
    }

    private record Outcome(double loss, int steps, boolean diverged, FeatureTally seen) {}
}
