package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HiddenMatrices.Matrix;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Transpose;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * NorMuon (Li et al. 2025, arXiv 2510.05491; {@code zichongli5/NorMuon}): Muon whose updates have rows of one size, each row what one
 * output unit receives. With u as in {@link Muon}:
 *
 * <pre>
 * m ← μm + (1 − μ)g;  O ← Newton–Schulz(u/(‖u‖ + ε));  q = ‖O‖
 * v ← β2 v + (1 − β2) mean of O² over each row        without bias correction
 * O ← O/(√v + ρ);  O ← qO/(‖O‖ + ρ)
 * w ← (1 − ηλ)w − η √max(1, out/in) O
 * </pre>
 *
 * <p>Three forms are published. The authors' is the default, but for kernels of convolutions: there both references take means and norms
 * over every slice [height, width], which {@code kernel_slices} does; here rows are output channels. {@code microsoft/dion}'s is
 * {@code sum}, {@code list} 1, {@code scale} 2, {@code row_epsilon} 1e-8, {@code cautious}. That of Track 3 of modded-nanogpt is
 * {@code list} 3, {@code short_side} and {@code least_ratio} 0.35 in the place of decay.
 *
 * <p>Matrices, the other tensors, scales and muP's factors are {@link Muon}'s: rows of one size change no norm.
 *
 * @param rate η per step
 * @param momentum μ
 * @param beta2 β2
 * @param nesterov whether u looks ahead; else u = m
 * @param list of Newton–Schulz steps: see {@link CoefficientList}
 * @param epsilon ε
 * @param rowEpsilon ρ
 * @param sum whether m is a sum: m ← μm + g, u = g + μm
 * @param scale of O: see {@link UpdateScale}
 * @param weightDecay λ of the matrices, decoupled
 * @param cautious whether only those elements decay that the step does not lengthen (O·w ≥ 0; of AdamW m·w ≥ 0)
 * @param shortSide whether means are taken over the shorter side: over what an input unit gives where in &gt; out
 * @param leastRatio T: an update with ‖O‖ &lt; T‖w‖ is lengthened to T‖w‖; 0: none
 * @param kernelAspect whether the scale of a convolution's kernel has height/width in the place of out/in
 * @param kernelSlices whether means and norms of a convolution's kernel are those of its slices [height, width]
 * @param auxRatio rate of AdamW over η
 * @param auxBeta1 β1 of AdamW
 * @param auxBeta2 β2 of AdamW
 * @param auxEpsilon ε of AdamW
 * @param auxWeightDecay λ of AdamW
 */
@RuleName("normuon")
public record NorMuon(
        Schedule rate,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean gradient of matrices") double momentum,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of a row's mean square") double beta2,
        @Hyper(standard = 1, meaning = "whether matrices look one step of momentum ahead") boolean nesterov,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = CoefficientList.MEANING) int list,
        @Hyper(standard = 1e-7, range = Range.POSITIVE, meaning = "added to a matrix's norm") double epsilon,
        @Hyper(standard = 1e-10, range = Range.POSITIVE, meaning = "added to a row's root mean square") double rowEpsilon,
        @Hyper(standard = 0, meaning = "momentum of matrices summed, not averaged") boolean sum,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = UpdateScale.MEANING) int scale,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "of matrices, decoupled") double weightDecay,
        @Hyper(standard = 0, meaning = "decay only where the step does not lengthen") boolean cautious,
        @Hyper(standard = 0, meaning = "means over the shorter side") boolean shortSide,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "least norm of an update over the weights'") double leastRatio,
        @Hyper(standard = 0, meaning = "convolutions scaled by the kernel's height/width") boolean kernelAspect,
        @Hyper(standard = 0, meaning = "convolutions normalised slice by slice, as the references do") boolean kernelSlices,
        @Hyper(standard = 0.015, range = Range.NOT_NEGATIVE, meaning = "rate of AdamW for the other tensors, over the rate") double auxRatio,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "AdamW: decay of the mean gradient") double auxBeta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "AdamW: decay of the mean squared gradient") double auxBeta2,
        @Hyper(standard = 1e-10, range = Range.POSITIVE, meaning = "AdamW: added to the corrected root") double auxEpsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "AdamW: decoupled") double auxWeightDecay)
        implements Optimizer {
    private static final int ROWS = 2;

    public NorMuon {
        Description.of(NorMuon.class)
                .require(momentum, beta2, list, epsilon, rowEpsilon, scale, weightDecay, leastRatio, auxRatio, auxBeta1, auxBeta2, auxEpsilon,
                        auxWeightDecay);
        CoefficientList.of("normuon", list);
        UpdateScale.of("normuon", scale);
    }

    /** Three slots: m of every tensor, v of those that AdamW moves, v of all rows. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        var adamW = new Auxiliary(Auxiliary.Kind.ADAMW, auxBeta1, auxBeta2, auxEpsilon, auxWeightDecay, cautious);
        HiddenMatrices tensors = HiddenMatrices.of(layout, adamW);
        List<Rows> rows = new ArrayList<>();
        int at = 0;
        for (Matrix matrix : tensors.matrices()) {
            rows.add(rows(matrix, at));
            at += rows.getLast().total();
        }
        Plan plan = new Plan(
                tensors,
                PolarFactor.all(tensors.matrices(), CoefficientList.of("normuon", list).steps(epsilon), false),
                List.copyOf(rows),
                new MatrixMomentum(momentum, nesterov, sum),
                tensors.matrices().stream().map(this::factor).toList());
        float[][] slots = {new float[layout.size()], new float[tensors.squares(layout)], new float[at]};
        return new OptimizerState(layout, horizon, slots, new float[2 * tensors.largest()], plan)
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    private Rows rows(Matrix matrix, int at) {
        if (kernelSlices && matrix.isKernel()) {
            int taps = matrix.height() * matrix.width();
            return new Rows(true, taps, matrix.size() / taps, matrix.height(), matrix.width(), at);
        }
        boolean byInput = shortSide && matrix.in() > matrix.out();
        return byInput
                ? new Rows(false, matrix.in(), 1, matrix.in(), matrix.out(), at)
                : new Rows(true, matrix.in(), 1, matrix.out(), matrix.in(), at);
    }

    private double factor(Matrix matrix) {
        UpdateScale form = UpdateScale.of("normuon", scale);
        double size = kernelAspect && matrix.isKernel() ? form.of(matrix.width(), matrix.height()) : form.of(matrix.in(), matrix.out());
        return size * form.mup(matrix.spec().scaling());
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        double eta = rate.rate(state.t(), state.horizon());
        float[] o = state.scratch();
        for (int i = 0; i < plan.tensors.matrices().size(); i++) {
            Matrix matrix = plan.tensors.matrices().get(i);
            plan.momentum.apply(step, state.slot(0), matrix, o);
            plan.factors.get(i).apply(o);
            plan.rows.get(i).normalize(o, matrix.size(), state.slot(ROWS), (float) beta2, (float) rowEpsilon);
            double factor = plan.scales.get(i);
            factor *= lengthening(step.params(), matrix, factor * Norms.norm(o, 0, matrix.size()));
            matrix.move(step.params(), o, (float) (eta * factor), (float) (1 - eta * weightDecay), cautious);
        }
        plan.tensors.stepOthers(state, step, eta * auxRatio);
        state.advance();
    }

    /** What brings an update of that norm to T‖w‖; 1 where it is as long, and where it is 0. */
    private double lengthening(float[] w, Matrix matrix, double norm) {
        if (leastRatio == 0 || norm == 0) {
            return 1;
        }
        return Math.max(1, leastRatio * Norms.norm(w, matrix.at(), matrix.end()) / norm);
    }

    @Override
    public Optional<String> amountsTo(ParamLayout layout) {
        return HiddenMatrices.amountsTo("adamw", layout);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return HiddenMatrices.remarks("normuon", "AdamW", layout);
    }

    /**
     * The rows of one matrix: some groups of [rows, columns], each with a norm of its own.
     *
     * @param turned whether the matrix must be transposed from [lines, …] to have them one behind the other
     * @param at where their v begin
     */
    private record Rows(boolean turned, int lines, int groups, int rows, int columns, int at) {
        int total() {
            return groups * rows;
        }

        /** In place, x from 0 on, as many values of memory behind it. */
        void normalize(float[] x, int size, float[] v, float beta2, float epsilon) {
            int from = turned ? x.length / 2 : 0;
            if (turned) {
                Transpose.run(Twin.selected(), x, 0, lines, size / lines, x, from);
            }
            for (int group = 0; group < groups; group++) {
                normalizeGroup(x, from + group * rows * columns, v, at + group * rows, beta2, epsilon);
            }
            if (turned) {
                Transpose.run(Twin.selected(), x, from, size / lines, lines, x, 0);
            }
        }

        private void normalizeGroup(float[] x, int from, float[] v, int vAt, float beta2, float epsilon) {
            int end = from + rows * columns;
            double norm = Norms.norm(x, from, end);
            for (int row = 0; row < rows; row++) {
                int begin = from + row * columns;
                float mean = (float) (Norms.squares(x, begin, begin + columns) / columns);
                v[vAt + row] = beta2 * v[vAt + row] + (1 - beta2) * mean;
                scale(x, begin, begin + columns, 1 / ((float) Math.sqrt(v[vAt + row]) + epsilon));
            }
            scale(x, from, end, (float) (norm / (Norms.norm(x, from, end) + epsilon)));
        }

        private static void scale(float[] x, int begin, int end, float factor) {
            for (int i = begin; i < end; i++) {
                x[i] *= factor;
            }
        }
    }

    /** Memory of one state; factors, rows and scales one per matrix. */
    private record Plan(
            HiddenMatrices tensors, List<PolarFactor> factors, List<Rows> rows, MatrixMomentum momentum, List<Double> scales) {}
}
