package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * DL4J's fit against the rule applied by hand to gradients that DL4J computes, every tensor read element by element: axes, strides,
 * blocks and the running statistics between them must be right.
 */
class StepTest {
    private static final int STEPS = 6;

    @ParameterizedTest
    @ValueSource(strings = {"small_fc", "celo2", "celo", "velo"})
    void anMlpMovesAsByHand(String rule) {
        sameAsByHand(rule, Networks.mlp(Networks.builder(updater(rule))), Networks.mlp(Networks.builder(new NoOp())),
                Networks.batches(STEPS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_fc", "celo2", "velo"})
    void aConvolutionalNetworkWithBatchNormMovesAsByHand(String rule) {
        sameAsByHand(rule, Networks.convolutional(Networks.builder(updater(rule))),
                Networks.convolutional(Networks.builder(new NoOp())), Networks.batches(STEPS, Networks.SIDE * Networks.SIDE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_fc", "celo2"})
    void aRecurrentNetworkMovesAsByHand(String rule) {
        sameAsByHand(rule, Networks.recurrent(Networks.builder(updater(rule))), Networks.recurrent(Networks.builder(new NoOp())),
                Networks.sequences(STEPS));
    }

    private static LearnedUpdater updater(String rule) {
        return new LearnedUpdater(learned(rule)).horizon(STEPS);
    }

    private static LearnedOptimizerPackage learned(String rule) {
        return Networks.pack(rule, LearnedOptimizers.of(rule, Map.of()));
    }

    private static void sameAsByHand(
            String rule, MultiLayerConfiguration ours, MultiLayerConfiguration plain, List<DataSet> data) {
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(ours));
        MultiLayerNetwork byHand = new MultiLayerNetwork(plain);
        byHand.init();
        ByHand hand = new ByHand(byHand, Packages.bind(learned(rule)));
        INDArray start = network.params().dup();

        for (DataSet batch : data) {
            network.fit(batch);
            hand.fit(batch);
        }

        assertThat(AttachTest.distance(network.params(), start)).isGreaterThan(1e-5f);
        // DL4J subtracts differences, which rounds once more than assigning does.
        assertThat(AttachTest.distance(network.params(), byHand.params())).isLessThan(2e-6f);
    }

    /** Applies a rule to a network with DL4J's NoOp, which leaves the gradient where it can be read. */
    private static final class ByHand {
        private final MultiLayerNetwork network;
        private final Optimizer rule;
        private final List<INDArray> tensors = new ArrayList<>();
        private final List<INDArray> gradients = new ArrayList<>();
        private final OptimizerState state;

        ByHand(MultiLayerNetwork network, Optimizer rule) {
            this.network = network;
            this.rule = rule;
            network.initGradientsView();
            List<ParamSpec> specs = new ArrayList<>();
            for (Layer layer : network.getLayers()) {
                layer.paramTable(false).forEach((name, array) -> {
                    if (!name.equals("mean") && !name.startsWith("log10")) {
                        // (out, in, height, width) to (height, width, in, out)
                        int[] order = array.rank() == 4 ? new int[] {2, 3, 1, 0} : IntStream.range(0, array.rank()).toArray();
                        INDArray gradient = network.getGradientsViewArray().reshape(network.numParams())
                                .get(NDArrayIndex.interval(array.offset(), array.offset() + array.length()))
                                .reshape(array.ordering(), array.shape());
                        tensors.add(array.permute(order));
                        gradients.add(gradient.permute(order));
                        specs.add(ParamSpec.plain("t" + specs.size(), shape(tensors.getLast())));
                    }
                });
            }
            state = rule.init(new ParamLayout(specs), STEPS);
        }

        void fit(DataSet batch) {
            Step step = new Step(read(tensors), new float[state.layout().size()]);
            network.fit(batch);
            System.arraycopy(read(gradients), 0, step.gradient(), 0, step.gradient().length);
            rule.step(state, step.at((float) network.score()));
            write(step.params());
        }

        private static float[] read(List<INDArray> arrays) {
            return Nd4j.concat(0, arrays.stream().map(a -> a.dup('c').reshape(a.length())).toArray(INDArray[]::new))
                    .toFloatVector();
        }

        private void write(float[] values) {
            int at = 0;
            for (INDArray tensor : tensors) {
                int end = at + Math.toIntExact(tensor.length());
                tensor.assign(Nd4j.createFromArray(Arrays.copyOfRange(values, at, end)).reshape('c', tensor.shape()));
                at = end;
            }
        }

        private static Shape shape(INDArray array) {
            return new Shape(Arrays.stream(array.shape()).mapToObj(Math::toIntExact).toList());
        }
    }
}
