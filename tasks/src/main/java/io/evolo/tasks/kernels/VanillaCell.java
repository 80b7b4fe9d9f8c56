package io.evolo.tasks.kernels;

/** {@link RecurrentCell#VANILLA}. */
record VanillaCell(Twin twin, int units) implements CellSteps {
    @Override
    public void forward(boolean first, int row, float[] a, int aAt, float[] u, int uAt, float[] w, int biasAt, float[] h, int hAt) {
        Elements.add(twin, a, aAt, u, uAt, units);
        Activations.forward(twin, Activation.TANH, u, uAt, h, hAt, units);
    }

    @Override
    public void backward(
            boolean first, int row, float[] h, int hAt, float[] dh, int dhAt, float[] u, int uAt, float[] da, int daAt, float[] w,
            float[] gradient, int biasAt) {
        Activations.backward(twin, Activation.TANH, h, hAt, h, hAt, dh, dhAt, u, uAt, units);
        System.arraycopy(u, uAt, da, daAt, units);
    }
}
