package io.evolo.tasks.families;

import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Op;
import java.util.List;

/**
 * Convolutional networks that classify images: convolutions of 3×3, the mean over all pixels, a linear classifier. The width is the
 * first layer's number of channels.
 *
 * @param depth number of convolutions, uniform; at least 1
 * @param strided how many of them, the first ones, halve the image by stride 2, uniform; no more than there are, nor than the image
 *     allows
 * @param channels of each layer in multiples of the width; the last holds for all layers behind it
 * @param activations one is drawn for the whole network
 * @param norm what every convolution has before its activation
 */
public record Conv(IntRange depth, IntRange strided, List<Integer> channels, List<Activation> activations, Norm norm)
        implements Architecture.OfImages {

    public Conv {
        channels = List.copyOf(channels);
        activations = List.copyOf(activations);
        Checks.atLeast("depth", depth, 1);
        Checks.allAtLeast("channels", channels, 1);
        Checks.notEmpty("activations", activations);
    }

    /** Three layers of ReLU units, the first with stride 2, not normalised. */
    public static Conv standard() {
        return new Conv(IntRange.of(3), IntRange.of(1), List.of(1), List.of(Activation.RELU), Norm.NONE);
    }

    @Override
    public Conv lowest() {
        return new Conv(
                IntRange.of(depth.low()), IntRange.of(strided.low()), channels, List.of(activations.getFirst()), norm);
    }

    @Override
    public Drawn draw(Rng rng, int width, Parametrization parametrization, Dataset images) {
        int layers = depth.uniform(rng);
        int halving = Math.min(strided.uniform(rng), layers);
        Activation activation = activations.get(rng.nextInt(activations.size()));
        Network.Builder b = Network.builder(parametrization);
        Network.Value x = b.input(images.side(), images.side(), images.channels());
        for (int layer = 1; layer <= layers; layer++) {
            int filters = width * channels.get(Math.min(layer, channels.size()) - 1);
            Op.Kernel kernel = Op.Kernel.same(filters, 3, layer <= halving && x.shape().axis(0) > 1 ? 2 : 1);
            x = norm.convolution(b, "conv" + layer, x, kernel, layer == 1 ? Role.INPUT : Role.HIDDEN);
            x = b.activate(activation, x);
        }
        Network network = b.crossEntropy(b.affine("logits", b.globalAverage(x), images.classes(), Role.OUTPUT));
        String name = "conv-w" + width + "-d" + layers + "-s" + halving + "-" + Architecture.word(activation) + norm.suffix();
        return new Drawn(name, network, images.classes());
    }
}
