package io.evolo.tasks.kernels;

/** One step in time of one example's cell, forward and backward, on blocks of [units] values. */
interface CellSteps {

    /**
     * Writes the state to h; the last one lies one block before it.
     *
     * @param first whether the last state is zero and lies nowhere
     * @param row which example and position, for what the cell keeps
     * @param a what the input contributes
     * @param u what the last state contributes; overwritten with what backward needs
     */
    void forward(boolean first, int row, float[] a, int aAt, float[] u, int uAt, float[] w, int biasAt, float[] h, int hAt);

    /**
     * Writes the gradients of a and u to da and, over what forward kept there, to u. Adds to the gradient of the last state, one
     * block before dh, what does not go through u; dh itself may be destroyed. Adds to the gradient of the bias.
     */
    void backward(
            boolean first, int row, float[] h, int hAt, float[] dh, int dhAt, float[] u, int uAt, float[] da, int daAt, float[] w,
            float[] gradient, int biasAt);
}
