package io.evolo.benchmarks;

import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.Pooling;
import io.evolo.tasks.kernels.RecurrentCell;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Forward and backward of whole networks. After every iteration the counter {@code percentOfPeak} gives the fastest step's rate, the
 * products' operations alone counted, as a share of the FMA peak measured right then; the aim is 40 or more for the convolution and
 * the transformer. JMH adds the counter up over the iterations: the lines of the iterations hold the shares. Run it with
 * {@code -prof gc}: it must allocate nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class NetworkBenchmark {
    private static final int VOCABULARY = 65;

    /** What is measured; every kind is a method here. */
    @Param({"CONVOLUTION", "CONV_NET", "TRANSFORMER", "VANILLA", "GRU", "LSTM"})
    Kind kind;

    @Param("VECTOR")
    Twin twin;

    private CpuNetwork network;
    private float[] w;
    private float[] gradient;

    /** Which network, and how many examples are in a batch. */
    public enum Kind {
        /** One convolution of 3×3 from 16 to 16 channels on 28×28, between an affine input and a mean. */
        CONVOLUTION(32),
        /** Three convolutions of 3×3 with 16, 32 and 32 channels on 28×28, with pooling and batch normalisation. */
        CONV_NET(32),
        /** Two blocks of width 64 with 4 heads on 64 positions. */
        TRANSFORMER(8),
        /** One layer of 128 units on 64 positions, as the next two. */
        VANILLA(16),
        GRU(16),
        LSTM(16);

        private final int batch;

        Kind(int batch) {
            this.batch = batch;
        }
    }

    @Setup
    public void prepare() {
        Network description = switch (kind) {
            case CONVOLUTION -> convolution();
            case CONV_NET -> convNet();
            case TRANSFORMER -> transformer();
            case VANILLA, GRU, LSTM -> recurrent(RecurrentCell.valueOf(kind.name()));
        };
        network = new CpuNetwork(description, kind.batch, twin);
        w = new float[description.layout().size()];
        gradient = new float[w.length];
        description.layout().init(Rng.of(1, "init"), w);
        Rng rng = Rng.of(1, "input");
        if (network.tokens().length > 0) {
            Arrays.setAll(network.tokens(), i -> rng.nextInt(VOCABULARY));
        } else {
            for (int i = 0; i < kind.batch * description.input().size(); i++) {
                network.arena()[network.inputAt(0) + i] = (float) rng.gaussian();
            }
        }
        Arrays.setAll(network.labels(), i -> rng.nextInt(10));
    }

    @Benchmark
    public float forwardAndBackward(PeakShare share) {
        long begin = System.nanoTime();
        float loss = network.forward(w);
        network.backward(w, gradient);
        share.fastest(kind.batch * network.network().flops() / (System.nanoTime() - begin));
        return loss;
    }

    private static Network convolution() {
        var b = Network.builder(Parametrization.standard());
        var x = b.affine("pixels", b.input(28, 28, 1), 16, Role.INPUT);
        x = b.convolution("conv", x, Op.Kernel.same(16, 3, 1), Role.HIDDEN);
        return b.crossEntropy(b.affine("logits", b.globalAverage(x), 10, Role.OUTPUT));
    }

    private static Network convNet() {
        var b = Network.builder(Parametrization.standard());
        var x = b.bareConvolution("conv1", b.input(28, 28, 1), Op.Kernel.same(16, 3, 1), Role.INPUT);
        x = b.pool(Pooling.Kind.MAX, b.relu(b.batchNorm("norm1", x)), 2, 2);
        x = b.relu(b.batchNorm("norm2", b.bareConvolution("conv2", x, Op.Kernel.same(32, 3, 1), Role.HIDDEN)));
        x = b.relu(b.batchNorm("norm3", b.bareConvolution("conv3", x, Op.Kernel.same(32, 3, 2), Role.HIDDEN)));
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

    private static Network recurrent(RecurrentCell cell) {
        var b = Network.builder(Parametrization.standard());
        var x = b.recurrent("layer", cell, b.embedding("embedding", b.tokens(VOCABULARY, 64), 128), 128);
        return b.crossEntropy(b.affine("logits", x, VOCABULARY, Role.OUTPUT));
    }
}
