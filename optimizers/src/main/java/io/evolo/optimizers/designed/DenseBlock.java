package io.evolo.optimizers.designed;

import io.evolo.optimizers.Step;
import io.evolo.tasks.DenseLayer;
import io.evolo.tasks.DenseSignals;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Elements;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/**
 * A dense layer as the rules see it that precondition a layer's gradient from both sides: weight and bias are one matrix
 * [in + 1, units], the bias its last row, as if every input had a 1 at its end. Its left factors are [in + 1, in + 1], its right ones
 * [units, units].
 *
 * <p>Under muP all of it is in other coordinates than the layout's: with s a tensor's factor {@code Scaling.sgd}, in those of w/√s,
 * where gradient descent has one rate for all tensors and its steps are as large at every width. There a row of the matrix is √s times
 * the gradient, and an input of a factor √s times the input. What comes out is divided by √s, for a base rule that multiplies by s.
 * So a step is that of the base where the damping outweighs the curvature, and the same in all coordinates where it does not.
 *
 * <p>Holds working memory: one object belongs to one thread.
 */
final class DenseBlock {
    private final int layer;
    private final int in;
    private final int units;
    private final int weightAt;
    private final int biasAt;
    private final float weightScale;
    private final float biasScale;
    private final Twin twin;
    private final Gemm left;
    private final Gemm right;
    private final float[] half;
    private final float[] sums;
    private int rows; // that the two kernels below are for; 0 before the first step
    private List<Gemm> moments = List.of(); // of inputs, of gradients

    private DenseBlock(ParamLayout layout, int layer, Twin twin) {
        DenseLayer dense = layout.dense().get(layer);
        this.layer = layer;
        this.in = layout.spec(dense.weight()).shape().axis(0);
        this.units = layout.spec(dense.weight()).shape().axis(1);
        this.weightAt = layout.offset(dense.weight());
        this.biasAt = layout.offset(dense.bias());
        this.weightScale = (float) Math.sqrt(layout.spec(dense.weight()).scaling().sgd());
        this.biasScale = (float) Math.sqrt(layout.spec(dense.bias()).scaling().sgd());
        this.twin = twin;
        this.left = new Gemm(twin, Form.NN, in + 1, units, in + 1);
        this.right = new Gemm(twin, Form.NN, in + 1, units, units);
        this.half = new float[(in + 1) * units];
        this.sums = new float[Math.max(in, units)];
    }

    /** The blocks of all dense layers. */
    static List<DenseBlock> of(ParamLayout layout) {
        List<DenseBlock> blocks = new ArrayList<>();
        for (int i = 0; i < layout.dense().size(); i++) {
            blocks.add(new DenseBlock(layout, i, Twin.selected()));
        }
        return blocks;
    }

    /** What a rule that preconditions dense layers says of the other tensors. */
    static List<String> remarks(String rule, String base, ParamLayout layout) {
        List<String> others = new ArrayList<>();
        for (int i = 0; i < layout.tensors(); i++) {
            int tensor = i;
            if (layout.dense().stream().noneMatch(dense -> dense.weight() == tensor || dense.bias() == tensor)) {
                others.add(layout.spec(i).name());
            }
        }
        return others.isEmpty()
                ? List.of()
                : List.of(rule + ": plain " + base + " for what is no dense layer: " + String.join(", ", others));
    }

    /** in + 1. */
    int inputs() {
        return in + 1;
    }

    int units() {
        return units;
    }

    /** Values of the matrix. */
    int size() {
        return (in + 1) * units;
    }

    DenseSignals signals(Step step) {
        return step.dense().get(layer);
    }

    /** Writes the layer's part of a gradient to d [in + 1, units]. */
    void gather(float[] gradient, float[] d) {
        Elements.scale(twin, weightScale, gradient, weightAt, d, 0, in * units);
        Elements.scale(twin, biasScale, gradient, biasAt, d, in * units, units);
    }

    /** Writes factor·u [in + 1, units] to the layer's part of a gradient. */
    void scatter(float factor, float[] u, int uAt, float[] gradient) {
        Elements.scale(twin, factor / weightScale, u, uAt, gradient, weightAt, in * units);
        Elements.scale(twin, factor / biasScale, u, uAt + in * units, gradient, biasAt, units);
    }

    /** u = L·d·R, with L at lAt of l and R at rAt of r. */
    void multiplyBothSides(float[] l, int lAt, float[] d, float[] r, int rAt, float[] u, int uAt) {
        left.multiply(l, lAt, d, 0, half, 0);
        right.multiply(half, 0, r, rAt, u, uAt);
    }

    /** Writes (1/rows) Σ ããᵀ [in + 1, in + 1] over the batch's inputs, ã = (a, 1). */
    void inputMoment(DenseSignals signals, float[] out) {
        int count = signals.rows();
        moments(count).getFirst().multiply(signals.memory(), signals.inputsAt(), signals.memory(), signals.inputsAt(), out, 0);
        Elements.scale(twin, weightScale * weightScale, out, 0, out, 0, in * in);
        // From [in, in] to [in + 1, in + 1] in place, from the end on.
        for (int i = in - 1; i >= 0; i--) {
            System.arraycopy(out, i * in, out, i * (in + 1), in);
        }
        Elements.sumRows(twin, signals.memory(), signals.inputsAt(), count, in, sums, 0);
        for (int i = 0; i < in; i++) {
            out[i * (in + 1) + in] = weightScale * biasScale * sums[i];
            out[in * (in + 1) + i] = weightScale * biasScale * sums[i];
        }
        out[in * (in + 1) + in] = biasScale * biasScale * count;
        Elements.scale(twin, 1f / count, out, 0, out, 0, (in + 1) * (in + 1));
    }

    /** Writes (1/rows) Σ ggᵀ [units, units] over the batch's output gradients. */
    void gradientMoment(DenseSignals signals, float[] out) {
        int count = signals.rows();
        moments(count).getLast().multiply(signals.memory(), signals.gradientsAt(), signals.memory(), signals.gradientsAt(), out, 0);
        Elements.scale(twin, 1f / count, out, 0, out, 0, units * units);
    }

    /** A layout does not know the batch, so the kernels are made at the first step. */
    private List<Gemm> moments(int count) {
        if (rows != count) {
            moments = List.of(new Gemm(twin, Form.TN, in, in, count), new Gemm(twin, Form.TN, units, units, count));
            rows = count;
        }
        return moments;
    }
}
