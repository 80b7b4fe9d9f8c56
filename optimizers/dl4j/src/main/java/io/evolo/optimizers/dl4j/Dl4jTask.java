package io.evolo.optimizers.dl4j;

import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Task;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Training a DL4J network on a data set, as a task for meta-training and evaluation, on whatever ND4J backend there is. The
 * configuration gives the network; its updater, its seed and its initial values do not matter, those are the task's: initial values
 * as the parametrization says, gradients as means over the batch. Batch norm uses the batch's statistics throughout.
 *
 * <p>Steps allocate: DL4J makes arrays of its own. One optimizee per thread.
 *
 * @param name for reports
 * @param configuration as DL4J's JSON, by which tasks are compared
 * @param data where the batches come from
 * @param batch examples in a batch, at least 1
 * @param parametrization how initial values and updates scale with the width
 * @param normalizer from training loss to meta-loss
 */
public record Dl4jTask(
        String name,
        String configuration,
        Dl4jData data,
        int batch,
        Parametrization parametrization,
        LossNormalizer normalizer)
        implements Task {

    public Dl4jTask {
        if (batch < 1) {
            throw new IllegalArgumentException("task '" + name + "': batch size is " + batch + ", expected at least 1");
        }
        for (Layer layer : LayerConfigurations.of(MultiLayerConfiguration.fromJson(configuration))) {
            requireReproducible(name, layer);
        }
    }

    /** A task under the standard parametrization with losses as they are. */
    public static Dl4jTask of(String name, MultiLayerConfiguration configuration, Dl4jData data, int batch) {
        MultiLayerConfiguration detached = Widening.detached(configuration);
        detached.getConfs().forEach(layer -> layer.setSeed(0)); // else the time of day, and no two tasks would be equal
        return new Dl4jTask(name, detached.toJson(), data, batch, Parametrization.standard(), LossNormalizer.IDENTITY);
    }

    private static void requireReproducible(String name, Layer layer) {
        if (layer.getIDropout() != null) {
            throw refused(name, layer, "dropout, whose draws cannot be repeated");
        }
        if (layer instanceof BaseLayer base) {
            if (base.getWeightNoise() != null) {
                throw refused(name, layer, "weight noise, whose draws cannot be repeated");
            }
            List<Regularization> all = LayerConfigurations.withTaps(base.getRegularization(), 0);
            all.addAll(LayerConfigurations.withTaps(base.getRegularizationBias(), 0));
            if (!all.isEmpty()) {
                throw refused(name, layer, "regularization, which DL4J adds in its own fit only");
            }
        }
    }

    private static IllegalArgumentException refused(String name, Layer layer, String what) {
        return new IllegalArgumentException("task '" + name + "': layer '" + layer.getLayerName() + "' has " + what
                + "; take it out of the configuration");
    }

    /** The trainable tensors as rules see them; batch norm's running statistics are none. */
    @Override
    public ParamLayout layout() {
        return new NetworkPlan(variables(network())).layout(parametrization);
    }

    static List<Variable> variables(MultiLayerNetwork network) {
        return LayerTensors.of(network).stream()
                .filter(t -> !(t.owner().getConfig().getUpdaterByParam(t.parameter()) instanceof NoOp))
                .map(LayerTensor::variable)
                .toList();
    }

    private MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(configuration));
        network.init();
        return network;
    }

    @Override
    public Optimizee open() {
        return new Dl4jOptimizee(this, network());
    }
}
