package io.evolo.tasks;

import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.nn.Network;
import java.util.List;
import java.util.Locale;

/**
 * Multilayer perceptrons that classify images. Depth counts hidden layers: width 32 and depth 1 on 64 inputs is 64-32-10, Celo's
 * task; depth 3 is muLO's "d3", an input matrix, two hidden matrices and an output matrix.
 *
 * @param width units of every hidden layer, log-uniform; at least 1
 * @param depth number of hidden layers, uniform; 0 is a linear classifier, whose inputs then count as its width
 * @param batch examples in a batch, log-uniform; at least 1
 * @param activations one is drawn for the whole network
 * @param norm whether every hidden layer is normalised before its activation
 * @param parametrization how it scales with the width
 * @param datasets one is drawn
 * @param lossScale from training loss to meta-loss
 */
public record MlpFamily(
        IntRange width,
        IntRange depth,
        IntRange batch,
        List<Activation> activations,
        Norm norm,
        Parametrization parametrization,
        List<Dataset> datasets,
        LossScale lossScale)
        implements TaskFamily {

    /** What stands between a hidden layer's product and its activation. */
    public enum Norm {
        NONE,
        LAYER
    }

    public MlpFamily {
        activations = List.copyOf(activations);
        datasets = List.copyOf(datasets);
        if (width.low() < 1 || batch.low() < 1) {
            throw new IllegalArgumentException("MLP family: width " + width + " and batch " + batch + ", expected at least 1");
        }
        if (activations.isEmpty() || datasets.isEmpty()) {
            throw new IllegalArgumentException("MLP family: " + activations.size() + " activations and " + datasets.size()
                    + " data sets, expected at least one of each");
        }
    }

    /** ReLU networks of one size, not normalised, on one data set, with losses in nats. */
    public static MlpFamily of(int width, int depth, int batch, Parametrization parametrization, Dataset dataset) {
        return new MlpFamily(
                IntRange.of(width),
                IntRange.of(depth),
                IntRange.of(batch),
                List.of(Activation.RELU),
                Norm.NONE,
                parametrization,
                List.of(dataset),
                LossScale.NATS);
    }

    @Override
    public NetworkTask sample(Rng rng) {
        Dataset dataset = datasets.get(rng.nextInt(datasets.size()));
        int units = width.logUniform(rng);
        int layers = depth.uniform(rng);
        int examples = batch.logUniform(rng);
        Activation activation = activations.get(rng.nextInt(activations.size()));
        return task(dataset, units, layers, examples, activation);
    }

    private NetworkTask task(Dataset dataset, int units, int layers, int examples, Activation activation) {
        String name = "mlp-w" + units + "-d" + layers + "-" + activation.name().toLowerCase(Locale.ROOT).replace('_', '-')
                + (norm == Norm.LAYER ? "-ln" : "") + " on " + dataset.name();
        Network network = network(dataset, units, layers, activation);
        return new NetworkTask(name, network, dataset, examples, lossScale.forClasses(dataset.classes()));
    }

    private Network network(Dataset dataset, int units, int layers, Activation activation) {
        Network.Builder b = Network.builder(parametrization);
        Network.Value x = b.input(dataset.features());
        for (int layer = 1; layer <= layers; layer++) {
            x = b.affine("dense" + layer, x, units, layer == 1 ? Role.INPUT : Role.HIDDEN);
            x = norm == Norm.LAYER ? b.layerNorm("norm" + layer, x) : x;
            x = b.activate(activation, x);
        }
        return b.crossEntropy(b.affine("logits", x, dataset.classes(), Role.OUTPUT));
    }
}
