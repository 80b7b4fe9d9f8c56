package io.evolo.optimizers.designed;

import io.evolo.optimizers.Step;
import io.evolo.tasks.DenseLayer;
import io.evolo.tasks.DenseSignals;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.kernels.Elements;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/**
 * A dense layer as the rules see it that precondition a layer's gradient from both sides: weight and bias are one matrix
 * [in + 1, units], the bias its last row, as if every input had a 1 at its end. Its left factors are [in + 1, in + 1], its right ones
 * [units, units]. Holds working memory: one object belongs to one thread.
 */
final class DenseBlock {
    private final int layer;
    private final int in;
    private final int units;
    private final int weightAt;
    private final int biasAt;
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

    /** The layout with muP's update factors of the dense layers set to 1: for rules whose steps need none. */
    static ParamLayout withoutDenseScaling(ParamLayout layout) {
        List<ParamSpec> specs = new ArrayList<>(layout.specs());
        for (DenseLayer dense : layout.dense()) {
            specs.replaceAll(spec -> spec == layout.spec(dense.weight()) || spec == layout.spec(dense.bias()) ? unscaled(spec) : spec);
        }
        return new ParamLayout(specs, layout.dense());
    }

    private static ParamSpec unscaled(ParamSpec spec) {
        Scaling scaling = new Scaling(spec.scaling().initialStd(), spec.scaling().forward(), 1, 1);
        return new ParamSpec(spec.name(), spec.shape(), spec.role(), spec.fanIn(), spec.initialMean(), scaling);
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
        System.arraycopy(gradient, weightAt, d, 0, in * units);
        System.arraycopy(gradient, biasAt, d, in * units, units);
    }

    /** Writes factor·u [in + 1, units] to the layer's part of a gradient. */
    void scatter(float factor, float[] u, int uAt, float[] gradient) {
        for (int i = 0; i < in * units; i++) {
            gradient[weightAt + i] = factor * u[uAt + i];
        }
        for (int i = 0; i < units; i++) {
            gradient[biasAt + i] = factor * u[uAt + in * units + i];
        }
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
        // From [in, in] to [in + 1, in + 1] in place, from the end on.
        for (int i = in - 1; i >= 0; i--) {
            System.arraycopy(out, i * in, out, i * (in + 1), in);
        }
        Elements.sumRows(twin, signals.memory(), signals.inputsAt(), count, in, sums, 0);
        for (int i = 0; i < in; i++) {
            out[i * (in + 1) + in] = sums[i];
            out[in * (in + 1) + i] = sums[i];
        }
        out[in * (in + 1) + in] = count;
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
