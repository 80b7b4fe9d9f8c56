package io.evolo.optimizers.dl4j;

import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * muP for DL4J's networks: says what every tensor is to the width, and makes wider networks. DL4J's layers have no forward multiplier,
 * so the output's stands in its initial values and updates; see {@link Parametrization} for the rules themselves.
 */
public final class MupAdvisor {
    private MupAdvisor() {}

    /** The advice for a network whose base width is the one that its updater was given by {@code mup}, or else 1, as muLO has it. */
    public static String explain(Model network) {
        int base = LayerTensors.of(network).stream()
                .map(tensor -> tensor.owner().getConfig().getUpdaterByParam(tensor.parameter()))
                .filter(RuleUpdater.class::isInstance)
                .mapToInt(updater -> ((RuleUpdater) updater).bound().options().baseWidth())
                .max()
                .orElse(0);
        return explain(network, Math.max(1, base));
    }

    /**
     * A table with a line per trainable tensor: axes as rules see them, role, fan-in, standard deviation of the initial values,
     * multipliers of the updates of Adam-like rules (learned ones too) and of SGD-like ones, and why.
     *
     * @param baseWidth the width at which muP and the standard parametrization agree but for the output's initial values, at least 1
     */
    public static String explain(Model network, int baseWidth) {
        Parametrization mup = Parametrization.mup(baseWidth);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("tensor", "kind", "axes", "role", "fan-in", "initial std", "Adam ×", "SGD ×", "because"));
        for (LayerTensor tensor : LayerTensors.of(network)) {
            if (isTrained(tensor)) {
                rows.add(row(tensor, tensor.variable().spec(mup)));
            }
        }
        return table(rows);
    }

    private static boolean isTrained(LayerTensor tensor) {
        IUpdater updater = tensor.owner().getConfig().getUpdaterByParam(tensor.parameter());
        return !tensor.isFrozen() && !(updater instanceof org.nd4j.linalg.learning.config.NoOp);
    }

    private static List<String> row(LayerTensor tensor, ParamSpec spec) {
        return List.of(
                spec.name(),
                tensor.kind(),
                spec.shape().toString(),
                spec.role().toString(),
                String.valueOf(spec.fanIn()),
                number(spec.scaling().initialStd()),
                number(spec.scaling().adam()),
                number(spec.scaling().sgd()),
                tensor.reason());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3g", value).replaceAll("\\.?0+$", "");
    }

    private static String table(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                int column = i;
                int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
                text.append(i == columns - 1 ? row.get(i) : String.format("%-" + (width + 2) + "s", row.get(i)));
            }
            text.append('\n');
        }
        return text.toString();
    }

    /**
     * A network of the same configuration whose hidden layers have {@code factor} times as many units, with initial values that muP
     * asks for: the given network's own initialisation (whatever its configuration says) for inputs, embeddings and vectors, its
     * standard deviation divided by √factor for hidden weights and by factor for the output's. Updaters of this project are attached;
     * give them the given network's width by {@code mup}, so that their updates follow.
     *
     * @param network of dense, convolutional, recurrent, embedding and normalisation layers; its parameters do not matter
     * @param factor at least 1
     * @param seed of the initial values
     * @throws IllegalArgumentException if the network has a layer that cannot be widened; the message names it
     */
    public static MultiLayerNetwork widen(MultiLayerNetwork network, int factor, long seed) {
        MultiLayerNetwork base = new MultiLayerNetwork(Widening.detached(network.getLayerWiseConfigurations()));
        MultiLayerNetwork wide = new MultiLayerNetwork(Widening.of(network, factor));
        base.init();
        wide.init();
        return init(base, wide, factor, seed) ? Attach.to(wide) : wide;
    }

    /**
     * As {@link #widen(MultiLayerNetwork, int, long)}, of a graph: all layers that have weights after them become wider. What joins
     * must grow alike, as in residual networks between wide layers; a sum of hidden units and the network's own input is refused.
     */
    public static ComputationGraph widen(ComputationGraph network, int factor, long seed) {
        ComputationGraph base = new ComputationGraph(Widening.detached(network.getConfiguration()));
        ComputationGraph wide = new ComputationGraph(Widening.of(network, factor));
        base.init();
        wide.init();
        return init(base, wide, factor, seed) ? Attach.to(wide) : wide;
    }

    /** Draws the wide network's initial values; returns whether it has an updater of this project. */
    private static boolean init(Model base, Model wide, int factor, long seed) {
        List<LayerTensor> from = LayerTensors.of(base);
        List<LayerTensor> to = LayerTensors.of(wide);
        for (int i = 0; i < to.size(); i++) {
            Role role = to.get(i).variable().role();
            if (role != Role.VECTOR) {
                double std = array(from.get(i)).stdNumber(false).doubleValue();
                fill(array(to.get(i)), std * shrink(role, factor), Rng.of(seed, "dl4j-widen", i));
            }
        }
        return to.stream().anyMatch(t -> t.owner().getConfig().getUpdaterByParam(t.parameter()) instanceof RuleUpdater);
    }

    private static double shrink(Role role, int factor) {
        return switch (role) {
            case INPUT, VECTOR -> 1;
            case HIDDEN -> 1 / Math.sqrt(factor);
            case OUTPUT -> 1.0 / factor;
        };
    }

    private static INDArray array(LayerTensor tensor) {
        return tensor.owner().paramTable(false).get(tensor.parameter());
    }

    private static void fill(INDArray array, double std, Rng rng) {
        float[] values = new float[Math.toIntExact(array.length())];
        rng.fillGaussian(values, std);
        array.assign(Nd4j.createFromArray(values).reshape('c', array.shape()));
    }
}
