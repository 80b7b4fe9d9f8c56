package io.evolo.meta.spark;

import io.evolo.checkpoints.Payload;
import io.evolo.meta.Particle;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Workers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/**
 * What an executor does with a partition: finds its particles, or makes them again from the cut and the thetas since, advances them,
 * keeps them. A pure function of what it is given: where its particles live changes how long it takes, never what it says.
 *
 * @see SparkExecutor
 */
final class Labour implements Function<Partition, PartitionReport> {
    private static final long serialVersionUID = 1;
    private static final Map<String, OpenRun> OPEN = new ConcurrentHashMap<>();
    private static final Residents RESIDENTS = new Residents();

    private final Broadcast<RunDescription> run;
    private final int history;
    private final int step;
    private final int since;
    private final OuterTheta[] thetas;
    private final boolean advances;

    /**
     * @param history counts how often the run was restored
     * @param step outer steps made in it
     * @param since the step of the first theta
     * @param thetas those of the steps since, the coming one's last where there is one
     * @param advances whether a step is to be made; else the particles are only looked at
     */
    Labour(Broadcast<RunDescription> run, int history, int step, int since, List<OuterTheta> thetas, boolean advances) {
        this.run = run;
        this.history = history;
        this.step = step;
        this.since = since;
        this.thetas = thetas.toArray(OuterTheta[]::new);
        this.advances = advances;
    }

    @Override
    public PartitionReport call(Partition partition) {
        long started = System.nanoTime();
        String host = SparkEnv.get().blockManager().blockManagerId().host();
        String executor = SparkEnv.get().executorId();
        String id = run.value().id();
        OpenRun open = OPEN.computeIfAbsent(id, any -> OpenRun.of(run.value()));
        if (open.refusal().isPresent()) {
            return PartitionReport.refused(host, executor, open.refusal().orElseThrow());
        }
        try (Workers workers = new Workers(TaskContext.get().cpus())) {
            Optional<List<Particle>> here = RESIDENTS.take(id, partition.index(), history, step);
            List<Particle> particles = here.orElseGet(() -> again(partition, open.spec().orElseThrow(), workers));
            int replayed = here.isPresent() ? 0 : step - partition.cut().step();
            List<ParticleResult> results = advances ? advance(particles, thetas[step - since], workers) : List.of();
            byte[] states = partition.cuts()
                    ? Payload.bytes(new StatesCodec(), particles.stream().map(Particle::snapshot).toList())
                    : new byte[0];
            RESIDENTS.put(id, partition.index(), history, advances ? step + 1 : step, particles);
            byte[] said = Payload.bytes(new ResultsCodec(), results);
            return new PartitionReport(host, executor, "", said, states, replayed, System.nanoTime() - started);
        }
    }

    /** The particles as they were at the cut, and the steps since made once more. */
    private List<Particle> again(Partition partition, ParticleSpec spec, Workers workers) {
        List<Particle> particles = IntStream.range(partition.from(), partition.to())
                .mapToObj(index -> new Particle(spec, index))
                .toList();
        Cut cut = partition.cut();
        for (Broadcast<byte[]> bytes : cut.states()) {
            List<Particle.State> states = Payload.decode(new StatesCodec(), bytes.value(), "the cut of step " + cut.step());
            float[] any = new float[spec.rule().thetaLayout().size()]; // only its size matters
            for (int i = 0; i < states.size(); i++) {
                particles.get(i).restore(states.get(i), any);
            }
        }
        for (int made = cut.step(); made < step; made++) {
            advance(particles, thetas[made - since], workers);
        }
        return particles;
    }

    private static List<ParticleResult> advance(List<Particle> particles, OuterTheta given, Workers workers) {
        float[] theta = given.theta().value();
        return workers.map(particles, particle -> particle.advance(theta, given.outerStep()));
    }

    /** Forgets a run, where executors live in the driver's process and go on after it. */
    static void forget(String run) {
        OPEN.remove(run);
        RESIDENTS.forget(run);
    }
}
