package io.evolo.tasks.kernels;

/**
 * Multi-head attention of a sequence to itself (Vaswani et al. 2017): per example and head, softmax(factor·q·kᵀ)·v. Queries, keys,
 * values and result are [examples, positions, heads · size]; a head is a slice of the last axis. Scores are kept transposed, one
 * column per query, so that the softmax works on lanes. Both twins give the same bits.
 *
 * <p>Holds scratch memory and what backward needs of forward: one object belongs to one thread.
 */
public final class SelfAttention {

    /**
     * What is computed.
     *
     * @param examples sequences in the batch
     * @param positions length of a sequence
     * @param heads how many
     * @param size of one head
     * @param causal whether a position sees only itself and those before it
     * @param factor on the products of queries and keys
     */
    public record Geometry(int examples, int positions, int heads, int size, boolean causal, float factor) {

        public Geometry {
            if (examples < 1 || positions < 1 || heads < 1 || size < 1) {
                throw new IllegalArgumentException("attention of " + examples + " sequences of " + positions + " positions with "
                        + heads + " heads of " + size + ": everything must be at least 1");
            }
        }

        int width() {
            return heads * size;
        }
    }

    private final Twin twin;
    private final Geometry g;
    /** [positions × size slice]·[size × positions]: scores, and gradients of the shares. */
    private final Gemm toScores;
    /** [positions × positions]ᵀ·[positions × size slice]: for every query, a sum over what it sees. */
    private final Gemm byQuery;
    /** [positions × positions]·[positions × size slice]: for every position, a sum over those that see it. */
    private final Gemm byKey;
    /** What every query sees of every position, [examples, heads, positions seen, queries]. */
    private final float[] shares;

    private final float[] shareGradients;
    private final float[] transposed;

    public SelfAttention(Twin twin, Geometry geometry) {
        this.twin = twin;
        this.g = geometry;
        int n = g.positions;
        int width = g.width();
        this.toScores = new Gemm(twin, Gemm.Form.NN, n, n, 1, g.size, new Gemm.Strides(width, 1, 0, n, 0, n));
        this.byQuery = new Gemm(twin, Gemm.Form.TN, n, g.size, 1, n, new Gemm.Strides(1, n, 0, width, 0, width));
        this.byKey = new Gemm(twin, Gemm.Form.NN, n, g.size, 1, n, new Gemm.Strides(n, 1, 0, width, 0, width));
        this.shares = new float[Math.multiplyExact(g.examples * g.heads, n * n)];
        this.shareGradients = new float[n * n];
        this.transposed = new float[g.size * n];
    }

    /** Queries, keys and values as they lie in one array. */
    public record Inputs(float[] memory, int queries, int keys, int values) {}

    /** Writes the result to y. */
    public void forward(Inputs in, float[] y, int yAt) {
        for (int i = 0; i < g.examples * g.heads; i++) {
            int slice = slice(i);
            int scores = i * g.positions * g.positions;
            transpose(in.memory, in.queries + slice);
            Elements.scale(twin, g.factor, transposed, 0, transposed, 0, transposed.length);
            toScores.multiply(in.memory, in.keys + slice, transposed, 0, shares, scores);
            SoftmaxColumns.forward(twin, g.causal, shares, scores, g.positions);
            byQuery.multiply(shares, scores, in.memory, in.values + slice, y, yAt + slice);
        }
    }

    /** Writes the gradients of queries, keys and values to where {@code gradients} says, for dy after the last forward pass. */
    public void backward(Inputs in, float[] dy, int dyAt, Inputs gradients) {
        for (int i = 0; i < g.examples * g.heads; i++) {
            int slice = slice(i);
            int scores = i * g.positions * g.positions;
            byKey.multiply(shares, scores, dy, dyAt + slice, gradients.memory, gradients.values + slice);
            transpose(dy, dyAt + slice);
            toScores.multiply(in.memory, in.values + slice, transposed, 0, shareGradients, 0);
            SoftmaxColumns.backward(twin, g.factor, shares, scores, shareGradients, 0, g.positions);
            byQuery.multiply(shareGradients, 0, in.memory, in.keys + slice, gradients.memory, gradients.queries + slice);
            byKey.multiply(shareGradients, 0, in.memory, in.queries + slice, gradients.memory, gradients.keys + slice);
        }
    }

    private int slice(int i) {
        return i / g.heads * g.positions * g.width() + i % g.heads * g.size;
    }

    private void transpose(float[] x, int at) {
        Transpose.run(twin, x, at, g.width(), g.positions, g.size, transposed, 0, g.positions);
    }

    /** Floating-point operations of one forward pass, without the softmax; backward takes twice as many. */
    public double flops() {
        return 4.0 * g.examples * g.heads * g.positions * g.positions * g.size;
    }
}
