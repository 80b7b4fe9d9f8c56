package io.evolo.tasks.families;

import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Op;

/**
 * Vision transformers that classify images (Dosovitskiy et al. 2021, with the mean over positions in place of a class token): patches,
 * learned positions, {@linkplain TransformerBlocks blocks} with full attention, a linear classifier. The width is that of the residual
 * stream, rounded up to a multiple of the heads or of their size.
 *
 * @param depth number of blocks, uniform; at least 1
 * @param heads of every attention
 * @param headSize units of a head, so that wider networks have more heads; 0: as many heads at every width
 * @param patch height and width of a patch in pixels; what does not fill one at the right and the bottom is not seen
 * @param expansion hidden units of the blocks' perceptrons in multiples of the width
 * @param dropout probability of a zero at the end of every residual branch, in [0, 1)
 */
public record Vit(IntRange depth, int heads, int headSize, int patch, int expansion, double dropout) implements Architecture.OfImages {

    public Vit {
        Checks.atLeast("depth", depth, 1);
        new Heads(heads, headSize); // refuses values out of range
        Checks.atLeast("patch", patch, 1);
        Checks.atLeast("expansion", expansion, 1);
        Checks.probability("dropout", dropout);
    }

    /** With as many heads at every width. */
    public Vit(IntRange depth, int heads, int patch, int expansion, double dropout) {
        this(depth, heads, 0, patch, expansion, dropout);
    }

    /** Two blocks with four heads on patches of 2×2, perceptrons of 4 widths, nothing dropped. */
    public static Vit standard() {
        return new Vit(IntRange.of(2), 4, 2, 4, 0);
    }

    @Override
    public Vit lowest() {
        return new Vit(IntRange.of(depth.low()), heads, headSize, patch, expansion, dropout);
    }

    @Override
    public Drawn draw(Rng rng, int width, Parametrization parametrization, Dataset images) {
        int blocks = depth.uniform(rng);
        Heads split = new Heads(heads, headSize);
        int units = split.width(width);
        Network.Builder b = Network.builder(parametrization);
        Network.Value x = b.input(images.side(), images.side(), images.channels());
        x = b.convolution("patches", x, Op.Kernel.patches(units, patch), Role.INPUT);
        x = b.positions("positions", b.reshape(x, x.shape().axis(0) * x.shape().axis(1), units));
        x = new TransformerBlocks(blocks, split, false, expansion, dropout).build(b, b.dropout(dropout, x));
        Network network = b.crossEntropy(b.affine("logits", b.globalAverage(x), images.classes(), Role.OUTPUT));
        String name = "vit-w" + units + "-d" + blocks + split.suffix() + "-p" + patch + (dropout > 0 ? "-drop" + dropout : "");
        return new Drawn(name, network, images.classes());
    }
}
