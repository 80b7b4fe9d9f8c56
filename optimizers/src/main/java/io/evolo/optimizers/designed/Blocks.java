package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The blocks of values that share one mean square under {@link Adalayer}: rows or columns of a tensor seen as a matrix whose width is
 * its last axis.
 *
 * @param tensors one per tensor
 * @param total number of all blocks
 * @param widest size of the largest last axis
 */
record Blocks(List<Tensor> tensors, int total, int widest) {

    /**
     * How one tensor is cut.
     *
     * @param begin of the tensor in the flat parameters
     * @param columns whether blocks are ranges of columns; else of rows
     * @param count number of blocks, of sizes that differ by one at most
     * @param at number of the first block
     */
    record Tensor(Part part, int begin, int height, int width, boolean columns, int count, int at) {}

    /** Which tensors are cut; the others are one block. */
    record Cuts(boolean last, boolean attention, boolean embedding, boolean outputsAreRows) {}

    static Blocks of(ParamLayout layout, Cuts cuts) {
        List<Tensor> tensors = new ArrayList<>();
        int total = 0;
        int widest = 0;
        for (int i = 0; i < layout.tensors(); i++) {
            Shape shape = layout.spec(i).shape();
            int width = shape.rank() == 0 ? 1 : shape.axis(shape.rank() - 1);
            int height = shape.size() / width;
            Part part = Part.of(layout.spec(i));
            boolean columns = !cuts.outputsAreRows && part != Part.EMBEDDING;
            int outputs = columns ? width : height;
            int count = switch (part) {
                case LAST -> cuts.last ? outputs : 1;
                case FUSED_ATTENTION -> cuts.attention ? Math.min(3, outputs) : 1;
                case EMBEDDING -> cuts.embedding ? height : 1;
                case NORM, OTHER -> 1;
            };
            tensors.add(new Tensor(part, layout.offset(i), height, width, columns && count > 1, count, total));
            total += count;
            widest = Math.max(widest, width);
        }
        return new Blocks(tensors, total, widest);
    }

    /** V ← old·V + fresh·mean(g²) for the blocks of one tensor. The last part of the scratch is overwritten. */
    void average(int tensor, float[] g, float[] v, float[] scratch, double old, double fresh) {
        Tensor t = tensors.get(tensor);
        int sums = scratch.length - t.width;
        if (t.columns) {
            Arrays.fill(scratch, sums, scratch.length, 0);
            for (int r = 0; r < t.height; r++) {
                addSquares(g, t.begin + r * t.width, scratch, sums, t.width);
            }
        }
        int lines = t.columns ? t.width : t.height;
        for (int b = 0; b < t.count; b++) {
            int from = lines * b / t.count;
            int to = lines * (b + 1) / t.count;
            double sum = t.columns
                    ? Norms.sum(scratch, sums + from, sums + to)
                    : Norms.squares(g, t.begin + from * t.width, t.begin + to * t.width);
            double mean = sum / ((double) (to - from) * (t.columns ? t.height : t.width));
            v[t.at + b] = (float) (old * v[t.at + b] + fresh * mean);
        }
    }

    private static void addSquares(float[] g, int at, float[] sums, int sumsAt, int n) {
        for (int c = 0; c < n; c++) {
            sums[sumsAt + c] += g[at + c] * g[at + c];
        }
    }

    /** w ← keep·w − rate·m/(√(squareFactor·V) + ε) for one tensor; where V is 0 there is no step. The last part of the scratch is overwritten. */
    void move(
            int tensor, float[] w, float[] m, float[] v, float[] scratch, double keep, double rate, double squareFactor, double epsilon) {
        Tensor t = tensors.get(tensor);
        int lines = t.columns ? t.width : t.height;
        int rates = scratch.length - t.width;
        for (int b = 0; b < t.count; b++) {
            int from = lines * b / t.count;
            int to = lines * (b + 1) / t.count;
            // Frozen at 0 it says nothing of the gradients that came later, and ε alone would make them enormous.
            float blockRate = v[t.at + b] == 0 ? 0 : (float) (rate / (Math.sqrt(v[t.at + b] * squareFactor) + epsilon));
            if (t.columns) {
                Arrays.fill(scratch, rates + from, rates + to, blockRate);
            } else {
                move(w, m, t.begin + from * t.width, t.begin + to * t.width, (float) keep, blockRate);
            }
        }
        for (int r = 0; t.columns && r < t.height; r++) {
            move(w, m, t.begin + r * t.width, t.width, (float) keep, scratch, rates);
        }
    }

    private static void move(float[] w, float[] m, int begin, int end, float keep, float rate) {
        for (int i = begin; i < end; i++) {
            w[i] = keep * w[i] - rate * m[i];
        }
    }

    private static void move(float[] w, float[] m, int at, int n, float keep, float[] rates, int ratesAt) {
        for (int c = 0; c < n; c++) {
            w[at + c] = keep * w[at + c] - rates[ratesAt + c] * m[at + c];
        }
    }
}
