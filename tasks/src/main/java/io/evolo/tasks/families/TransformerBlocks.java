package io.evolo.tasks.families;

import io.evolo.tasks.Role;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.nn.Network;

/**
 * Blocks of attention and a multilayer perceptron, each behind a layer normalisation and beside a residual connection (pre-LN), and a
 * last layer normalisation.
 *
 * @param count how many
 * @param heads of every attention
 * @param causal whether a position sees only itself and those before it
 * @param expansion hidden units of the perceptrons in multiples of the width
 * @param dropout probability of a zero at the end of every residual branch
 */
record TransformerBlocks(int count, Heads heads, boolean causal, int expansion, double dropout) {

    Network.Value build(Network.Builder b, Network.Value x) {
        for (int i = 1; i <= count; i++) {
            String name = "block" + i;
            Network.Value y = b.layerNorm(name + "/norm1", x);
            y = b.attention(name + "/attention", y, heads.at(x.shape().axis(1)), heads.growth(), causal);
            x = b.add(x, b.dropout(dropout, y));
            x = b.add(x, b.dropout(dropout, perceptron(b, name, b.layerNorm(name + "/norm2", x))));
        }
        return b.layerNorm("norm", x);
    }

    private Network.Value perceptron(Network.Builder b, String name, Network.Value x) {
        int width = x.shape().axis(1);
        Network.Value hidden = b.affine(name + "/mlp1", x, expansion * width, Role.HIDDEN);
        return b.affine(name + "/mlp2", b.activate(Activation.GELU, hidden), width, Role.HIDDEN);
    }
}
