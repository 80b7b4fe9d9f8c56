package io.evolo.meta.cuda;

import io.evolo.meta.Data;
import io.evolo.meta.Estimation;
import io.evolo.meta.Estimator;
import io.evolo.meta.ExecutorException;
import io.evolo.meta.Horizon;
import io.evolo.meta.LocalExecutor;
import io.evolo.meta.MetaLoss;
import io.evolo.meta.NetworkFamilySpec;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ParticleSpec;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Reparametrized;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.data.TextSpec;
import io.evolo.tasks.families.Mlp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures a GPU: what it can do at most, lane-steps per second over a grid of rules, widths and lanes, a rule's step over large
 * tensors, and how far losses are from those of the local executor. Times are the least of several.
 */
public final class CudaBench {
    private static final int TRUNCATION = 50;
    private static final int BATCH = 64;
    private static final int SIDE = 8;
    private static final int CLASSES = 10;
    private static final int NEWTON_SCHULZ_TIMES = 5;

    /** Beyond, making a matrix orthogonal takes minutes: its work grows with the power 3/2 of its elements. */
    private static final long MOST_ORTHOGONAL = 20_000_000;

    private CudaBench() {}

    /** A rule under a name. */
    record Named(String name, DeviceRule rule) {
        Named(String name, LearnedOptimizer rule) {
            this(name, new DeviceRule(rule));
        }
    }

    /**
     * What is measured.
     *
     * @param rules that there are kernels for
     * @param widths of the networks' hidden layer
     * @param lanes even numbers
     * @param elements parameters of a network whose rule's step is measured alone
     * @param rounds of every measurement, at least 1
     * @param copyBytes moved to measure the memory's bandwidth
     * @param chains multiply-adds of a chain to measure the arithmetic, of numbers and of tensor cores
     */
    public record Grid(
            List<Named> rules, List<Integer> widths, List<Integer> lanes, List<Long> elements, int rounds, long copyBytes, int chains) {

        public Grid {
            rules = List.copyOf(rules);
            widths = List.copyOf(widths);
            lanes = List.copyOf(lanes);
            elements = List.copyOf(elements);
            if (rounds < 1 || lanes.stream().anyMatch(count -> count < 2 || count % 2 != 0)) {
                throw new IllegalArgumentException("grid of " + rounds + " rounds and lanes " + lanes
                        + ", expected at least 1 round and even numbers of lanes");
            }
        }

        /** What the documentation's figures are of: Celo2's recipe at 256 to 8,192 lanes, steps over 1 to 100 million parameters. */
        public static Grid standard() {
            return new Grid(
                    List.of(new Named("celo2-base", Celo2.base()), new Named("celo2", Celo2.published()),
                            new Named("small_fc 32", SmallFc.mulo()),
                            new Named("small_fc 32 tf32", new DeviceRule(SmallFc.mulo(), Precision.TF32)),
                            new Named("small_fc 32 bf16", new DeviceRule(SmallFc.mulo(), Precision.BF16))),
                    List.of(32, 128), List.of(256, 2048, 8192), List.of(1_000_000L, 100_000_000L), 3, 1L << 30, 1 << 14);
        }
    }

    /**
     * @param device in words
     * @param copyGigabytesPerSecond read and written together
     * @param teraflops of float32 multiply-adds without tensor cores
     * @param tensorTeraflops of tensor cores, by the precision of their inputs
     */
    public record Report(
            String device, double copyGigabytesPerSecond, double teraflops, Map<String, Double> tensorTeraflops, List<Lanes> lanes,
            List<Steps> steps) {}

    /**
     * Celo2's recipe under a rule.
     *
     * @param lanes 0 in the other figures: they did not fit the memory
     * @param perSecond lane-steps, everything included that an outer step does but theta's own step
     * @param ofMemory share of the bandwidth, by the floats that the kernels must move at least
     * @param ofArithmetic share of the time that the multiply-adds of products, rule and orthogonalisation need at their peaks
     * @param localPerSecond lane-steps of the local executor on as many threads as there are processors
     * @param worst largest relative difference of a particle's loss from the local executor's, over one truncation
     */
    public record Lanes(
            String rule, int width, int lanes, double perSecond, double ofMemory, double ofArithmetic, double localPerSecond,
            double worst) {}

    /** A rule's step alone over one lane's parameters. */
    public record Steps(String rule, long parameters, double nanosPerParameter, double ofArithmetic) {}

    /**
     * Measures.
     *
     * @param address number of the GPU; empty: the first
     * @param progress is told what comes next
     * @throws ConfigException if there is no GPU that can be used
     */
    public static Report run(String address, Grid grid, Consumer<String> progress) {
        Address at = Address.of(address);
        if (at.precision().onTensorCores()) {
            throw new ConfigException("--executor cuda:" + address + ": the benchmark measures every precision; leave "
                    + at.precision().key() + " out");
        }
        int ordinal = at.ordinal();
        try {
            progress.accept("ceilings");
            Ceilings ceilings = ceilings(ordinal, grid);
            List<Lanes> lanes = new ArrayList<>();
            List<Steps> steps = new ArrayList<>();
            for (Named named : grid.rules) {
                for (int width : grid.widths) {
                    progress.accept(named.name + " at width " + width);
                    lanes.addAll(lanes(ordinal, named, width, grid, ceilings));
                }
                for (long elements : grid.elements) {
                    if (orthogonal(named.rule.rule()) && elements > MOST_ORTHOGONAL) {
                        continue;
                    }
                    progress.accept(named.name + " over " + elements + " parameters");
                    steps(ordinal, named, elements, grid, ceilings).ifPresent(steps::add);
                }
            }
            return new Report(ceilings.device, ceilings.copy * 1e-9, ceilings.flops.get(Precision.FLOAT32) * 1e-12, Map.of(
                            Precision.TF32.key(), ceilings.flops.get(Precision.TF32) * 1e-12, Precision.BF16.key(),
                            ceilings.flops.get(Precision.BF16) * 1e-12), lanes, steps);
        } catch (CudaException e) {
            throw new ConfigException(Messages.opening(e));
        }
    }

    /** What the device can do at most: bytes and operations per second. */
    private record Ceilings(String device, double copy, Map<Precision, Double> flops) {

        /** Seconds that a lane-step's operations need at least. */
        double seconds(DeviceRule rule, Task task) {
            return 2 * task.work().multiplies() / flops.get(Precision.FLOAT32) + ruleSeconds(rule, task);
        }

        /** Seconds that a rule's networks, and making steps orthogonal, need at least. */
        double ruleSeconds(DeviceRule rule, Task task) {
            return ruleFlops(rule, task) / flops.get(rule.precision());
        }
    }

    /** Opens and closes the device: whoever holds it open keeps the memory of all that is opened beside. */
    private static Ceilings ceilings(int ordinal, Grid grid) {
        try (Device device = Device.open(ordinal)) {
            return new Ceilings(device.description(), copy(device, grid), Map.of(
                    Precision.FLOAT32, multiplyAdd(device, grid),
                    Precision.TF32, tensorMultiplyAdd(device, Precision.TF32, grid),
                    Precision.BF16, tensorMultiplyAdd(device, Precision.BF16, grid)));
        }
    }

    /** Bytes per second. */
    private static double copy(Device device, Grid grid) {
        Device.Memory from = device.allocate(grid.copyBytes / 2);
        Device.Memory to = device.allocate(grid.copyBytes / 2);
        device.clear(from);
        Device.Kernel kernel = device.compile(Sources.ceilings(), Map.of(), List.of("copy")).getFirst();
        Launch launch = new Launch(kernel, 32 * device.processors(), 1, 256, List.of(from, to, from.bytes() / 16));
        double millis = least(device, grid.rounds, List.of(launch));
        device.free(from);
        device.free(to);
        return grid.copyBytes / (millis * 1e-3);
    }

    /** Operations per second, a multiply-add counted as two. */
    private static double multiplyAdd(Device device, Grid grid) {
        int threads = 256;
        int blocks = 16 * device.processors();
        Device.Memory out = device.allocate((long) blocks * threads * Float.BYTES);
        Device.Kernel kernel = device.compile(Sources.ceilings(), Map.of(), List.of("multiply_add")).getFirst();
        Launch launch = new Launch(kernel, blocks, 1, threads, List.of(out, grid.chains, 0.999f, 0.001f));
        double millis = least(device, grid.rounds, List.of(launch));
        device.free(out);
        return 2.0 * 8 * grid.chains * blocks * threads / (millis * 1e-3);
    }

    /** Operations per second of tensor cores: eight chains of products of 16×16 by 16×8 for every 32 threads. */
    private static double tensorMultiplyAdd(Device device, Precision precision, Grid grid) {
        int threads = 128;
        int blocks = 16 * device.processors();
        Device.Memory out = device.allocate((long) blocks * threads * Float.BYTES);
        DeviceRule rule = new DeviceRule(SmallFc.of(16), precision);
        Device.Kernel kernel = device.compile(Sources.tensorCeiling(), rule.defines(), List.of("tensor_multiply_add")).getFirst();
        double millis = least(device, grid.rounds, List.of(new Launch(kernel, blocks, 1, threads, List.of(out, grid.chains))));
        device.free(out);
        return 2.0 * 16 * 8 * 16 * 8 * grid.chains * blocks * (threads / 32) / (millis * 1e-3);
    }

    /** Milliseconds of the fastest of so many rounds, after one that is not counted. */
    private static double least(Device device, int rounds, List<Launch> launches) {
        double least = Double.POSITIVE_INFINITY;
        for (int round = 0; round <= rounds; round++) {
            double millis = device.millis(() -> launches.forEach(device::launch));
            least = round == 0 ? least : Math.min(least, millis);
        }
        return least;
    }

    private static List<Lanes> lanes(int ordinal, Named named, int width, Grid grid, Ceilings ceilings) {
        ParticleSpec few = spec(named.rule.rule(), width, grid.lanes.getFirst());
        float[] theta = named.rule.rule().initTheta(Rng.of(1, "theta"));
        int threads = Runtime.getRuntime().availableProcessors();
        List<ParticleResult> expected;
        double local;
        try (ParticleExecutor executor = new LocalExecutor(few, threads)) {
            expected = executor.advance(theta, 0);
            local = perSecond(executor, few, theta, 1);
        }
        double worst;
        Address address = new Address(ordinal, named.rule.precision());
        try (ParticleExecutor executor = CudaExecutorProvider.open(few, address)) {
            worst = worst(expected, executor.advance(theta, 0));
        }
        Task task = few.families().getFirst().sample(Rng.of(1, "task"));
        List<Lanes> lanes = new ArrayList<>();
        for (int count : grid.lanes) {
            lanes.add(perSecond(address, spec(named.rule.rule(), width, count), theta, grid.rounds)
                    .map(perSecond -> new Lanes(named.name, width, count, perSecond, perSecond * bytes(task) / ceilings.copy,
                            perSecond * ceilings.seconds(named.rule, task), local, worst))
                    .orElse(new Lanes(named.name, width, count, 0, 0, 0, local, worst)));
        }
        return lanes;
    }

    /** Lane-steps per second; none where the lanes do not fit the memory. */
    private static Optional<Double> perSecond(Address address, ParticleSpec spec, float[] theta, int rounds) {
        try (ParticleExecutor executor = CudaExecutorProvider.open(spec, address)) {
            executor.advance(theta, 0); // compiles, captures, opens every problem
            return Optional.of(perSecond(executor, spec, theta, rounds));
        } catch (ConfigException | ExecutorException e) {
            return Optional.empty();
        }
    }

    private static double perSecond(ParticleExecutor executor, ParticleSpec spec, float[] theta, int rounds) {
        long least = Long.MAX_VALUE;
        for (int round = 1; round <= rounds; round++) {
            long start = System.nanoTime();
            executor.advance(theta, round);
            least = Math.min(least, System.nanoTime() - start);
        }
        return 2.0 * spec.particles() * TRUNCATION / (least * 1e-9);
    }

    private static double worst(List<ParticleResult> expected, List<ParticleResult> actual) {
        double worst = 0;
        for (int i = 0; i < expected.size(); i++) {
            worst = Math.max(worst, Math.abs(actual.get(i).loss() / expected.get(i).loss() - 1));
        }
        return worst;
    }

    private static Optional<Steps> steps(int ordinal, Named named, long elements, Grid grid, Ceilings ceilings) {
        double others = (SIDE * SIDE + CLASSES + 2) / 2.0; // parameters of 64-w-w-10: w² + 76w and a few
        int width = (int) Math.max(1, Math.round(Math.sqrt(elements + others * others) - others));
        Estimation once = new Estimation(Estimator.PES, 0.01, 1, 1, MetaLoss.MEAN, 100);
        ParticleSpec spec = new ParticleSpec(named.rule.rule(), List.of(family(width, 2, 1)), once, Horizon.constant(1000), 1);
        float[] theta = named.rule.rule().initTheta(Rng.of(1, "theta"));
        try (Device device = Device.open(ordinal);
                CudaExecutor executor = new CudaExecutor(spec, named.rule, device)) {
            executor.advance(theta, 0);
            Task task = spec.families().getFirst().sample(Rng.of(1, "task"));
            double millis = least(device, grid.rounds, executor.programs().getFirst().ruleLaunches());
            long parameters = 2L * task.layout().size(); // of both lanes of a pair
            return Optional.of(new Steps(named.name, parameters / 2, millis * 1e6 / parameters,
                    2 * ceilings.ruleSeconds(named.rule, task) / (millis * 1e-3)));
        } catch (ExecutorException e) {
            return Optional.empty();
        }
    }

    private static ParticleSpec spec(LearnedOptimizer rule, int width, int lanes) {
        Estimation estimation = new Estimation(Estimator.PES, 0.01, lanes / 2, TRUNCATION, MetaLoss.MEAN, 100);
        TaskFamily family = new Reparametrized.Family(family(width, 1, BATCH), Reparametrized.Level.GLOBAL, 0.001, 1000);
        return new ParticleSpec(rule, List.of(family), estimation, new Horizon(100, 2000, 2000), 1);
    }

    private static TaskFamily family(int width, int depth, int batch) {
        Data digits = new Data("strokes", SIDE, true, true, TextSpec.Unit.CHARACTERS, 0, 0);
        return new NetworkFamilySpec(
                        Mlp.of(depth), digits, IntRange.of(width), IntRange.of(batch), Parametrization.Kind.SP, width, LossScale.CLIPPED)
                .family();
    }

    /** Bytes that the kernels of a lane-step must move at least: 24 floats for each parameter, and the network's values. */
    private static double bytes(Task task) {
        return Float.BYTES * (24.0 * task.layout().size() + task.work().values());
    }

    /** Operations of a rule's networks, and of making steps orthogonal. */
    private static double ruleFlops(DeviceRule rule, Task task) {
        Map<String, String> sizes = rule.defines();
        double hidden = Integer.parseInt(sizes.get("HIDDEN"));
        double perElement = 2 * hidden * (Integer.parseInt(sizes.get("COLUMNS")) + hidden + Integer.parseInt(sizes.get("OUTPUTS")));
        double newtonSchulz = orthogonal(rule.rule()) ? task.layout().specs().stream().mapToDouble(CudaBench::newtonSchulz).sum() : 0;
        return perElement * task.layout().size() + newtonSchulz;
    }

    private static boolean orthogonal(LearnedOptimizer rule) {
        return rule instanceof Celo2 celo2 && celo2.orthogonalize();
    }

    private static double newtonSchulz(ParamSpec spec) {
        if (spec.shape().rank() != 2) {
            return 0;
        }
        double least = Math.min(spec.shape().axis(0), spec.shape().axis(1));
        double most = Math.max(spec.shape().axis(0), spec.shape().axis(1));
        return NEWTON_SCHULZ_TIMES * 2 * (2 * least * least * most + least * least * least);
    }
}
