package io.evolo.tasks.kernels;

import java.util.Arrays;

/**
 * A recurrent layer unrolled through time from a state of zeros, and back-propagation through all of it. What the inputs contribute
 * to the gates, [examples, positions, gates · units], has been computed before for all positions in one product; the states are
 * [examples, positions, units]. Both twins give the same bits.
 *
 * <p>Holds scratch memory and what backward needs of forward: one object belongs to one thread.
 */
public final class Recurrence {

    /**
     * Sizes of one layer.
     *
     * @param examples sequences in the batch
     * @param positions length of a sequence
     * @param units of the state
     */
    public record Geometry(RecurrentCell cell, int examples, int positions, int units) {

        public Geometry {
            if (examples < 1 || positions < 1 || units < 1) {
                throw new IllegalArgumentException("recurrent layer over " + examples + " sequences of " + positions
                        + " positions with " + units + " units: everything must be at least 1");
            }
        }

        int blocks() {
            return cell.gates() * units;
        }
    }

    private final Twin twin;
    private final Geometry g;
    private final CellSteps cell;
    private final Gemm forward;
    private final Gemm back;
    private final Gemm weights;
    /** What the states contribute, [examples, positions, gates · units]; in backward its gradient. */
    private final float[] contribution;
    /** W transposed, [gates · units, units]. */
    private final float[] transposed;

    public Recurrence(Twin twin, Geometry geometry) {
        this.twin = twin;
        this.g = geometry;
        int blocks = g.blocks();
        int states = g.positions * g.units;
        int gates = g.positions * blocks;
        this.contribution = new float[Math.multiplyExact(g.examples, gates)];
        this.transposed = new float[Math.multiplyExact(blocks, g.units)];
        this.cell = switch (g.cell) {
            case VANILLA -> new VanillaCell(twin, g.units);
            case GRU -> new GruCell(twin, g.units, g.examples * g.positions);
            case LSTM -> new LstmCell(twin, g.units, g.examples * g.positions);
        };
        this.forward = new Gemm(
                twin, Gemm.Form.NN, g.examples, blocks, 1, g.units, new Gemm.Strides(states, 1, 0, blocks, 0, gates));
        this.back = new Gemm(
                twin, Gemm.Form.NN, g.examples, g.units, 1, blocks, new Gemm.Strides(gates, 1, 0, g.units, 0, states));
        this.weights = new Gemm(
                twin,
                Gemm.Form.TN,
                g.units,
                blocks,
                g.examples,
                Math.max(1, g.positions - 1),
                new Gemm.Strides(1, g.units, states, blocks, gates, blocks));
    }

    /**
     * Writes the states to h.
     *
     * @param a what the inputs contribute
     * @param weightAt where W [units, gates · units] lies in w
     * @param biasAt where the cell's own bias [units] lies in w, if it has one
     */
    public void forward(float[] a, int aAt, float[] w, int weightAt, int biasAt, float[] h, int hAt) {
        int blocks = g.blocks();
        for (int t = 0; t < g.positions; t++) {
            if (t > 0) {
                forward.multiply(h, hAt + (t - 1) * g.units, w, weightAt, contribution, t * blocks);
            }
            for (int i = 0; i < g.examples; i++) {
                int row = i * g.positions + t;
                if (t == 0) {
                    Arrays.fill(contribution, row * blocks, (row + 1) * blocks, 0);
                }
                cell.forward(t == 0, row, a, aAt + row * blocks, contribution, row * blocks, w, biasAt, h, hAt + row * g.units);
            }
        }
    }

    /**
     * Writes the gradients of the inputs' contribution to da, and of W and the cell's bias to {@code gradient}; dh, the gradient of
     * the states by what follows, is destroyed. The arguments of the last forward pass must be as they were.
     */
    public void backward(
            float[] h, int hAt, float[] dh, int dhAt, float[] w, int weightAt, int biasAt, float[] da, int daAt, float[] gradient) {
        int blocks = g.blocks();
        Transpose.run(twin, w, weightAt, g.units, blocks, transposed, 0);
        if (g.cell.hasBias()) {
            Arrays.fill(gradient, biasAt, biasAt + g.units, 0);
        }
        for (int t = g.positions - 1; t >= 0; t--) {
            if (t < g.positions - 1) {
                back.multiplyAdd(contribution, (t + 1) * blocks, transposed, 0, dh, dhAt + t * g.units);
            }
            for (int i = 0; i < g.examples; i++) {
                int row = i * g.positions + t;
                cell.backward(
                        t == 0, row, h, hAt + row * g.units, dh, dhAt + row * g.units, contribution, row * blocks, da,
                        daAt + row * blocks, w, gradient, biasAt);
            }
        }
        weights(h, hAt, gradient, weightAt);
    }

    private void weights(float[] h, int hAt, float[] gradient, int weightAt) {
        if (g.positions == 1) {
            Arrays.fill(gradient, weightAt, weightAt + g.units * g.blocks(), 0);
        } else {
            weights.multiply(h, hAt, contribution, g.blocks(), gradient, weightAt);
        }
    }

    /** Floating-point operations of one forward pass, without the gates' functions; backward takes twice as many. */
    public double flops() {
        return 2.0 * g.examples * (g.positions - 1) * g.units * g.blocks();
    }
}
