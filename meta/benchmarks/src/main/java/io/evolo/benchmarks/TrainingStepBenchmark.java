package io.evolo.benchmarks;

import io.evolo.checkpoints.ShippedPackages;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.Team;
import io.evolo.tasks.kernels.Twin;
import io.evolo.tasks.nn.CpuNetwork;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Op;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One whole training step, forward, backward and update. The mode is the sample's: on a shared machine the least and the
 * median say more than the mean. Run it with {@code -prof gc}: with one thread it must allocate nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class TrainingStepBenchmark {
    private static final int VOCABULARY = 65;

    /** What is trained; every kind is a method here. */
    @Param({"MLP", "MLP_MILLION", "CONV_S", "TRANSFORMER"})
    Kind kind;

    /** By what: a hand-designed rule, or a package that ships. */
    @Param({"adam", "soap", "muon", "evolo-light", "evolo-default"})
    String rule;

    /** That share the step out. */
    @Param("1")
    int threads;

    /** Whether the network is sure of every label, so that nothing is left of the gradient. */
    @Param("false")
    boolean memorized;

    private Team team;
    private CpuNetwork network;
    private Optimizer optimizer;
    private OptimizerState state;
    private Step step;

    /** Which network, and how many examples are in a batch. */
    public enum Kind {
        /** 784-128-128-10, ReLU. */
        MLP(128),
        /** 784-640-640-128-10, ReLU: a million parameters. */
        MLP_MILLION(128),
        /** Two convolutions of 3×3 with 16 filters at stride 2 and 32 on 28×28, a mean over pixels, 10 classes. */
        CONV_S(32),
        /** Two causal blocks of width 64 with 4 heads and 256 GELU units on 64 positions, 65 characters. */
        TRANSFORMER(8);

        private final int batch;

        Kind(int batch) {
            this.batch = batch;
        }
    }

    @Setup
    public void prepare() {
        Network description = switch (kind) {
            case MLP -> mlp(128, 128);
            case MLP_MILLION -> mlp(640, 640, 128);
            case CONV_S -> convolutions();
            case TRANSFORMER -> transformer();
        };
        network = new CpuNetwork(description, kind.batch, Twin.selected());
        optimizer = ShippedPackages.names().contains(rule)
                ? Packages.bind(Packages.load(rule))
                : HandDesigned.named(rule, Schedules.constant(1e-3));
        state = optimizer.init(description.layout(), 1_000_000);
        step = new Step(new float[description.layout().size()], new float[description.layout().size()]);
        description.layout().init(Rng.of(1, "init"), step.params());
        memorize(description.layout());
        team = new Team(threads);
        Rng rng = Rng.of(1, "input");
        if (network.tokens().length > 0) {
            Arrays.setAll(network.tokens(), i -> rng.nextInt(VOCABULARY));
            Arrays.setAll(network.labels(), i -> memorized ? 0 : rng.nextInt(VOCABULARY));
            return;
        }
        for (int i = 0; i < kind.batch * description.input().size(); i++) {
            network.arena()[network.inputAt(0) + i] = (float) rng.gaussian();
        }
        Arrays.setAll(network.labels(), i -> memorized ? 0 : rng.nextInt(10));
    }

    /** Makes the last tensor, the bias of the logits, say class 0 of everything. */
    private void memorize(ParamLayout layout) {
        step.params()[layout.offset(layout.tensors() - 1)] = memorized ? 1000 : 0;
    }

    @TearDown
    public void end() {
        team.close();
    }

    @Benchmark
    public float train() {
        return threads == 1 ? step() : team.during(() -> step());
    }

    private float step() {
        float loss = network.forward(step.params());
        network.backward(step.params(), step.gradient());
        optimizer.step(state, step.at(loss));
        return loss;
    }

    private static Network mlp(int... widths) {
        var b = Network.builder(Parametrization.standard());
        var x = b.relu(b.affine("in", b.input(784), widths[0], Role.INPUT));
        for (int i = 1; i < widths.length; i++) {
            x = b.relu(b.affine("hidden" + i, x, widths[i], Role.HIDDEN));
        }
        return b.crossEntropy(b.affine("logits", x, 10, Role.OUTPUT));
    }

    private static Network convolutions() {
        var b = Network.builder(Parametrization.standard());
        var x = b.relu(b.convolution("conv1", b.input(28, 28, 1), Op.Kernel.same(16, 3, 2), Role.INPUT));
        x = b.relu(b.convolution("conv2", x, Op.Kernel.same(32, 3, 1), Role.HIDDEN));
        return b.crossEntropy(b.affine("logits", b.globalAverage(x), 10, Role.OUTPUT));
    }

    private static Network transformer() {
        var b = Network.builder(Parametrization.standard());
        var x = b.positions("positions", b.embedding("embedding", b.tokens(VOCABULARY, 64), 64));
        for (int i = 1; i <= 2; i++) {
            x = b.add(x, b.attention("attention" + i, b.layerNorm("norm" + i, x), 4, true));
            var hidden = b.affine("in" + i, b.layerNorm("mlp-norm" + i, x), 256, Role.HIDDEN);
            x = b.add(x, b.affine("out" + i, b.activate(Activation.GELU, hidden), 64, Role.HIDDEN));
        }
        return b.crossEntropy(b.affine("logits", b.layerNorm("norm", x), VOCABULARY, Role.OUTPUT));
    }
}
