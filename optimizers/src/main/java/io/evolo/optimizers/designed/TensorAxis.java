package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import java.util.Arrays;

/**
 * One axis of a tensor, seen as [outer, n, inner].
 *
 * @param outer product of the axes before it
 * @param inner product of the axes behind it
 */
record TensorAxis(int outer, int n, int inner) {

    /** x[o, i, ·] is multiplied by factors[i]. */
    void scale(float[] factors, int factorsAt, float[] x, int xAt) {
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < n; i++) {
                int begin = xAt + (o * n + i) * inner;
                for (int j = begin; j < begin + inner; j++) {
                    x[j] *= factors[factorsAt + i];
                }
            }
        }
    }

    /** Writes the sum of x[o, i, ·]² over all o and · to sums[i]; sums are taken in double. */
    void squares(float[] x, int xAt, double[] sums) {
        Arrays.fill(sums, 0, n, 0);
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < n; i++) {
                int begin = xAt + (o * n + i) * inner;
                sums[i] += inner == 1 ? (double) x[begin] * x[begin] : Norms.squares(x, begin, begin + inner);
            }
        }
    }
}
