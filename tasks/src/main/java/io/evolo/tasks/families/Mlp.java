package io.evolo.tasks.families;

import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.nn.Network;
import java.util.List;

/**
 * Multilayer perceptrons that classify images. Depth counts hidden layers: width 32 and depth 1 on 64 inputs is 64-32-10, Celo's
 * task; depth 3 is muLO's "d3", an input matrix, two hidden matrices and an output matrix.
 *
 * @param depth number of hidden layers, uniform; 0 is a linear classifier, whose inputs then count as its width
 * @param activations one is drawn for the whole network
 * @param norm what every hidden layer has before its activation
 */
public record Mlp(IntRange depth, List<Activation> activations, Norm norm) implements Architecture.OfImages {

    public Mlp {
        activations = List.copyOf(activations);
        if (activations.isEmpty()) {
            throw new IllegalArgumentException("activations is empty, expected at least one");
        }
    }

    /** One hidden layer of ReLU units, not normalised. */
    public static Mlp standard() {
        return of(1);
    }

    /** ReLU networks of that depth, not normalised. */
    public static Mlp of(int depth) {
        return new Mlp(IntRange.of(depth), List.of(Activation.RELU), Norm.NONE);
    }

    @Override
    public Mlp lowest() {
        return new Mlp(IntRange.of(depth.low()), List.of(activations.getFirst()), norm);
    }

    @Override
    public Drawn draw(Rng rng, int width, Parametrization parametrization, Dataset images) {
        int layers = depth.uniform(rng);
        Activation activation = activations.get(rng.nextInt(activations.size()));
        Network.Builder b = Network.builder(parametrization);
        Network.Value x = b.input(images.features());
        for (int layer = 1; layer <= layers; layer++) {
            x = b.affine("dense" + layer, x, width, layer == 1 ? Role.INPUT : Role.HIDDEN);
            x = b.activate(activation, norm.apply(b, "norm" + layer, x));
        }
        Network network = b.crossEntropy(b.affine("logits", x, images.classes(), Role.OUTPUT));
        String name = "mlp-w" + width + "-d" + layers + "-" + Architecture.word(activation) + norm.suffix();
        return new Drawn(name, network, images.classes());
    }
}
