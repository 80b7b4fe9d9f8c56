package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.kernels.LayerNormalization;
import io.evolo.tasks.kernels.Twin;
import io.evolo.tasks.nn.CpuNetwork;
import io.evolo.tasks.nn.Network;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Loss and gradients of a layer-normed attention block with its residual connection and a classifier, here and in a SameDiff graph of
 * elementary operations, on the same weights.
 */
class AttentionAgreementTest {
    private static final int BATCH = 3;
    private static final int POSITIONS = 5;
    private static final int WIDTH = 8;
    private static final int HEADS = 2;
    private static final int SIZE = WIDTH / HEADS;
    private static final int CLASSES = 4;
    private static final int ROWS = BATCH * POSITIONS;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAttentionBlockAgreesWithSameDiff(boolean causal) {
        CpuNetwork ours = new CpuNetwork(network(causal), BATCH, Twin.selected());
        var layout = ours.network().layout();
        float[] w = new float[layout.size()];
        Rng.of(1, "attention").fillGaussian(w, 0.5);
        Map<String, INDArray> data = fill(ours);

        SameDiff theirs = graph(causal);
        for (int i = 0; i < layout.tensors(); i++) {
            theirs.getVariable(layout.spec(i).name()).getArr().assign(array(layout.spec(i), w, layout.offset(i)));
        }
        float[] gradient = new float[w.length];
        float loss = ours.forward(w);
        ours.backward(w, gradient);

        assertThat(theirs.output(data, "loss").get("loss").getFloat(0)).isCloseTo(loss, within(1e-4f));
        String[] names = layout.specs().stream().map(ParamSpec::name).toArray(String[]::new);
        Map<String, INDArray> gradients = theirs.calculateGradients(data, names);
        for (int i = 0; i < layout.tensors(); i++) {
            float[] got = gradients.get(names[i]).dup('c').data().asFloat();
            for (int j = 0; j < got.length; j++) {
                assertThat(got[j]).as(names[i]).isCloseTo(gradient[layout.offset(i) + j], within(1e-4f));
            }
        }
    }

    private static Network network(boolean causal) {
        Network.Builder b = Network.builder(Parametrization.standard());
        Network.Value x = b.input(POSITIONS, WIDTH);
        x = b.add(x, b.attention("attention", b.layerNorm("norm", x), HEADS, causal));
        return b.crossEntropy(b.affine("logits", x, CLASSES, Role.OUTPUT));
    }

    private static SameDiff graph(boolean causal) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, ROWS, WIDTH);
        SDVariable y = graph.placeHolder("y", DataType.FLOAT, ROWS, CLASSES);
        SDVariable centred = x.sub(x.mean(true, 1));
        SDVariable variance = centred.mul(centred).mean(true, 1);
        SDVariable normal = centred.div(graph.math.sqrt(variance.add(LayerNormalization.EPSILON)));
        normal = normal.mul(variable(graph, "norm/gain", WIDTH)).add(variable(graph, "norm/bias", WIDTH));
        SDVariable q = heads(affine(graph, "attention/q", normal, WIDTH));
        SDVariable k = heads(affine(graph, "attention/k", normal, WIDTH));
        SDVariable v = heads(affine(graph, "attention/v", normal, WIDTH));
        SDVariable scores = q.mmul(k.permute(0, 1, 3, 2)).mul(1 / Math.sqrt(SIZE));
        scores = causal ? scores.add(graph.constant("future", future())) : scores;
        SDVariable seen = graph.nn.softmax(scores, 3).mmul(v).permute(0, 2, 1, 3).reshape(ROWS, WIDTH);
        SDVariable block = x.add(affine(graph, "attention/out", seen, WIDTH));
        graph.loss.softmaxCrossEntropy("loss", y, affine(graph, "logits", block, CLASSES), null);
        graph.setLossVariables("loss");
        return graph;
    }

    /** [batch, heads, positions, size]. */
    private static SDVariable heads(SDVariable rows) {
        return rows.reshape(BATCH, POSITIONS, HEADS, SIZE).permute(0, 2, 1, 3);
    }

    private static SDVariable affine(SameDiff graph, String name, SDVariable x, int units) {
        SDVariable weight = variable(graph, name + "/w", WIDTH, units);
        return x.mmul(weight).add(variable(graph, name + "/b", units));
    }

    private static SDVariable variable(SameDiff graph, String name, int... shape) {
        return graph.var(name, Nd4j.zeros(DataType.FLOAT, longs(shape)));
    }

    private static long[] longs(int[] shape) {
        return Arrays.stream(shape).asLongStream().toArray();
    }

    /** Very negative where a position would look ahead. */
    private static INDArray future() {
        INDArray mask = Nd4j.zeros(DataType.FLOAT, POSITIONS, POSITIONS);
        for (int i = 0; i < POSITIONS; i++) {
            for (int j = i + 1; j < POSITIONS; j++) {
                mask.putScalar(i, j, -1e9);
            }
        }
        return mask;
    }

    /** Random inputs and labels, for both. */
    private static Map<String, INDArray> fill(CpuNetwork ours) {
        INDArray x = Nd4j.zeros(DataType.FLOAT, ROWS, WIDTH);
        INDArray y = Nd4j.zeros(DataType.FLOAT, ROWS, CLASSES);
        Rng rng = Rng.of(2, "attention");
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < WIDTH; i++) {
                float value = (float) rng.gaussian();
                ours.arena()[ours.inputAt(row / POSITIONS) + row % POSITIONS * WIDTH + i] = value;
                x.putScalar(row, i, value);
            }
            ours.labels()[row] = rng.nextInt(CLASSES);
            y.putScalar(row, ours.labels()[row], 1);
        }
        return Map.of("x", x, "y", y);
    }

    private static INDArray array(ParamSpec spec, float[] w, int offset) {
        float[] values = Arrays.copyOfRange(w, offset, offset + spec.shape().size());
        long[] shape = longs(spec.shape().axes().stream().mapToInt(Integer::intValue).toArray());
        return Nd4j.create(values, shape, 'c');
    }
}
