package io.evolo.tasks.families;

import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Op;
import java.util.List;

/**
 * Residual networks that classify images (He et al. 2016, in the form for small images): a convolution, groups of blocks of two
 * convolutions with a shortcut, the mean over all pixels, a linear classifier. Every group but the first begins with stride 2; where a
 * block changes the shape, its shortcut is a convolution of 1×1. The width is the first group's number of channels.
 *
 * @param blocks in every group, uniform; at least 1
 * @param channels of each group in multiples of the width: as many groups as items
 * @param kernel height and width of the blocks' kernels in pixels, odd
 * @param norm what every convolution has behind it
 */
public record Resnet(IntRange blocks, List<Integer> channels, int kernel, Norm norm) implements Architecture.OfImages {

    public Resnet {
        channels = List.copyOf(channels);
        Checks.atLeast("blocks", blocks, 1);
        Checks.allAtLeast("channels", channels, 1);
        if (kernel < 1 || kernel % 2 == 0) {
            throw new IllegalArgumentException("kernel is " + kernel + ", expected an odd number of pixels");
        }
    }

    /** Three groups of one block each, 1, 2 and 4 widths of channels, kernels of 3×3, batch normalisation. */
    public static Resnet standard() {
        return new Resnet(IntRange.of(1), List.of(1, 2, 4), 3, Norm.BATCH);
    }

    @Override
    public Resnet lowest() {
        return new Resnet(IntRange.of(blocks.low()), channels, kernel, norm);
    }

    @Override
    public Drawn draw(Rng rng, int width, Parametrization parametrization, Dataset images) {
        int perGroup = blocks.uniform(rng);
        Network.Builder b = Network.builder(parametrization);
        Network.Value x = b.input(images.side(), images.side(), images.channels());
        int first = width * channels.getFirst();
        x = b.relu(norm.convolution(b, "stem", x, Op.Kernel.same(first, 3, 1), Role.INPUT));
        for (int group = 1; group <= channels.size(); group++) {
            for (int block = 1; block <= perGroup; block++) {
                boolean halves = group > 1 && block == 1 && x.shape().axis(0) > 1;
                x = block(b, "group" + group + "-block" + block, x, width * channels.get(group - 1), halves ? 2 : 1);
            }
        }
        Network network = b.crossEntropy(b.affine("logits", b.globalAverage(x), images.classes(), Role.OUTPUT));
        String name = "resnet-w" + width + "-g" + channels.size() + "-b" + perGroup + norm.suffix();
        return new Drawn(name, network, images.classes());
    }

    private Network.Value block(Network.Builder b, String name, Network.Value x, int filters, int stride) {
        Network.Value y = norm.convolution(b, name + "/1", x, Op.Kernel.same(filters, kernel, stride), Role.HIDDEN);
        y = norm.convolution(b, name + "/2", b.relu(y), Op.Kernel.same(filters, kernel, 1), Role.HIDDEN);
        if (!y.shape().equals(x.shape())) {
            x = norm.convolution(b, name + "/shortcut", x, Op.Kernel.same(filters, 1, stride), Role.HIDDEN);
        }
        return b.relu(b.add(x, y));
    }
}
