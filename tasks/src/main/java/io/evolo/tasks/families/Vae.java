package io.evolo.tasks.families;

import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.EvidenceBound;
import io.evolo.tasks.nn.Network;
import java.util.List;

/**
 * Variational autoencoders of multilayer perceptrons (Kingma & Welling 2014). The loss is the negative evidence lower bound in nats
 * per pixel value; there is no accuracy. Bernoulli outputs want images in [0, 1], which {@code standardize: false} leaves them in.
 *
 * @param depth hidden layers of the encoder, and as many of the decoder, uniform; at least 1
 * @param latent dimensions of the draw, log-uniform; they do not grow with the width
 * @param activations one is drawn for all hidden layers
 * @param likelihood what the decoder's outputs say of a pixel value
 */
public record Vae(IntRange depth, IntRange latent, List<Activation> activations, EvidenceBound.Likelihood likelihood)
        implements Architecture.OfImages {

    public Vae {
        activations = List.copyOf(activations);
        Checks.atLeast("depth", depth, 1);
        Checks.atLeast("latent", latent, 1);
        Checks.notEmpty("activations", activations);
    }

    /** One hidden layer of ReLU units on either side of 16 dimensions, Gaussian outputs. */
    public static Vae standard() {
        return new Vae(IntRange.of(1), IntRange.of(16), List.of(Activation.RELU), EvidenceBound.Likelihood.GAUSSIAN);
    }

    @Override
    public Vae lowest() {
        return new Vae(
                IntRange.of(depth.low()), IntRange.of(latent.low()), List.of(activations.getFirst()), likelihood);
    }

    @Override
    public Drawn draw(Rng rng, int width, Parametrization parametrization, Dataset images) {
        int layers = depth.uniform(rng);
        int dimensions = latent.logUniform(rng);
        Activation activation = activations.get(rng.nextInt(activations.size()));
        Network.Builder b = Network.builder(parametrization);
        Perceptron hidden = new Perceptron(layers, width, activation, Norm.NONE);
        Network.Value x = hidden.build(b, "encoder", b.input(images.features()), Role.INPUT);
        Network.Value mean = b.affine("mean", x, dimensions, Role.OUTPUT);
        Network.Value logVariance = b.affine("log-variance", x, dimensions, Role.OUTPUT);
        x = hidden.build(b, "decoder", b.sample(mean, logVariance), Role.INPUT);
        Network.Value prediction = b.affine("output", x, images.features(), Role.OUTPUT);
        String name = "vae-w" + width + "-d" + layers + "-z" + dimensions + "-" + Architecture.word(activation) + "-"
                + Architecture.word(likelihood);
        return new Drawn(name, b.elbo(prediction, mean, logVariance, likelihood), 0);
    }
}
