package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Shape;
import java.util.Arrays;
/**
 * "Adafactor" of the study of Zhao et al. 2024 (rosieyzh/optimizers-llm): AdamW whose mean square is kept as one factor per axis.
 *
 * <pre>
 * w ← (1 − ηλ) w;  m ← β1 m + (1 − β1) g
 * f_k ← β2 f_k + (1 − β2) mean over all axes but k of g²     for every axis k
 * V = f_0 ⊗ f_1 ⊗ … / mean(f_0)^(rank − 1)
 * w ← w − η/c1 · m/(√V/√c2 + ε)
 * </pre>
 *
 * <p>A vector has one shared mean square, as in the code that the study ran, unless {@code elementwiseVectors}. A tensor without any
 * gradient so far has V = 0 here, not 0/0. muP factor {@code Scaling.adam}; the decay is not scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ, decoupled
 * @param neuronOnly whether the last axis' factor is replaced by its mean
 * @param elementwiseVectors whether vectors move as under Adam
 */
@RuleName("adafactor-kempner")
public record RankOneAdam(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-15, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay,
        @Hyper(standard = 0, meaning = "whether the last axis has one mean square") boolean neuronOnly,
        @Hyper(standard = 0, meaning = "whether every value of a vector has a mean square of its own") boolean elementwiseVectors)
        implements Optimizer {

    public RankOneAdam {
        Description.of(RankOneAdam.class).require(beta1, beta2, epsilon, weightDecay);
    }

    /** Slots: m, and the factors of all tensors. Scratch for the sums of one tensor. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        int factors = 0;
        int most = 0;
        for (ParamSpec spec : layout.specs()) {
            factors += factors(spec.shape(), spec.shape().size());
            most = Math.max(most, factors(spec.shape(), spec.shape().size()));
        }
        return new OptimizerState(layout, horizon, new float[][] {new float[layout.size()], new float[factors]}, new float[most])
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    /** Size is the shape's; asking that allocates. */
    private int factors(Shape shape, int size) {
        if (shape.rank() <= 1) {
            return elementwiseVectors ? size : 1;
        }
        int sum = 0;
        for (int k = 0; k < shape.rank(); k++) {
            sum += shape.axis(k);
        }
        return sum;
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        double eta = rate.rate(state.t(), state.horizon());
        double squareFactor = 1 / Powers.correction(beta2, state.t() + 1);
        Elementwise.average(state.slot(0), 0, layout.size(), beta1, step.gradient());
        int at = 0;
        for (int i = 0; i < layout.tensors(); i++) {
            double tensorRate = eta * layout.spec(i).scaling().adam() / Powers.correction(beta1, state.t() + 1);
            float keep = (float) (1 - eta * weightDecay);
            Shape shape = layout.spec(i).shape();
            average(state, step.gradient(), layout.offset(i), layout.offset(i + 1), shape, at);
            move(state, step.params(), layout.offset(i), layout.offset(i + 1), shape, at, keep, (float) tensorRate, squareFactor);
            at += factors(shape, layout.offset(i + 1) - layout.offset(i));
        }
        state.advance();
    }

    /** The new factors of a tensor, which start at {@code at} in their slot. */
    private void average(OptimizerState state, float[] g, int begin, int end, Shape shape, int at) {
        int size = end - begin;
        float[] f = state.slot(1);
        if (shape.rank() <= 1) {
            for (int j = 0; j < factors(shape, size); j++) {
                double mean = elementwiseVectors ? (double) g[begin + j] * g[begin + j] : Norms.squares(g, begin, end) / size;
                f[at + j] = Adafactor.bounded(beta2 * f[at + j] + (1 - beta2) * mean);
            }
            return;
        }
        float[] sums = state.scratch();
        Arrays.fill(sums, 0, factors(shape, size), 0);
        int width = shape.axis(shape.rank() - 1);
        int last = factors(shape, size) - width;
        for (int row = 0; row < size / width; row++) {
            addSquares(g, begin + row * width, sums, last, width);
            addToLeading(sums, (float) Norms.squares(g, begin + row * width, begin + (row + 1) * width), shape, row);
        }
        int axisAt = 0;
        for (int k = 0; k < shape.rank(); k++) {
            double others = size / (double) shape.axis(k);
            for (int j = axisAt; j < axisAt + shape.axis(k); j++) {
                f[at + j] = Adafactor.bounded(beta2 * f[at + j] + (1 - beta2) * (sums[j] / others));
            }
            axisAt += shape.axis(k);
        }
    }

    private static void addSquares(float[] g, int at, float[] sums, int sumsAt, int n) {
        for (int c = 0; c < n; c++) {
            sums[sumsAt + c] += g[at + c] * g[at + c];
        }
    }

    /** Adds to the sums of all axes but the last, at the place of the given row along the last axis. */
    private static void addToLeading(float[] sums, float value, Shape shape, int row) {
        int rest = row;
        int axisEnd = 0;
        for (int k = 0; k < shape.rank() - 1; k++) {
            axisEnd += shape.axis(k);
        }
        for (int k = shape.rank() - 2; k >= 0; k--) {
            axisEnd -= shape.axis(k);
            sums[axisEnd + rest % shape.axis(k)] += value;
            rest /= shape.axis(k);
        }
    }

    private void move(
            OptimizerState state, float[] w, int begin, int end, Shape shape, int at, float keep, float rate, double squareFactor) {
        int size = end - begin;
        float[] f = state.slot(1);
        if (shape.rank() <= 1) {
            for (int j = 0; j < size; j++) {
                float root = (float) Math.sqrt(f[elementwiseVectors ? at + j : at] * squareFactor);
                w[begin + j] = keep * w[begin + j] - rate * (state.slot(0)[begin + j] / (root + (float) epsilon));
            }
            return;
        }
        int width = shape.axis(shape.rank() - 1);
        int last = at + factors(shape, size) - width;
        double mean = Norms.sum(f, at, at + shape.axis(0)) / shape.axis(0);
        float[] lastFactor = neuronOnly ? state.scratch() : f;
        int lastAt = neuronOnly ? 0 : last;
        if (neuronOnly) {
            Arrays.fill(state.scratch(), 0, width, (float) (Norms.sum(f, last, last + width) / width));
        }
        for (int row = 0; row < size / width; row++) {
            double leading = mean == 0 ? 0 : leading(f, at, shape, row) / Powers.whole(mean, shape.rank() - 1);
            move(w, state.slot(0), begin + row * width, width, lastFactor, lastAt, keep, rate, (float) (leading * squareFactor),
                    (float) epsilon);
        }
    }

    /** The product of the factors of all axes but the last. */
    private static double leading(float[] f, int at, Shape shape, int row) {
        double product = 1;
        int rest = row;
        int axisEnd = at;
        for (int k = 0; k < shape.rank() - 1; k++) {
            axisEnd += shape.axis(k);
        }
        for (int k = shape.rank() - 2; k >= 0; k--) {
            axisEnd -= shape.axis(k);
            product *= f[axisEnd + rest % shape.axis(k)];
            rest /= shape.axis(k);
        }
        return product;
    }

    private static void move(
            float[] w, float[] m, int at, int n, float[] f, int fAt, float keep, float rate, float factor, float epsilon) {
        for (int c = 0; c < n; c++) {
            w[at + c] = keep * w[at + c] - rate * (m[at + c] / ((float) Math.sqrt(f[fAt + c] * factor) + epsilon));
        }
    }
}
