package io.evolo.tasks.families;

import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Target;
import java.util.List;

/**
 * Multilayer perceptrons that reproduce images through a narrow layer: width 128, depth 1 and narrowing 4 is 128-32-128. The loss is
 * the mean squared error; there is no accuracy.
 *
 * @param depth hidden layers before the narrow one, and as many behind it, uniform; at least 1
 * @param narrowing how many times narrower than the width the narrow layer is, rounded up, log-uniform: it grows with the width
 * @param activations one is drawn for all hidden layers
 * @param norm what every hidden layer but the narrow one has before its activation
 */
public record Autoencoder(IntRange depth, IntRange narrowing, List<Activation> activations, Norm norm)
        implements Architecture.OfImages {

    public Autoencoder {
        activations = List.copyOf(activations);
        Checks.atLeast("depth", depth, 1);
        Checks.atLeast("narrowing", narrowing, 1);
        Checks.notEmpty("activations", activations);
    }

    /** One hidden layer of ReLU units on either side of a quarter of them, not normalised. */
    public static Autoencoder standard() {
        return new Autoencoder(IntRange.of(1), IntRange.of(4), List.of(Activation.RELU), Norm.NONE);
    }

    @Override
    public Autoencoder lowest() {
        return new Autoencoder(
                IntRange.of(depth.low()), IntRange.of(narrowing.low()), List.of(activations.getFirst()), norm);
    }

    @Override
    public Drawn draw(Rng rng, int width, Parametrization parametrization, Dataset images) {
        int layers = depth.uniform(rng);
        int factor = narrowing.logUniform(rng);
        int narrow = (width + factor - 1) / factor;
        Activation activation = activations.get(rng.nextInt(activations.size()));
        Network.Builder b = Network.builder(parametrization);
        Perceptron hidden = new Perceptron(layers, width, activation, norm);
        Network.Value x = hidden.build(b, "encoder", b.input(images.features()), Role.INPUT);
        x = b.activate(activation, b.affine("latent", x, narrow, Role.HIDDEN));
        x = hidden.build(b, "decoder", x, Role.HIDDEN);
        Network network = b.squaredError(b.affine("output", x, images.features(), Role.OUTPUT), Target.INPUT);
        String name = "autoencoder-w" + width + "-d" + layers + "-z" + narrow + "-" + Architecture.word(activation) + norm.suffix();
        return new Drawn(name, network, 0);
    }
}
