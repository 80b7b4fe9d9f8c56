package io.evolo.optimizers.learned;

/**
 * Brings a matrix near the closest one with orthonormal rows (or columns, where there are fewer): all singular values, which may
 * differ by orders of magnitude, end up between about 0.7 and 1.2. Five iterations of an odd quintic polynomial of the matrix scaled
 * to Frobenius norm 1: A = XXᵀ, B = bA + cA², X ← aX + BX with the coefficients of Muon (Jordan 2024).
 */
final class NewtonSchulz {
    private static final int ITERATIONS = 5;
    private static final float A = 3.4445f;
    private static final float B = -4.7750f;
    private static final float C = 2.0315f;

    private NewtonSchulz() {}

    /** Number of values of working memory for a matrix of these sizes. */
    static int scratch(int rows, int cols) {
        int small = Math.min(rows, cols);
        return 2 * rows * cols + 2 * small * small;
    }

    /**
     * Orthogonalises in place.
     *
     * @param x holds the matrix [rows×cols], row-major, from {@code at} on
     * @param memory {@link #scratch} values from {@code free} on, which do not overlap the matrix; may be the same array
     */
    static void apply(float[] x, int at, int rows, int cols, float[] memory, int free) {
        boolean tall = rows > cols;
        int m = Math.min(rows, cols);
        int n = Math.max(rows, cols);
        float scale = 1 / (norm(x, at, rows * cols) + 1e-8f);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                memory[free + (tall ? j * n + i : i * n + j)] = x[at + i * cols + j] * scale;
            }
        }
        for (int i = 0; i < ITERATIONS; i++) {
            iterate(memory, free, m, n);
        }
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                x[at + i * cols + j] = memory[free + (tall ? j * n + i : i * n + j)];
            }
        }
    }

    private static float norm(float[] x, int at, int count) {
        double sum = 0;
        for (int i = at; i < at + count; i++) {
            sum += (double) x[i] * x[i];
        }
        return (float) Math.sqrt(sum);
    }

    /** One iteration on X [m×n] at {@code x}; behind it lie a copy of its size, then A and B [m×m]. */
    private static void iterate(float[] memory, int x, int m, int n) {
        int old = x + m * n;
        int a = old + m * n;
        int b = a + m * m;
        System.arraycopy(memory, x, memory, old, m * n);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < m; j++) {
                memory[a + i * m + j] = dot(memory, old + i * n, old + j * n, 1, n);
            }
        }
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < m; j++) {
                memory[b + i * m + j] = B * memory[a + i * m + j] + C * dot(memory, a + i * m, a + j, m, m);
            }
        }
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                memory[x + i * n + j] = A * memory[old + i * n + j] + dot(memory, b + i * m, old + j, n, m);
            }
        }
    }

    /** Σ memory[p + i]·memory[q + i·stride]. */
    private static float dot(float[] memory, int p, int q, int stride, int count) {
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += memory[p + i] * memory[q + i * stride];
        }
        return sum;
    }
}
