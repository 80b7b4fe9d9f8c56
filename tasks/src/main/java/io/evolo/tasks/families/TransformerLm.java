package io.evolo.tasks.families;

import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.data.TokenData;
import io.evolo.tasks.nn.Network;

/**
 * Decoder-only transformers that predict the next token: an embedding, learned positions, {@linkplain TransformerBlocks blocks} with
 * causal attention, a linear classifier that shares no tensor with the embedding. The width is that of the residual stream, rounded up
 * to a multiple of the heads or of their size.
 *
 * @param depth number of blocks, uniform; at least 1
 * @param heads of every attention
 * @param headSize units of a head, so that wider networks have more heads; 0: as many heads at every width
 * @param length tokens of a window, uniform; at least 1
 * @param expansion hidden units of the blocks' perceptrons in multiples of the width
 * @param dropout probability of a zero in the embedding and at the end of every residual branch, in [0, 1)
 */
public record TransformerLm(IntRange depth, int heads, int headSize, IntRange length, int expansion, double dropout)
        implements Architecture.OfText {

    public TransformerLm {
        Checks.atLeast("depth", depth, 1);
        new Heads(heads, headSize); // refuses values out of range
        Checks.atLeast("length", length, 1);
        Checks.atLeast("expansion", expansion, 1);
        Checks.probability("dropout", dropout);
    }

    /** With as many heads at every width. */
    public TransformerLm(IntRange depth, int heads, IntRange length, int expansion, double dropout) {
        this(depth, heads, 0, length, expansion, dropout);
    }

    /** Two blocks with four heads on windows of 32 tokens, perceptrons of 4 widths, nothing dropped. */
    public static TransformerLm standard() {
        return new TransformerLm(IntRange.of(2), 4, IntRange.of(32), 4, 0);
    }

    @Override
    public TransformerLm lowest() {
        return new TransformerLm(IntRange.of(depth.low()), heads, headSize, IntRange.of(length.low()), expansion, dropout);
    }

    @Override
    public Drawn draw(Rng rng, int width, Parametrization parametrization, TokenData text) {
        int blocks = depth.uniform(rng);
        int positions = length.uniform(rng);
        Heads split = new Heads(heads, headSize);
        int units = split.width(width);
        Network.Builder b = Network.builder(parametrization);
        Network.Value x = b.embedding("embedding", b.tokens(text.vocabulary(), positions), units);
        x = b.dropout(dropout, b.positions("positions", x));
        x = new TransformerBlocks(blocks, split, true, expansion, dropout).build(b, x);
        Network network = b.crossEntropy(b.affine("logits", x, text.vocabulary(), Role.OUTPUT));
        String name = "transformer-lm-w" + units + "-d" + blocks + split.suffix() + "-l" + positions
                + (dropout > 0 ? "-drop" + dropout : "");
        return new Drawn(name, network, text.vocabulary());
    }
}
