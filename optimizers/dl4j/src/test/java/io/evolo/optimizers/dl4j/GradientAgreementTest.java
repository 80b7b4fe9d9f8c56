package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.kernels.Pooling;
import io.evolo.tasks.kernels.RecurrentCell;
import io.evolo.tasks.kernels.Twin;
import io.evolo.tasks.nn.CpuNetwork;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Op;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Losses and gradients of this project's networks and of DL4J on the same weights; {@link Dl4jTaskTest} has the MLP. */
class GradientAgreementTest {
    private static final int BATCH = 3;
    private static final int SIDE = 6;
    private static final int CHANNELS = 2;
    private static final int FILTERS = 5;
    private static final int PLACES = 4; // pixels after pooling
    private static final int CLASSES = 4;
    private static final int STEPS = 5;
    private static final int SYMBOLS = 6;
    private static final int UNITS = 7;

    /** How an element of DL4J's tensor, row-major as rules see it, is found in this project's. */
    private record Match(String theirs, String ours, IntUnaryOperator place) {
        static Match same(String theirs, String ours) {
            return new Match(theirs, ours, i -> i);
        }
    }

    @Test
    void aConvolutionalNetworkAgrees() {
        Network.Builder b = Network.builder(Parametrization.standard());
        Network.Value image = b.input(SIDE, SIDE, CHANNELS);
        Network.Value h = b.relu(b.convolution("conv", image, new Op.Kernel(FILTERS, 3, 1, 0), Role.INPUT));
        h = b.flatten(b.pool(Pooling.Kind.MAX, h, 2, 2));
        Network ours = b.crossEntropy(b.affine("logits", h, CLASSES, Role.OUTPUT));
        MultiLayerConfiguration theirs = new NeuralNetConfiguration.Builder()
                .updater(new Sgd(1))
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(FILTERS).activation(Activation.RELU).build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nOut(CLASSES).build())
                .setInputType(InputType.convolutional(SIDE, SIDE, CHANNELS))
                .build();
        CpuNetwork cpu = new CpuNetwork(ours, BATCH, Twin.selected());
        INDArray x = Nd4j.zeros(BATCH, CHANNELS, SIDE, SIDE);
        INDArray y = Nd4j.zeros(BATCH, CLASSES);
        Rng rng = Rng.of(1, "agreement");
        for (int i = 0; i < BATCH; i++) {
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                for (int channel = 0; channel < CHANNELS; channel++) {
                    float value = (float) rng.gaussian();
                    cpu.arena()[cpu.inputAt(i) + pixel * CHANNELS + channel] = value;
                    x.putScalar(new int[] {i, channel, pixel / SIDE, pixel % SIDE}, value);
                }
            }
            cpu.labels()[i] = i % CLASSES;
            y.putScalar(i, i % CLASSES, 1);
        }
        // DL4J flattens (channel, pixel), this project (pixel, channel).
        IntUnaryOperator flattened = i -> {
            int row = i / CLASSES;
            return (row % PLACES * FILTERS + row / PLACES) * CLASSES + i % CLASSES;
        };
        assertAgree(cpu, theirs, x, y, 1, List.of(Match.same("layer0_W", "conv/w"), Match.same("layer0_b", "conv/b"),
                new Match("layer2_W", "logits/w", flattened), Match.same("layer2_b", "logits/b")));
    }

    @Test
    void anLstmAgrees() {
        Network.Builder b = Network.builder(Parametrization.standard());
        Network.Value h = b.recurrent("lstm", RecurrentCell.LSTM, b.input(STEPS, SYMBOLS), UNITS);
        Network ours = b.crossEntropy(b.affine("logits", h, SYMBOLS, Role.OUTPUT));
        MultiLayerConfiguration theirs = new NeuralNetConfiguration.Builder()
                .updater(new Sgd(1))
                .list()
                .layer(new LSTM.Builder().nIn(SYMBOLS).nOut(UNITS).activation(Activation.TANH).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(UNITS)
                        .nOut(SYMBOLS)
                        .build())
                .build();
        CpuNetwork cpu = new CpuNetwork(ours, BATCH, Twin.selected());
        INDArray x = Nd4j.zeros(BATCH, SYMBOLS, STEPS);
        INDArray y = Nd4j.zeros(BATCH, SYMBOLS, STEPS);
        Rng rng = Rng.of(2, "agreement");
        for (int i = 0; i < BATCH * STEPS; i++) {
            for (int symbol = 0; symbol < SYMBOLS; symbol++) {
                float value = (float) rng.gaussian();
                cpu.arena()[cpu.inputAt(i / STEPS) + i % STEPS * SYMBOLS + symbol] = value;
                x.putScalar(new int[] {i / STEPS, symbol, i % STEPS}, value);
            }
            cpu.labels()[i] = rng.nextInt(SYMBOLS);
            y.putScalar(new int[] {i / STEPS, cpu.labels()[i], i % STEPS}, 1);
        }
        // DL4J's blocks are candidate, forget, output, input gate; this project's input gate, forget, output, candidate.
        IntUnaryOperator gates = i -> {
            int block = i % (4 * UNITS) / UNITS;
            int other = block == 0 ? 3 : block == 3 ? 0 : block;
            return i + (other - block) * UNITS;
        };
        assertAgree(cpu, theirs, x, y, STEPS, List.of(new Match("layer0_W", "lstm/in/w", gates),
                new Match("layer0_RW", "lstm/w", gates), new Match("layer0_b", "lstm/in/b", gates),
                Match.same("layer1_W", "logits/w"), Match.same("layer1_b", "logits/b")));
    }

    /** @param scores DL4J sums its loss over the steps of sequences, this project takes the mean */
    private static void assertAgree(
            CpuNetwork ours, MultiLayerConfiguration configuration, INDArray x, INDArray y, int scores, List<Match> matches) {
        MultiLayerNetwork theirs = new MultiLayerNetwork(configuration);
        theirs.init();
        var layout = ours.network().layout();
        float[] w = new float[layout.size()];
        Rng.of(3, "agreement").fillGaussian(w, 0.3);
        for (Match match : matches) {
            int offset = offset(ours, match.ours());
            Variable variable = variable(theirs, match.theirs());
            float[] values = new float[variable.size()];
            for (int i = 0; i < values.length; i++) {
                int place = match.place().applyAsInt(i);
                // This project's forget gate has its 1 in the formula, DL4J's in the bias.
                boolean forget = match.ours().equals("lstm/in/b") && place / UNITS == 1;
                values[i] = w[offset + place] + (forget ? 1 : 0);
            }
            Memory memory = Memory.of(theirs.params());
            new Strided(variable.axes(), variable.strides())
                    .write(values, 0, memory, variable.offset());
        }
        float[] gradient = new float[w.length];
        float loss = ours.forward(w);
        ours.backward(w, gradient);
        theirs.setInput(x);
        theirs.setLabels(y);
        theirs.initGradientsView();
        theirs.computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());

        assertThat((float) theirs.score() / scores).isCloseTo(loss, within(1e-4f));
        for (Match match : matches) {
            Variable variable = variable(theirs, match.theirs());
            float[] got = new float[variable.size()];
            Memory memory = Memory.of(theirs.getGradientsViewArray());
            new Strided(variable.axes(), variable.strides())
                    .read(memory, variable.offset(), got, 0);
            for (int i = 0; i < got.length; i++) {
                float expected = gradient[offset(ours, match.ours()) + match.place().applyAsInt(i)];
                assertThat(got[i] / (BATCH * scores)).as(match.theirs()).isCloseTo(expected, within(1e-4f));
            }
        }
    }

    private static int offset(CpuNetwork network, String tensor) {
        var layout = network.network().layout();
        for (int i = 0; i < layout.tensors(); i++) {
            if (layout.spec(i).name().equals(tensor)) {
                return layout.offset(i);
            }
        }
        throw new AssertionError(tensor + " is not among " + layout.specs());
    }

    private static Variable variable(MultiLayerNetwork network, String name) {
        return LayerTensors.of(network).stream()
                .map(LayerTensor::variable)
                .filter(v -> v.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name));
    }
}
