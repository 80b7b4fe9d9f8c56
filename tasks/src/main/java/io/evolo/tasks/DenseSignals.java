package io.evolo.tasks;

/**
 * What the last forward and backward pass left of one dense layer: the rows that went in, a [rows, in], and the gradients of the
 * batch-mean loss with respect to the layer's pre-activations x·w + b, g [rows, units], both row-major. So the weight's gradient is
 * aᵀg. Where the parametrization multiplies the layer's output, g is the gradient before that factor.
 *
 * <p>A view of the network's own memory, valid until its next pass; to be read only. One object serves a whole run.
 *
 * @param memory holds both
 * @param inputsAt where a begins
 * @param gradientsAt where g begins
 * @param rows examples in a batch, times the positions of one example where it has several
 */
public record DenseSignals(float[] memory, int inputsAt, int gradientsAt, int rows) {

    public DenseSignals {
        if (rows < 1) {
            throw new IllegalArgumentException("a dense layer saw " + rows + " rows, expected at least 1");
        }
    }
}
