package io.evolo.meta.cuda;

import io.evolo.meta.Estimation;
import io.evolo.meta.Estimator;
import io.evolo.meta.ExecutorException;
import io.evolo.meta.Imitation;
import io.evolo.meta.Lane;
import io.evolo.meta.MetaLoss;
import io.evolo.meta.Particle;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Segments;
import io.evolo.meta.Segments.Segment;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.ParamLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Particles on a GPU: parameters, state, perturbations and data stay there; only losses come back. What is random is drawn here, by the
 * same generator and to the same bits as on the CPU, and a truncation's segments go to the device before it starts. Losses agree with
 * those of {@link io.evolo.meta.LocalExecutor} but for rounding, so a run on the GPU is not the same bits as one on the CPU, yet a
 * checkpoint of either can be continued by the other.
 *
 * <p>Not thread-safe.
 */
final class CudaExecutor implements ParticleExecutor {
    /** Inner steps of a graph where a truncation is a whole problem of any length. */
    private static final int TICKS = 50;

    private final ParticleSpec spec;
    private final DeviceRule rule;
    private final Device device;
    private final Kernels kernels;
    private final DataBank bank;
    private final Map<DeviceTask.Kind, LaneProgram> programs = new LinkedHashMap<>();
    private final List<Seat> seats;

    /**
     * @param spec of rules and tasks that the device has kernels for
     * @param rule the spec's
     * @param device closed with this, also if this fails
     * @throws CudaException if the kernels cannot be compiled
     */
    CudaExecutor(ParticleSpec spec, DeviceRule rule, Device device) {
        this.spec = spec;
        this.rule = rule;
        this.device = device;
        this.bank = new DataBank(device);
        this.kernels = new Kernels(device, rule);
        this.seats = IntStream.range(0, spec.particles()).mapToObj(i -> new Seat(new Segments(spec, i))).toList();
    }

    /** A particle, and where its two lanes are. */
    private static final class Seat {
        private final Segments segments;
        private final List<Segment> truncation = new ArrayList<>();
        private final List<Place> places = new ArrayList<>(); // of the truncation's segments
        private Optional<Place> place = Optional.empty();
        private final int[] made = new int[2]; // steps of the rule since the problem was opened
        private final boolean[] frozen = new boolean[2];

        Seat(Segments segments) {
            this.segments = segments;
        }
    }

    /** A pair of a program's lanes, and the task that they are made for. */
    private record Place(LaneProgram program, int pair, DeviceTask task) {
        int lane(int sign) {
            return 2 * pair + sign;
        }
    }

    /** Bytes that the lanes of these tasks will take. */
    long bytes(List<DeviceTask> tasks) {
        return tasks.stream().mapToLong(task -> 2 * program(task.kind()).bytesPerLane()).sum();
    }

    /** The programs that have been needed. */
    List<LaneProgram> programs() {
        return List.copyOf(programs.values());
    }

    private LaneProgram program(DeviceTask.Kind kind) {
        Estimation estimation = spec.estimation();
        Estimator estimator = estimation.estimator();
        return programs.computeIfAbsent(kind, k -> new LaneProgram(device, kernels, k, rule, estimator.sharesStart(),
                estimator.wholeProblems() ? TICKS : estimation.truncation(), (float) estimation.divergence()));
    }

    @Override
    public List<ParticleResult> advance(float[] theta, int outerStep) {
        return onDevice(() -> {
            IntStream.range(0, seats.size()).parallel().forEach(i -> draw(seats.get(i), outerStep));
            List<Place> left = seats.stream().flatMap(seat -> plan(seat).stream()).toList();
            programs.values().forEach(program -> program.start(theta));
            programs.values().forEach(LaneProgram::finish);
            left.forEach(place -> place.program.release(place.pair)); // not before: others may not stand there in this truncation
            List<ParticleResult> results = seats.stream().map(this::result).toList();
            look(outerStep % seats.size(), results);
            return results;
        });
    }

    /**
     * Takes in what the rule of one particle's plus lane has seen, in turn, after the truncation's last step; the local executor looks at
     * every particle, before one of its steps. Nothing of a lane that has diverged.
     */
    private void look(int particle, List<ParticleResult> results) {
        Seat seat = seats.get(particle);
        Place place = seat.places.getLast();
        if (seat.frozen[0]) {
            return;
        }
        Segment segment = seat.truncation.getLast();
        Lane.State lane = lane(seat, place, 0);
        OptimizerState state = new OptimizerState(
                place.task.kind().network().layout(), segment.problem().length(), lane.slots(), new float[0]);
        state.setClock(lane.t() - 1);
        Step step = new Step(lane.params(), place.program.gradient(place.lane(0)));
        results.get(particle).seen().observe(state, step.at(place.program.loss(place.lane(0), segment.begin() + segment.steps() - 1)));
    }

    private static void draw(Seat seat, int outerStep) {
        seat.truncation.clear();
        seat.truncation.addAll(seat.segments.next(outerStep));
    }

    /** Gives every segment of a particle its place and tells the place's program; the places that the particle leaves. */
    private List<Place> plan(Seat seat) {
        seat.places.clear();
        List<Place> left = new ArrayList<>();
        for (Segment segment : seat.truncation) {
            float[] initial = {};
            int made = seat.made[0];
            if (segment.opens()) {
                DeviceTask task = DeviceTask.of(segment.problem().task());
                seat.place.ifPresent(left::add);
                seat.place = Optional.of(place(task, left));
                initial = task.initial(seat.segments.initial(segment.problem()));
                made = 0;
            }
            Place place = seat.place.orElseThrow();
            seat.places.add(place);
            place.program.plan(new LaneProgram.Planned(
                    place.pair, segment, bank.entry(place.task.examples()), made, initial));
        }
        return left;
    }

    /** A pair for a task: one that the particle leaves in this truncation, if it is of the same kind. */
    private Place place(DeviceTask task, List<Place> left) {
        LaneProgram program = program(task.kind());
        for (Place old : left) {
            if (old.program == program) {
                left.remove(old);
                return new Place(program, old.pair, task);
            }
        }
        return new Place(program, program.take(), task);
    }

    private ParticleResult result(Seat seat) {
        Estimation estimation = spec.estimation();
        float[] gradient = new float[rule.thetas()];
        double loss = 0;
        int diverged = 0;
        int window = 0;
        for (int i = 0; i < seat.truncation.size(); i++) {
            Segment segment = seat.truncation.get(i);
            window = segment.window();
            begin(seat, segment);
            int frozenBefore = frozen(seat);
            double plus = unroll(seat, seat.places.get(i), segment, 0);
            double minus = unroll(seat, seat.places.get(i), segment, 1);
            diverged += frozen(seat) - frozenBefore;
            double factor = segment.share() * (plus - minus) / (2 * estimation.sigma() * estimation.sigma());
            for (int p = 0; p < gradient.length; p++) {
                gradient[p] += (float) (factor * segment.xi()[p]);
            }
            loss += segment.share() * (plus + minus) / 2;
        }
        return new ParticleResult(gradient, loss, diverged, 2 * window, new FeatureTally(), Imitation.Likeness.NONE);
    }

    private void begin(Seat seat, Segment segment) {
        if (segment.opens()) {
            Arrays.fill(seat.made, 0);
            Arrays.fill(seat.frozen, false);
        } else if (spec.estimation().estimator().sharesStart()) {
            seat.made[1] = seat.made[0];
            seat.frozen[1] = seat.frozen[0];
        }
    }

    private static int frozen(Seat seat) {
        return (seat.frozen[0] ? 1 : 0) + (seat.frozen[1] ? 1 : 0);
    }

    /** The meta-loss of a lane's segment, from the raw losses that the device has left. */
    private double unroll(Seat seat, Place place, Segment segment, int sign) {
        LossNormalizer normalizer = segment.problem().task().normalizer();
        double divergence = spec.estimation().divergence();
        MetaLoss.Sum sum = spec.estimation().loss().new Sum(segment.steps());
        for (int i = 0; i < segment.steps(); i++) {
            double raw = seat.frozen[sign] ? divergence : place.program.loss(place.lane(sign), segment.begin() + i);
            if (!(raw <= divergence)) {
                seat.frozen[sign] = true;
                raw = divergence;
            }
            seat.made[sign] += seat.frozen[sign] ? 0 : 1;
            sum.add(normalizer.normalize(raw));
        }
        return sum.value();
    }

    @Override
    public List<Particle.State> snapshot() {
        return onDevice(() -> seats.stream().map(this::snapshot).toList());
    }

    private Particle.State snapshot(Seat seat) {
        List<Lane.State> lanes = seat.place
                .map(place -> List.of(lane(seat, place, 0), lane(seat, place, 1)))
                .orElse(List.of());
        return seat.segments.state(lanes);
    }

    private Lane.State lane(Seat seat, Place place, int sign) {
        ParamLayout layout = place.task.kind().network().layout();
        float[] kept = place.program.kept(place.lane(sign));
        int[] lengths = rule.slots(layout);
        float[][] slots = new float[lengths.length][];
        int at = layout.size();
        for (int i = 0; i < slots.length; i++) {
            slots[i] = Arrays.copyOfRange(kept, at, at + lengths[i]);
            at += lengths[i];
        }
        return new Lane.State(Arrays.copyOf(kept, layout.size()), seat.made[sign], slots, seat.frozen[sign]);
    }

    @Override
    public void restore(List<Particle.State> particles, float[] theta) {
        if (particles.size() != seats.size()) {
            throw new IllegalArgumentException("number of saved particles is " + particles.size() + ", expected " + seats.size());
        }
        onDevice(() -> {
            for (int i = 0; i < seats.size(); i++) {
                seats.get(i).segments.restore(particles.get(i));
                seats.get(i).place.ifPresent(old -> old.program.release(old.pair));
                seats.get(i).place = Optional.empty();
            }
            for (int i = 0; i < seats.size(); i++) {
                take(seats.get(i), particles.get(i));
            }
            for (int i = 0; i < seats.size(); i++) {
                restore(seats.get(i), particles.get(i).lanes());
            }
            return particles;
        });
    }

    private void take(Seat seat, Particle.State state) {
        if (!state.lanes().isEmpty()) {
            seat.place = Optional.of(place(DeviceTask.of(seat.segments.problem().task()), new ArrayList<>()));
        }
    }

    private void restore(Seat seat, List<Lane.State> lanes) {
        for (int sign = 0; sign < lanes.size(); sign++) {
            Place place = seat.place.orElseThrow();
            Lane.State lane = lanes.get(sign);
            seat.made[sign] = lane.t();
            seat.frozen[sign] = lane.frozen();
            place.program.restore(
                    place.lane(sign), kept(lane, place.task.kind().network().layout()), place.task.factors(), lane.frozen());
        }
    }

    /** A lane's parameters and state one behind the other, as the device keeps them. */
    private float[] kept(Lane.State lane, ParamLayout layout) {
        int[] lengths = rule.slots(layout);
        int[] saved = Arrays.stream(lane.slots()).mapToInt(slot -> slot.length).toArray();
        if (lane.params().length != layout.size() || !Arrays.equals(saved, lengths)) {
            throw new IllegalArgumentException("saved lane has " + lane.params().length + " parameters and accumulators of "
                    + Arrays.toString(saved) + ", expected " + layout.size() + " and " + Arrays.toString(lengths));
        }
        float[] kept = Arrays.copyOf(lane.params(), rule.kept(layout));
        int at = layout.size();
        for (float[] slot : lane.slots()) {
            System.arraycopy(slot, 0, kept, at, slot.length);
            at += slot.length;
        }
        return kept;
    }

    /** The result of work on the device; what goes wrong there ends the run with what one can do about it. */
    private static <T> T onDevice(Supplier<T> work) {
        try {
            return work.get();
        } catch (CudaException e) {
            throw new ExecutorException(Messages.running(e), e);
        }
    }

    @Override
    public void close() {
        device.close();
    }
}
