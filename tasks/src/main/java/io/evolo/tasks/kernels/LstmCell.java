package io.evolo.tasks.kernels;

import java.util.Arrays;

/** {@link RecurrentCell#LSTM}: u keeps the gates i, f, o, g; cells and their tanh are kept here. */
final class LstmCell implements CellSteps {
    private final Twin twin;
    private final int units;
    /** c of every row, and tanh c. */
    private final float[] cells;

    private final float[] tanh;
    /** Gradient of c, [rows]; that of the row before is written when a row is done. */
    private final float[] carried;

    private final float[] scratch;

    LstmCell(Twin twin, int units, int rows) {
        this.twin = twin;
        this.units = units;
        this.cells = new float[Math.multiplyExact(rows, units)];
        this.tanh = new float[cells.length];
        this.carried = new float[cells.length];
        this.scratch = new float[units];
    }

    @Override
    public void forward(boolean first, int row, float[] a, int aAt, float[] u, int uAt, float[] w, int biasAt, float[] h, int hAt) {
        int c = row * units;
        int forget = uAt + units;
        int output = uAt + 2 * units;
        int input = uAt + 3 * units;
        Elements.add(twin, a, aAt, u, uAt, 4 * units);
        Elements.affine(twin, 1, 1, u, forget, u, forget, units);
        Activations.forward(twin, Activation.SIGMOID, u, uAt, u, uAt, 3 * units);
        Activations.forward(twin, Activation.TANH, u, input, u, input, units);
        Elements.multiply(twin, u, uAt, u, input, cells, c, units);
        if (!first) {
            Elements.multiply(twin, u, forget, cells, c - units, scratch, 0, units);
            Elements.add(twin, scratch, 0, cells, c, units);
        }
        Activations.forward(twin, Activation.TANH, cells, c, tanh, c, units);
        Elements.multiply(twin, u, output, tanh, c, h, hAt, units);
        Arrays.fill(carried, c, c + units, 0);
    }

    @Override
    public void backward(
            boolean first, int row, float[] h, int hAt, float[] dh, int dhAt, float[] u, int uAt, float[] da, int daAt, float[] w,
            float[] gradient, int biasAt) {
        int c = row * units;
        int forget = uAt + units;
        int output = uAt + 2 * units;
        int input = uAt + 3 * units;
        int dForget = daAt + units;
        int dOutput = daAt + 2 * units;
        int dInput = daAt + 3 * units;
        Elements.multiply(twin, dh, dhAt, tanh, c, da, dOutput, units);
        // dc = carried + dh·o·(1 − tanh² c)
        Elements.multiply(twin, dh, dhAt, u, output, dh, dhAt, units);
        Activations.backward(twin, Activation.TANH, tanh, c, tanh, c, dh, dhAt, scratch, 0, units);
        Elements.add(twin, carried, c, scratch, 0, units);
        Elements.multiply(twin, scratch, 0, u, input, da, daAt, units);
        Elements.multiply(twin, scratch, 0, u, uAt, da, dInput, units);
        if (first) {
            Arrays.fill(da, dForget, dForget + units, 0);
        } else {
            Elements.multiply(twin, scratch, 0, cells, c - units, da, dForget, units);
            Elements.multiply(twin, scratch, 0, u, forget, carried, c - units, units);
        }
        Activations.backward(twin, Activation.SIGMOID, u, uAt, u, uAt, da, daAt, da, daAt, 3 * units);
        Activations.backward(twin, Activation.TANH, u, input, u, input, da, dInput, da, dInput, units);
        System.arraycopy(da, daAt, u, uAt, 4 * units);
    }
}
