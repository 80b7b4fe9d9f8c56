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
 * @param dropout probability of a zero behind every hidden layer's activation, in [0, 1)
 * @param loss what the outputs are judged by
 */
public record Mlp(IntRange depth, List<Activation> activations, Norm norm, double dropout, Loss loss)
        implements Architecture.OfImages {

    public Mlp {
        activations = List.copyOf(activations);
        Checks.notEmpty("activations", activations);
        Checks.probability("dropout", dropout);
    }

    /** One hidden layer of ReLU units, neither normalised nor dropped, judged by cross-entropy. */
    public static Mlp standard() {
        return of(1);
    }

    /** ReLU networks of that depth, neither normalised nor dropped, judged by cross-entropy. */
    public static Mlp of(int depth) {
        return new Mlp(IntRange.of(depth), List.of(Activation.RELU), Norm.NONE, 0, Loss.CROSS_ENTROPY);
    }

    @Override
    public Mlp lowest() {
        return new Mlp(IntRange.of(depth.low()), List.of(activations.getFirst()), norm, dropout, loss);
    }

    @Override
    public Drawn draw(Rng rng, int width, Parametrization parametrization, Dataset images) {
        int layers = depth.uniform(rng);
        Activation activation = activations.get(rng.nextInt(activations.size()));
        Network.Builder b = Network.builder(parametrization);
        Network.Value x = b.input(images.features());
        for (int layer = 1; layer <= layers; layer++) {
            x = b.affine("dense" + layer, x, width, layer == 1 ? Role.INPUT : Role.HIDDEN);
            x = b.dropout(dropout, b.activate(activation, norm.apply(b, "norm" + layer, x)));
        }
        Network network = loss.end(b, b.affine("logits", x, images.classes(), Role.OUTPUT));
        String name = "mlp-w" + width + "-d" + layers + "-" + Architecture.word(activation) + norm.suffix()
                + (dropout > 0 ? "-drop" + dropout : "") + loss.suffix();
        return new Drawn(name, network, loss.classes(images.classes()));
    }
}
