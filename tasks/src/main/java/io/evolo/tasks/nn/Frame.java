package io.evolo.tasks.nn;

import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;

/**
 * What the steps of one network share.
 *
 * @param arena holds all values and gradients
 * @param tokens the ids of a network that begins with tokens, [batch × positions]; empty for others
 * @param labels one per row of the output, [batch × rows]
 * @param pass which kind of pass is running
 */
record Frame(float[] arena, int[] tokens, int[] labels, Twin twin, int batch, ParamLayout layout, Pass pass) {

    Shape shape(int tensor) {
        return layout.spec(tensor).shape();
    }

    /** Where the tensor begins in w and in its gradient. */
    int offset(int tensor) {
        return layout.offset(tensor);
    }
}
