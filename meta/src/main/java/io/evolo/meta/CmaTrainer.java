package io.evolo.meta;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.cma.CmaEs;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Meta-training by CMA-ES ({@link CmaEs}: full up to {@value CmaEs#FULL_UP_TO} meta-parameters, separable beyond). One outer step is one
 * generation; a candidate's objective is the mean meta-loss of whole inner problems, which are the same for all candidates of a
 * generation. Theta is the mean of the search.
 */
public final class CmaTrainer implements OuterLoop {
    private final ParticleSpec spec;
    private final Workers workers;
    private final CmaEs search;
    private FeatureTally seen = new FeatureTally();
    private long laneSteps;

    /** @param start where to begin; the step size at first is {@code spec.estimation().sigma()} */
    public CmaTrainer(ParticleSpec spec, float[] start, int threads) {
        this.spec = spec;
        this.workers = new Workers(threads);
        double[] point = IntStream.range(0, start.length).mapToDouble(i -> start[i]).toArray();
        this.search = new CmaEs(point, spec.estimation().sigma(), spec.seed());
    }

    @Override
    public OuterReport advance() {
        int generation = search.generation();
        long before = laneSteps;
        int diverged = 0;
        double[][] candidates = search.candidates();
        double[] values = new double[candidates.length];
        for (int i = 0; i < candidates.length; i++) {
            float[] candidate = toFloats(candidates[i]);
            List<Outcome> outcomes = workers.map(problems(), problem -> solve(candidate, generation, problem));
            laneSteps += outcomes.stream().mapToInt(Outcome::steps).sum();
            outcomes.forEach(outcome -> seen.merge(outcome.seen()));
            diverged += (int) outcomes.stream().filter(Outcome::diverged).count();
            values[i] = outcomes.stream().mapToDouble(Outcome::loss).sum() / outcomes.size();
        }
        search.tell(values);
        double mean = Arrays.stream(values).average().orElseThrow();
        return new OuterReport(generation + 1, mean, 0, 0, diverged, laneSteps - before);
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

    @Override
    public float[] theta() {
        return toFloats(search.mean());
    }

    @Override
    public OuterState snapshot() {
        return new OuterState(
                search.generation(), theta(), new float[0][], List.of(), search.snapshot(), laneSteps, seen.snapshot());
    }

    @Override
    public void restore(OuterState state) {
        if (state.search().length == 0) {
            throw new CheckpointException("this run searches by CMA-ES and was saved by version 0.1, whose search cannot go on in this one; "
                    + "start it again with its config.yaml as --recipe in another --run folder (docs/upgrading.md)");
        }
        search.restore(state.search());
        laneSteps = state.laneSteps();
        seen = FeatureTally.of(state.seen());
    }

    @Override
    public void close() {
        workers.close();
    }

    private record Outcome(double loss, int steps, boolean diverged, FeatureTally seen) {}
}
