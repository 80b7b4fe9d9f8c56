package io.evolo.meta.spark;

import io.evolo.checkpoints.Payload;
import io.evolo.meta.Particle;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ExecutorException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.spark.broadcast.Broadcast;

/**
 * Particles on the executors of a Spark application. They stay there from step to step; the driver keeps for every partition a cut (the
 * particles' states at some step, as bytes) and the thetas since. A partition that is not where its task runs, because a worker was
 * lost or Spark chose another one, is made again there from its cut: everything random has a name, so the bits are the same. Cuts
 * travel with the results of every {@code cutEvery}-th step, those of different partitions at different steps.
 *
 * <p>Not thread-safe.
 */
final class SparkExecutor implements ParticleExecutor {
    private final SparkApplication application;
    private final String id;
    private final Broadcast<RunDescription> run;
    private final int particles;
    private final int cutEvery;
    private final Cut[] cuts;
    private final Homes homes;
    private final Deque<OuterTheta> thetas = new ArrayDeque<>(); // since the oldest cut
    private int history; // times that it was restored
    private int since; // the step of the first of the thetas
    private int step; // made in this history
    private int replayed;
    private long busyNanos;

    /**
     * @param particles of the run
     * @param partitions at most as many as particles
     * @param cutEvery steps between two cuts of a partition, at least 1
     */
    SparkExecutor(SparkApplication application, RunDescription run, int particles, int partitions, int cutEvery) {
        this.application = application;
        this.id = run.id();
        this.run = application.broadcast(run);
        this.particles = particles;
        this.cutEvery = cutEvery;
        this.cuts = new Cut[partitions];
        this.homes = new Homes(application.members(), partitions);
        Arrays.fill(cuts, new Cut(0, List.of()));
    }

    @Override
    public List<ParticleResult> advance(float[] theta, int outerStep) {
        thetas.addLast(new OuterTheta(outerStep, application.broadcast(theta.clone())));
        List<PartitionReport> reports = run(partition -> (step + 1 + partition) % cutEvery == 0, true);
        List<ParticleResult> results = new ArrayList<>(particles);
        reports.forEach(report -> results.addAll(Payload.decode(new ResultsCodec(), report.results(), "results of " + report.host())));
        return List.copyOf(results);
    }

    @Override
    public List<Particle.State> snapshot() {
        List<PartitionReport> reports = run(partition -> true, false);
        List<Particle.State> states = new ArrayList<>(particles);
        reports.forEach(report -> states.addAll(Payload.decode(new StatesCodec(), report.states(), "states of " + report.host())));
        return List.copyOf(states);
    }

    @Override
    public void restore(List<Particle.State> states, float[] theta) {
        if (states.size() != particles) {
            throw new IllegalArgumentException("number of saved particles is " + states.size() + ", expected " + particles);
        }
        forgetThetas(thetas.size());
        history++;
        step = 0;
        since = 0;
        for (int p = 0; p < cuts.length; p++) {
            cut(p, Payload.bytes(new StatesCodec(), states.subList(first(p), first(p + 1))));
        }
        run(partition -> false, false); // a state that is not of this run is refused here, as by other executors
    }

    /** Has every partition do its part, and takes over the cuts that came with the reports. */
    private List<PartitionReport> run(IntPredicate cutsNow, boolean advances) {
        Labour labour = new Labour(run, history, step, since, List.copyOf(thetas), advances);
        List<Partition> partitions = IntStream.range(0, cuts.length)
                .mapToObj(p -> new Partition(p, first(p), first(p + 1), cuts[p], cutsNow.test(p)))
                .toList();
        List<PartitionReport> reports = application.run(partitions, partition -> homes.of(partition.index()), labour);
        for (int p = 0; p < cuts.length; p++) {
            PartitionReport report = reports.get(p);
            if (!report.refusal().isEmpty()) {
                throw new ExecutorException("worker " + report.host() + " cannot take part: " + report.refusal());
            }
            replayed += report.replayed() * (first(p + 1) - first(p));
            homes.set(p, Members.Member.location(report.host(), report.executor()));
        }
        long longest = reports.stream().mapToLong(PartitionReport::nanos).max().orElse(0);
        long all = reports.stream().mapToLong(PartitionReport::nanos).sum();
        busyNanos = Math.max(longest, all / Math.max(1, application.members().cores()));
        step += advances ? 1 : 0;
        for (int p = 0; p < cuts.length; p++) {
            if (partitions.get(p).cuts()) {
                cut(p, reports.get(p).states());
                homes.balance(p);
            }
        }
        forgetThetas(Arrays.stream(cuts).mapToInt(Cut::step).min().orElseThrow() - since);
        return reports;
    }

    private void cut(int partition, byte[] states) {
        cuts[partition].destroy();
        cuts[partition] = new Cut(step, List.of(application.broadcast(states)));
    }

    /** Those before the oldest cut: nobody can be asked to make their steps again. */
    private void forgetThetas(int count) {
        for (int i = 0; i < count; i++) {
            thetas.removeFirst().theta().destroy();
            since++;
        }
    }

    /** The first particle of a partition; partitions differ by one particle at most. */
    private int first(int partition) {
        return (int) ((long) particles * partition / cuts.length);
    }

    /** Truncations of single particles that had to be made again so far. */
    int replayed() {
        return replayed;
    }

    /** Nanoseconds that the last job's particles took at least: the slowest partition, or all of them shared by all cores. */
    long busyNanos() {
        return busyNanos;
    }

    /** Of its run in the application. */
    String id() {
        return id;
    }

    int partitions() {
        return cuts.length;
    }

    /** Spark's own cleaner drops what was broadcast; to ask for it now would race with the end of the application. */
    @Override
    public void close() {
        Labour.forget(id);
    }
}
