package io.evolo.tasks.kernels;

/** {@link RecurrentCell#GRU}: u keeps r, z and n; what the state and the bias contribute to n before the reset is kept here. */
final class GruCell implements CellSteps {
    private final Twin twin;
    private final int units;
    /** u + b of every row, in n's formula. */
    private final float[] candidates;

    private final float[] scratch;
    private final float[] zeros;

    GruCell(Twin twin, int units, int rows) {
        this.twin = twin;
        this.units = units;
        this.candidates = new float[Math.multiplyExact(rows, units)];
        this.scratch = new float[units];
        this.zeros = new float[units];
    }

    @Override
    public void forward(boolean first, int row, float[] a, int aAt, float[] u, int uAt, float[] w, int biasAt, float[] h, int hAt) {
        int candidate = row * units;
        int z = uAt + units;
        int n = uAt + 2 * units;
        System.arraycopy(u, n, candidates, candidate, units);
        Elements.add(twin, w, biasAt, candidates, candidate, units);
        Elements.add(twin, a, aAt, u, uAt, 2 * units);
        Activations.forward(twin, Activation.SIGMOID, u, uAt, u, uAt, 2 * units);
        Elements.multiply(twin, u, uAt, candidates, candidate, u, n, units);
        Elements.add(twin, a, aAt + 2 * units, u, n, units);
        Activations.forward(twin, Activation.TANH, u, n, u, n, units);
        // h = n + z·(h' − n)
        difference(first ? zeros : h, first ? 0 : hAt - units, u, n);
        Elements.multiply(twin, u, z, scratch, 0, scratch, 0, units);
        System.arraycopy(u, n, h, hAt, units);
        Elements.add(twin, scratch, 0, h, hAt, units);
    }

    @Override
    public void backward(
            boolean first, int row, float[] h, int hAt, float[] dh, int dhAt, float[] u, int uAt, float[] da, int daAt, float[] w,
            float[] gradient, int biasAt) {
        int z = uAt + units;
        int n = uAt + 2 * units;
        int dz = daAt + units;
        int dn = daAt + 2 * units;
        difference(first ? zeros : h, first ? 0 : hAt - units, u, n);
        Elements.multiply(twin, dh, dhAt, scratch, 0, da, dz, units);
        Elements.multiply(twin, dh, dhAt, u, z, scratch, 0, units);
        if (!first) {
            Elements.add(twin, scratch, 0, dh, dhAt - units, units);
        }
        // dh·(1 − z)
        Elements.scale(twin, -1, scratch, 0, scratch, 0, units);
        Elements.add(twin, scratch, 0, dh, dhAt, units);
        Activations.backward(twin, Activation.TANH, u, n, u, n, dh, dhAt, da, dn, units);
        Elements.multiply(twin, da, dn, candidates, row * units, da, daAt, units);
        Elements.multiply(twin, da, dn, u, uAt, scratch, 0, units);
        Activations.backward(twin, Activation.SIGMOID, u, uAt, u, uAt, da, daAt, da, daAt, 2 * units);
        System.arraycopy(da, daAt, u, uAt, 2 * units);
        System.arraycopy(scratch, 0, u, n, units);
        Elements.add(twin, scratch, 0, gradient, biasAt, units);
    }

    /** scratch = x − y. */
    private void difference(float[] x, int xAt, float[] y, int yAt) {
        Elements.scale(twin, -1, y, yAt, scratch, 0, units);
        Elements.add(twin, x, xAt, scratch, 0, units);
    }
}
