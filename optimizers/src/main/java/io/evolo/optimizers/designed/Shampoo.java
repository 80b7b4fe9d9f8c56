package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Shampoo (Gupta et al. 2018; {@code facebookresearch/optimizers}) without grafting. Of a tensor, cut into blocks, each of D axes, with
 * G_k a block's unfolding along axis k:
 *
 * <pre>
 * L_k ← β2 L_k + (1 − β2) G_k G_kᵀ;  β2 = 1: L_k + G_k G_kᵀ
 * every {@code frequency} steps:  H_k ← (L_k/(1 − β2^t) + εI)^(−1/(2D));  I before
 * x = β3 m + (1 − β3)g;  m ← β1 m + (1 − β1)g;  x ← x/(1 − β3 β1^(t−1))
 * u = x times H_k along every axis;  w ← w − η(u + λw)
 * </pre>
 *
 * <p>All tensors, vectors with one factor. Axes are merged from the first on, while more than two are left and their product is no longer
 * than a block: a convolution's kernel [height, width, in, out] becomes [height·width·in, out]. Then every axis is cut. The
 * reference's default merges them until one is left, which makes vectors of small matrices.
 *
 * <p>Decomposing every factor at every step is slow; a larger {@code frequency} needs a larger ε, for what was in a factor's null space when
 * its H was made is multiplied by ε^(−1/(2D)) until the next one.
 *
 * <p>A gradient of full rank gives a whole matrix an update with singular values of 1 at every width. So under muP, with r = {@code
 * Scaling.gradient}, HIDDEN tensors have r·{@code Scaling.adam}, INPUT and OUTPUT √r·{@code Scaling.adam}, vectors {@code Scaling.adam},
 * and gradients count as at the base width, r times as large. Blocks and sums over steps add a drift of their own. A gradient longer than 1e15 counts as one of that length.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param beta3 β3; −1: β1, and then x = m
 * @param epsilon ε
 * @param weightDecay λ
 * @param decoupled whether decay is decoupled; else it enters the gradient
 * @param correctBias whether L and x are corrected
 * @param block longest side of a block
 * @param frequency steps between new H
 * @param start the step of the first H; −1: {@code frequency}
 * @param matrixRoot 1/power of H of blocks of two axes
 * @param mergeDims whether axes are merged
 */
@RuleName("shampoo")
public record Shampoo(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 1, range = Range.FRACTION, meaning = "decay of the outer products; 1: their sum") double beta2,
        @Hyper(standard = -1, range = Range.FINITE, meaning = "decay of the mean gradient that is followed; -1: beta1") double beta3,
        @Hyper(standard = 1e-12, range = Range.POSITIVE, meaning = "added to the eigenvalues") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, or coupled") double weightDecay,
        @Hyper(standard = 1, meaning = "decay decoupled") boolean decoupled,
        @Hyper(standard = 1, meaning = "bias correction") boolean correctBias,
        @Hyper(standard = 1024, range = Range.FROM_ONE, meaning = "longest side of a block") int block,
        @Hyper(standard = 1, range = Range.FROM_ONE, meaning = "steps between new roots") int frequency,
        @Hyper(standard = -1, range = Range.FINITE, meaning = "step of the first root; -1: frequency") int start,
        @Hyper(standard = 4, range = Range.FROM_ONE, meaning = "which root of matrices") double matrixRoot,
        @Hyper(standard = 1, meaning = "axes merged to two where a block has room") boolean mergeDims)
        implements Optimizer {
    private static final int MEAN = 0;
    private static final int SUMS = 1;
    private static final int ROOTS = 2;

    public Shampoo {
        Description.of(Shampoo.class).require(beta1, beta2, beta3, epsilon, weightDecay, block, frequency, start, matrixRoot);
        if (beta3 >= 1 || beta3 < 0 && beta3 != -1) {
            throw new IllegalArgumentException("shampoo: beta3 is " + beta3 + ", expected a number in [0, 1), or -1 for beta1");
        }
        if (start < 1 && start != -1) {
            throw new IllegalArgumentException("shampoo: start is " + start + ", expected a step from 1 on, or -1 for frequency");
        }
    }

    /** Slots: m; all L behind each other; all H. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        List<Block> blocks = new ArrayList<>();
        Map<Integer, PowerStep> powers = new HashMap<>();
        Map<Integer, InverseRoot> inverses = new HashMap<>();
        int squares = 0;
        int largest = 1;
        for (int i = 0; i < layout.tensors(); i++) {
            List<Integer> axes = axes(layout.spec(i).shape());
            for (Span span : spans(axes)) {
                List<Factor> factors = new ArrayList<>();
                for (int k = 0; k < axes.size(); k++) {
                    int n = span.lengths[k];
                    var basis = new AxisBasis(
                            k, span.product(0, k), n, span.product(k + 1, axes.size()), squares, powers.computeIfAbsent(n, PowerStep::new));
                    factors.add(new Factor(basis, inverses.computeIfAbsent(n, InverseRoot::new)));
                    squares = Math.addExact(squares, Math.multiplyExact(n, n));
                }
                double gradient = layout.spec(i).scaling().gradient();
                Block one = new Block(
                        span.runs(axes, layout.offset(i)), span.lengths[axes.size() - 1], factors, gradient, mup(layout.spec(i)));
                blocks.add(one);
                largest = Math.max(largest, one.size());
            }
        }
        float[][] slots = {new float[layout.size()], new float[squares], new float[squares]};
        for (Block one : blocks) {
            one.factors.forEach(factor -> factor.setIdentity(slots[ROOTS]));
        }
        OptimizerState state = new OptimizerState(layout, horizon, slots, new float[3 * largest], new Plan(List.copyOf(blocks), largest))
                .holding(0, OptimizerState.Content.MOMENTUM);
        return beta2 == 1 ? state.holding(1, OptimizerState.Content.SUM) : state;
    }

    private static double mup(ParamSpec spec) {
        Scaling scaling = spec.scaling();
        double width = scaling.gradient();
        return scaling.adam() * switch (spec.role()) {
            case HIDDEN -> width;
            case INPUT, OUTPUT -> Math.sqrt(width);
            case VECTOR -> 1;
        };
    }

    /** The tensor's axes, those of length 1 left out, merged where that is wanted. */
    private List<Integer> axes(Shape shape) {
        List<Integer> left = new ArrayList<>(shape.axes());
        left.removeIf(axis -> axis == 1);
        if (left.isEmpty()) {
            return List.of(1);
        }
        List<Integer> merged = new ArrayList<>();
        int open = left.removeFirst();
        while (!left.isEmpty()) {
            int next = left.removeFirst();
            boolean many = merged.size() + 1 + left.size() + 1 > 2;
            if (mergeDims && many && (long) open * next <= block) {
                open *= next;
            } else {
                merged.add(open);
                open = next;
            }
        }
        merged.add(open);
        return merged;
    }

    private List<Span> spans(List<Integer> axes) {
        List<Span> spans = List.of(new Span(new int[0], new int[0]));
        for (int axis : axes) {
            List<Span> longer = new ArrayList<>();
            for (Span span : spans) {
                for (int from = 0; from < axis; from += block) {
                    longer.add(span.with(from, Math.min(block, axis - from)));
                }
            }
            spans = longer;
        }
        return spans;
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        int t = state.t() + 1;
        int first = start == -1 ? frequency : start;
        boolean due = t == first || t > first && t % frequency == 0;
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < plan.blocks.size(); i++) {
            Block one = plan.blocks.get(i);
            load(step, one, state.scratch());
            follow(state, one, due);
            average(state, one, plan.largest);
            int update = precondition(state, one, plan.largest);
            move(step.params(), one, state.scratch(), update, eta);
        }
        state.advance();
    }

    /** Brings the block's gradient to area 0. */
    private void load(Step step, Block one, float[] scratch) {
        one.gather(step.gradient(), scratch, 0);
        float coupled = decoupled ? 0 : (float) weightDecay;
        for (int r = 0; coupled != 0 && r < one.runs.length; r++) {
            for (int c = 0; c < one.run; c++) {
                scratch[r * one.run + c] += coupled * step.params()[one.runs[r] + c];
            }
        }
        BoundedGradient.copy(scratch, 0, one.size(), one.gradient, scratch, 0);
    }

    private void follow(OptimizerState state, Block one, boolean due) {
        float[] sums = state.slot(SUMS);
        int order = one.factors.size();
        double power = order == 2 ? 1 / matrixRoot : 1.0 / (2 * order);
        double correction = correctBias && beta2 < 1 ? Powers.correction(beta2, state.t() + 1) : 1;
        for (int k = 0; k < order; k++) {
            Factor factor = one.factors.get(k);
            factor.basis.accumulate(beta2, beta2 == 1 ? 1 : 1 - beta2, state.scratch(), 0, sums);
            if (due) {
                factor.inverse.apply(sums, factor.basis.at(), 1 / correction, epsilon, power, state.slot(ROOTS));
            }
        }
    }

    /** Updates m and writes x to area 1. */
    private void average(OptimizerState state, Block one, int area) {
        float[] m = state.slot(MEAN);
        float[] g = state.scratch();
        double follow = beta3 == -1 ? beta1 : beta3;
        double correction = correctBias ? 1 - follow * Powers.whole(beta1, state.t()) : 1;
        float b1 = (float) beta1;
        float a1 = (float) (1 - beta1);
        float b3 = (float) follow;
        float a3 = (float) (1 - follow);
        float scale = (float) (1 / correction);
        for (int r = 0; r < one.runs.length; r++) {
            for (int c = 0; c < one.run; c++) {
                int at = one.runs[r] + c;
                int i = r * one.run + c;
                g[area + i] = scale * (b3 * m[at] + a3 * g[i]);
                m[at] = b1 * m[at] + a1 * g[i];
            }
        }
    }

    /** Multiplies x by all H; returns where it then lies. */
    private static int precondition(OptimizerState state, Block one, int area) {
        int from = area;
        int to = 2 * area;
        for (int k = 0; k < one.factors.size(); k++) {
            // H is symmetric.
            one.factors.get(k).basis.rotate(state.slot(ROOTS), state.scratch(), from, state.scratch(), to);
            int swapped = from;
            from = to;
            to = swapped;
        }
        return from;
    }

    private void move(float[] w, Block one, float[] scratch, int update, double eta) {
        float by = (float) (eta * one.mup);
        float keep = decoupled ? (float) (1 - eta * weightDecay) : 1;
        for (int r = 0; r < one.runs.length; r++) {
            for (int c = 0; c < one.run; c++) {
                int at = one.runs[r] + c;
                w[at] = keep * w[at] - by * scratch[update + r * one.run + c];
            }
        }
    }

    /** Where a block begins, and how long it is, along every axis. */
    private record Span(int[] from, int[] lengths) {
        Span with(int begin, int length) {
            int[] froms = Arrays.copyOf(from, from.length + 1);
            int[] all = Arrays.copyOf(lengths, lengths.length + 1);
            froms[from.length] = begin;
            all[lengths.length] = length;
            return new Span(froms, all);
        }

        int product(int begin, int end) {
            int product = 1;
            for (int k = begin; k < end; k++) {
                product *= lengths[k];
            }
            return product;
        }

        /** Where the block's runs of values along the last axis begin in the parameters, in a tensor of these axes. */
        int[] runs(List<Integer> axes, int offset) {
            int last = axes.size() - 1;
            int[] runs = new int[product(0, last)];
            for (int i = 0; i < runs.length; i++) {
                int rest = i;
                int at = from[last];
                int stride = axes.get(last);
                for (int k = last - 1; k >= 0; k--) {
                    at += (from[k] + rest % lengths[k]) * stride;
                    rest /= lengths[k];
                    stride *= axes.get(k);
                }
                runs[i] = offset + at;
            }
            return runs;
        }
    }

    /** One axis of a block. */
    private record Factor(AxisBasis basis, InverseRoot inverse) {
        void setIdentity(float[] roots) {
            for (int i = 0; i < basis.n(); i++) {
                roots[basis.at() + i * basis.n() + i] = 1;
            }
        }
    }

    /**
     * One block.
     *
     * @param runs where its runs of {@code run} values begin in the parameters
     * @param gradient what muP multiplies its gradient by
     * @param mup what muP multiplies its step by
     */
    private record Block(int[] runs, int run, List<Factor> factors, double gradient, double mup) {
        int size() {
            return runs.length * run;
        }

        void gather(float[] x, float[] y, int yAt) {
            for (int r = 0; r < runs.length; r++) {
                System.arraycopy(x, runs[r], y, yAt + r * run, run);
            }
        }
    }

    /** Memory of one state. */
    private record Plan(List<Block> blocks, int largest) {}
}
