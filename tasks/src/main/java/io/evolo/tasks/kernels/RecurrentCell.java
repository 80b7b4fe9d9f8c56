package io.evolo.tasks.kernels;

/**
 * The cells of recurrent networks. Their arguments are blocks of [units] values: what the input contributes to each gate, a, and what
 * the last state h' contributes, u = h'·W.
 */
public enum RecurrentCell {
    /** h = tanh(a + u). */
    VANILLA(1),
    /**
     * Gates in the order r, z, n: r = σ(a + u), z = σ(a + u), n = tanh(a + r·(u + b)), h = (1 − z)·n + z·h' (Cho et al. 2014 in the
     * form that resets after the product).
     */
    GRU(3),
    /**
     * Gates in the order i, f, o, g: i, o = σ(a + u), f = σ(a + u + 1), g = tanh(a + u), c = f·c' + i·g, h = o·tanh c (Hochreiter &
     * Schmidhuber 1997; the 1 as Jozefowicz et al. 2015 advise).
     */
    LSTM(4);

    private final int gates;

    RecurrentCell(int gates) {
        this.gates = gates;
    }

    /** Blocks of [units] values that the input and the last state contribute to. */
    public int gates() {
        return gates;
    }

    /** Whether it has a bias of its own, b in the {@link #GRU}'s formula. */
    public boolean hasBias() {
        return this == GRU;
    }
}
