package io.evolo.optimizers.designed;

import io.evolo.optimizers.designed.HiddenMatrices.Matrix;
import io.evolo.tasks.kernels.NewtonSchulz;
import io.evolo.tasks.kernels.NewtonSchulz.Iteration;
import io.evolo.tasks.kernels.Transpose;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/** Brings one matrix near the closest orthonormal one. Holds working memory: belongs to one thread. */
final class PolarFactor {
    private final Matrix matrix;
    private final NewtonSchulz kernel;
    /** A kernel's slices [in·out] [height, width]; empty where the matrix is taken whole. */
    private final float[] slices;

    private PolarFactor(Matrix matrix, NewtonSchulz kernel, boolean sliced) {
        this.matrix = matrix;
        this.kernel = kernel;
        this.slices = new float[sliced ? matrix.size() : 0];
    }

    /**
     * One for each matrix, with memory shared by those of one shape.
     *
     * @param sliced whether a convolution's kernel is taken as one matrix [height, width] for every input and output, as it is where
     *     the reference does not flatten it
     */
    static List<PolarFactor> all(List<Matrix> matrices, Iteration steps, boolean sliced) {
        List<PolarFactor> all = new ArrayList<>();
        for (Matrix matrix : matrices) {
            boolean cut = sliced && matrix.isKernel();
            int rows = cut ? matrix.height() : matrix.in();
            int columns = cut ? matrix.width() : matrix.out();
            NewtonSchulz kernel = all.stream()
                    .map(other -> other.kernel)
                    .filter(other -> other.fits(rows, columns))
                    .findFirst()
                    .orElseGet(() -> new NewtonSchulz(Twin.selected(), steps, rows, columns));
            all.add(new PolarFactor(matrix, kernel, cut));
        }
        return List.copyOf(all);
    }

    /** In place, from 0 on. */
    void apply(float[] x) {
        if (slices.length == 0) {
            kernel.apply(x, 0);
            return;
        }
        int taps = matrix.height() * matrix.width();
        int count = matrix.size() / taps;
        Transpose.run(Twin.selected(), x, 0, taps, count, slices, 0);
        for (int i = 0; i < count; i++) {
            kernel.apply(slices, i * taps);
        }
        Transpose.run(Twin.selected(), slices, 0, count, taps, x, 0);
    }
}
