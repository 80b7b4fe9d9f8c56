package io.evolo.optimizers.dl4j;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.kernels.Twin;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * What docs/benchmarks/dl4j.md shows; no test by its name, so that builds leave it alone. The system property
 * {@code evolo.comparison} has the packages: {@code file} or {@code file@baseWidth}, separated by commas.
 */
@EnabledIfSystemProperty(named = "evolo.comparison", matches = ".+")
class Comparison {
    private static final int STEPS = Integer.getInteger("evolo.comparison.steps", 400);
    private static final int ROUNDS = Integer.getInteger("evolo.comparison.rounds", 400);
    private static final int[] SHOWN = {1, 10, 25, 50, 100, 200, 400};

    /** A network, its data by step, and what to divide DL4J's score by: it sums over the steps of sequences. */
    private record Subject(
            String name, Function<NeuralNetConfiguration.Builder, MultiLayerConfiguration> network, IntFunction<DataSet> data,
            int scores) {}

    private final Path shared = Path.of(System.getProperty("evolo.shared"));

    private static Map<String, IUpdater> updaters() {
        Map<String, IUpdater> updaters = new LinkedHashMap<>();
        updaters.put("DL4J Adam .001", new Adam(1e-3));
        for (String given : System.getProperty("evolo.comparison").split(",")) {
            String[] parts = given.split("@");
            LearnedUpdater updater = LearnedUpdater.load(Path.of(parts[0])).horizon(STEPS);
            updaters.put(updater.learned().name(), parts.length > 1 ? updater.mup(Integer.parseInt(parts[1])) : updater);
        }
        return updaters;
    }

    private List<Subject> subjects() throws IOException {
        Dataset digits = DataSpec.folder(shared.resolve("data/mnist10k"), 28).load();
        return Stream.of(
                new Subject("MLP 784-128-128-10", Comparison::mlp, step -> images(digits, step, 128), 1),
                new Subject("LeNet-style", Comparison::lenet, step -> images(digits, step, 64), 1),
                new Subject("LSTM", b -> lstm(b, 65), text(), 32))
                .filter(subject -> subject.name().contains(System.getProperty("evolo.comparison.only", "")))
                .toList();
    }

    private static MultiLayerConfiguration mlp(NeuralNetConfiguration.Builder builder) {
        return builder.list()
                .layer(new DenseLayer.Builder().nIn(784).nOut(128).build())
                .layer(new DenseLayer.Builder().nIn(128).nOut(128).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(128).nOut(10).build())
                .build();
    }

    private static MultiLayerConfiguration lenet(NeuralNetConfiguration.Builder builder) {
        return builder.list()
                .layer(new ConvolutionLayer.Builder(5, 5).nOut(8).build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
                .layer(new ConvolutionLayer.Builder(5, 5).nOut(16).build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
                .layer(new DenseLayer.Builder().nOut(128).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nOut(10).build())
                .setInputType(InputType.convolutionalFlat(28, 28, 1))
                .build();
    }

    private static MultiLayerConfiguration lstm(NeuralNetConfiguration.Builder builder, int symbols) {
        return builder.list()
                .layer(new LSTM.Builder().nIn(symbols).nOut(128).activation(Activation.TANH).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(128)
                        .nOut(symbols)
                        .build())
                .build();
    }

    private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .weightInit(WeightInit.LECUN_NORMAL)
                .activation(Activation.RELU)
                .updater(updater);
    }

    private static DataSet images(Dataset digits, int step, int batch) {
        Rng rng = Rng.of(1, "comparison", step);
        float[] x = new float[batch * digits.features()];
        INDArray y = Nd4j.zeros(batch, digits.classes());
        for (int i = 0; i < batch; i++) {
            int example = rng.nextInt(digits.examples(Split.TRAIN));
            digits.copyInput(Split.TRAIN, example, x, i * digits.features());
            y.putScalar(i, digits.label(Split.TRAIN, example), 1);
        }
        return new DataSet(Nd4j.createFromArray(x).reshape(batch, digits.features()), y);
    }

    private IntFunction<DataSet> text() throws IOException {
        String text;
        try (GZIPInputStream in =
                new GZIPInputStream(Files.newInputStream(shared.resolve("data/tinyshakespeare/input.txt.gz")))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        int[] symbols = text.chars().distinct().sorted().toArray();
        return step -> {
            Rng rng = Rng.of(1, "comparison-text", step);
            INDArray x = Nd4j.zeros(16, symbols.length, 32);
            INDArray y = Nd4j.zeros(16, symbols.length, 32);
            for (int i = 0; i < 16; i++) {
                int at = rng.nextInt(text.length() - 33);
                for (int t = 0; t < 32; t++) {
                    x.putScalar(i, Arrays.binarySearch(symbols, text.charAt(at + t)), t, 1);
                    y.putScalar(i, Arrays.binarySearch(symbols, text.charAt(at + t + 1)), t, 1);
                }
            }
            return new DataSet(x, y);
        };
    }

    private static MultiLayerNetwork network(Subject subject, IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(subject.network().apply(builder(updater)));
        network.init();
        return updater instanceof RuleUpdater ? Attach.to(network) : network;
    }

    @Test
    void losses() throws IOException {
        for (Subject subject : subjects()) {
            System.out.printf("%n%s, %,d parameters%n", subject.name(), network(subject, new Sgd(0)).numParams());
            System.out.printf("| updater | %s | ms per step |%n", String.join(" | ", Arrays.stream(SHOWN).mapToObj(String::valueOf).toList()));
            for (Map.Entry<String, IUpdater> entry : updaters().entrySet()) {
                MultiLayerNetwork network = network(subject, entry.getValue());
                List<Double> losses = new ArrayList<>();
                List<Double> millis = new ArrayList<>();
                for (int step = 0; step < STEPS; step++) {
                    DataSet batch = subject.data().apply(step);
                    long start = cpuNanos();
                    network.fit(batch);
                    millis.add((cpuNanos() - start) / 1e6);
                    losses.add(network.score() / subject.scores());
                }
                StringBuilder row = new StringBuilder("| " + entry.getKey());
                for (int shown : SHOWN) {
                    row.append(String.format(Locale.ROOT, " | %.3f", mean(losses, shown)));
                }
                System.out.printf("%s | %.2f |%n", row, quantile(millis.subList(STEPS / 4, STEPS), 0.25));
            }
        }
    }

    /** Of the ten steps up to this one, or as many as there are. */
    private static double mean(List<Double> losses, int until) {
        int end = Math.min(until, losses.size());
        return losses.subList(Math.max(0, end - 10), end).stream().mapToDouble(x -> x).average().orElse(Double.NaN);
    }

    private static double quantile(List<Double> values, double q) {
        double[] sorted = values.stream().mapToDouble(x -> x).sorted().toArray();
        return sorted[(int) (q * (sorted.length - 1))];
    }

    /** DL4J's step with Sgd, with Adam and with each package, and the package's rule alone on the same tensors, turn by turn. */
    @Test
    void cost() throws IOException {
        System.out.println("\n| network | updater | DL4J Sgd, ms | DL4J Adam, ms | learned, ms | rule alone, ms | over Sgd ÷ rule | over Adam ÷ rule |");
        for (Subject subject : subjects()) {
            DataSet batch = subject.data().apply(0);
            for (Map.Entry<String, IUpdater> entry : updaters().entrySet()) {
                if (entry.getValue() instanceof LearnedUpdater updater) {
                    MultiLayerNetwork learned = network(subject, updater);
                    List<Runnable> runs = List.of(
                            fit(network(subject, new Sgd(1e-3)), batch),
                            fit(network(subject, new Adam(1e-3)), batch),
                            fit(learned, batch),
                            alone(learned, updater.learned()));
                    double[] ms = turnByTurn(runs, ROUNDS);
                    System.out.printf(Locale.ROOT, "| %s | %s | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |%n", subject.name(),
                            entry.getKey(), ms[0], ms[1], ms[2], ms[3], (ms[2] - ms[0]) / ms[3], (ms[2] - ms[1]) / ms[3]);
                }
            }
        }
    }

    private static Runnable fit(MultiLayerNetwork network, DataSet batch) {
        return () -> network.fit(batch);
    }

    /** The rule on arrays of its own, one state for all tensors, as this project's own networks are trained. */
    private static Runnable alone(MultiLayerNetwork network, LearnedOptimizerPackage learned) {
        Optimizer rule = Packages.bind(learned);
        ParamLayout layout = new NetworkPlan(Dl4jTask.variables(network)).layout(Parametrization.standard());
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        Rng.of(1, "comparison-alone").fillGaussian(step.params(), 0.1);
        Rng.of(2, "comparison-alone").fillGaussian(step.gradient(), 0.01);
        OptimizerState state = rule.init(layout, STEPS);
        return () -> rule.step(state, step.at(1));
    }

    /**
     * CPU time of this thread, which does all the work: with one OpenMP thread, and rules on one thread. A busy machine's other work is
     * not in it.
     */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** The lower quartile of each, in milliseconds of CPU time; turn by turn, so that a busy machine's caches slow all alike. */
    private static double[] turnByTurn(List<Runnable> runs, int rounds) {
        List<List<Double>> times = runs.stream().<List<Double>>map(run -> new ArrayList<>()).toList();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < runs.size(); i++) {
                long start = cpuNanos();
                runs.get(i).run();
                if (round >= rounds / 2) {
                    times.get(i).add((cpuNanos() - start) / 1e6);
                }
            }
        }
        return times.stream().mapToDouble(t -> quantile(t, 0.25)).toArray();
    }

    /**
     * Bytes after collections, so that arrays that only wait for one do not count, with the updater that the system property
     * {@code evolo.comparison.memory} names. To be run with a heap that is all there from the start, -Xms400m -Xmx400m
     * -XX:+AlwaysPreTouch, and one updater per process, whose memory holds the compiler's too.
     */
    @Test
    void memory() throws IOException {
        Subject small = new Subject("MLP 784-32-10", Comparison::small, subjects().getFirst().data(), 1);
        List<DataSet> batches = IntStream.range(0, 20).mapToObj(small.data()::apply).map(b -> (DataSet) b.getRange(0, 8)).toList();
        String name = System.getProperty("evolo.comparison.memory");
        MultiLayerNetwork network = network(small, updaters().get(name));
        System.out.printf("%n| %s, steps | JavaCPP's pointers, bytes | resident, MiB |%n", name);
        for (int step = 0; step <= 22_000; step++) {
            if (step % 2_000 == 0) {
                collect();
                System.out.printf(
                        Locale.ROOT, "| %,d | %,d | %d |%n", step, Pointer.totalBytes(), Pointer.physicalBytes() >> 20);
            }
            network.fit(batches.get(step % 20));
        }
    }

    private static void collect() {
        for (int i = 0; i < 4; i++) {
            System.gc();
            LockSupport.parkNanos(200_000_000); // ND4J frees on threads of its own
        }
    }

    /** Nanoseconds per value of moving 784×128 values between DL4J's memory and an array, plain and by vectors, in a warm cache. */
    @Test
    void crossing() {
        int rows = 128;
        int columns = 784;
        MemorySegment old = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, rows * columns);
        MemorySegment out = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, rows * columns);
        float[] x = new float[rows * columns];
        List<Runnable> runs = new ArrayList<>();
        for (Twin twin : Twin.values()) {
            runs.add(() -> Crossing.read(twin, old, 0, columns, rows, columns, x, 0, rows));
            runs.add(() -> Crossing.subtract(twin, x, 0, rows, columns, rows, old, 0, out, 0, columns));
            runs.add(() -> Crossing.subtract(twin, x, 0, x.length, old, 0, out, 0));
        }
        turnByTurn(runs, 4000);
        double[] ms = turnByTurn(runs, 4000);
        System.out.println("\n| twin | read, turned | subtract, turned | subtract |");
        for (Twin twin : Twin.values()) {
            int at = 3 * twin.ordinal();
            System.out.printf(Locale.ROOT, "| %s | %.2f | %.2f | %.2f |%n", twin, 1e6 * ms[at] / x.length, 1e6 * ms[at + 1] / x.length,
                    1e6 * ms[at + 2] / x.length);
        }
    }

    private static MultiLayerConfiguration small(NeuralNetConfiguration.Builder builder) {
        return builder.list()
                .layer(new DenseLayer.Builder().nIn(784).nOut(32).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nIn(32).nOut(10).build())
                .build();
    }
}
