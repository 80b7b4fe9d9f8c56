package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HiddenMatrices.Matrix;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.NewtonSchulz.Iteration;
import io.evolo.tasks.kernels.NewtonSchulz.Quintic;
import java.util.List;
import java.util.Optional;

/**
 * Momentum whose matrices are brought near orthonormal ones (Jordan 2024, {@code SingleDeviceMuonWithAuxAdam}), for the matrices
 * between hidden units; everything else makes steps of AdamW at {@code auxRatio} times the rate. With u = (1 − μ)g + μm:
 *
 * <pre>
 * m ← μm + (1 − μ)g
 * X ← Newton–Schulz(u/(‖u‖ + ε))
 * w ← (1 − ηλ)w − η √max(1, out/in) X
 * </pre>
 *
 * <p>A tensor is a matrix if its role is HIDDEN and it has at least two axes: [rest, out]. Under muP matrices keep their rate at every
 * width, as their update has spectral norm √(out/in) at every width; with {@code scale} 3 they have {@code Scaling.orthogonal}. The AdamW
 * tensors have {@code Scaling.adam}, decay is not scaled.
 *
 * <p>{@code microsoft/dion}'s Muon is {@code sum}, {@code list} 1 or 2, {@code scale} 0, 2 or 3, {@code cautious}, {@code kernel_aspect} 0
 * and, unless it flattens, {@code kernel_slices}; the tuned baseline of Track 3 of modded-nanogpt {@code iterations} 12, {@code coef_a} 2,
 * {@code coef_b} −1.5, {@code coef_c} 0.5 and {@code kernel_aspect} 0.
 *
 * @param rate η per step
 * @param momentum μ
 * @param nesterov whether u looks ahead; else u = m
 * @param iterations of Newton–Schulz, with list 0
 * @param coefA of X
 * @param coefB of XXᵀX
 * @param coefC of XXᵀXXᵀX
 * @param list of other steps: see {@link CoefficientList}; 0: {@code iterations} with the coefficients above
 * @param epsilon ε
 * @param sum whether m is a sum: m ← μm + g, u = g + μm
 * @param scale of X in the place of √max(1, out/in): see {@link UpdateScale}
 * @param weightDecay λ of the matrices, decoupled
 * @param cautious whether only those elements decay that the step does not lengthen (X·w ≥ 0; of AdamW m·w ≥ 0), as in arXiv 2510.12402
 * @param masked whether u keeps only those elements that m moves against the gradient, divided by their share (C-Muon, C-Optim): the
 *     mask of {@link Cautious} before X is made, where that wrapper has it behind. AdamW is not masked
 * @param kernelAspect the reference's factor for convolutions: height/width of the kernel in place of out/in
 * @param kernelSlices whether of a convolution's kernel every slice [height, width] is a matrix of its own
 * @param auxRatio rate of AdamW over η
 * @param auxBeta1 β1 of AdamW
 * @param auxBeta2 β2 of AdamW
 * @param auxEpsilon ε of AdamW
 * @param auxWeightDecay λ of AdamW
 */
@RuleName("muon")
public record Muon(
        Schedule rate,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean gradient of matrices") double momentum,
        @Hyper(standard = 1, meaning = "whether matrices look one step of momentum ahead") boolean nesterov,
        @Hyper(standard = 5, range = Range.FROM_ONE, meaning = "Newton-Schulz iterations") int iterations,
        @Hyper(standard = 3.4445, range = Range.FINITE, meaning = "Newton-Schulz: coefficient of X") double coefA,
        @Hyper(standard = -4.775, range = Range.FINITE, meaning = "Newton-Schulz: coefficient of XXᵀX") double coefB,
        @Hyper(standard = 2.0315, range = Range.FINITE, meaning = "Newton-Schulz: coefficient of XXᵀXXᵀX") double coefC,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "other steps: 1 Polar Express, 2 dion's five, 3 twelve that converge")
        int list,
        @Hyper(standard = 1e-7, range = Range.POSITIVE, meaning = "added to a matrix's norm") double epsilon,
        @Hyper(standard = 0, meaning = "momentum of matrices summed, not averaged") boolean sum,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = UpdateScale.MEANING) int scale,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "of matrices, decoupled") double weightDecay,
        @Hyper(standard = 0, meaning = "decay only where the step does not lengthen") boolean cautious,
        @Hyper(standard = 0, meaning = "momentum of matrices masked where it is along the gradient") boolean masked,
        @Hyper(standard = 1, meaning = "convolutions scaled by the kernel's height/width, as the reference does") boolean kernelAspect,
        @Hyper(standard = 0, meaning = "convolutions orthogonalised slice by slice") boolean kernelSlices,
        @Hyper(standard = 0.015, range = Range.NOT_NEGATIVE, meaning = "rate of AdamW for the other tensors, over the rate") double auxRatio,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "AdamW: decay of the mean gradient") double auxBeta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "AdamW: decay of the mean squared gradient") double auxBeta2,
        @Hyper(standard = 1e-10, range = Range.POSITIVE, meaning = "AdamW: added to the corrected root") double auxEpsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "AdamW: decoupled") double auxWeightDecay)
        implements Optimizer {

    public Muon {
        Description.of(Muon.class)
                .require(momentum, iterations, coefA, coefB, coefC, list, epsilon, scale, weightDecay, auxRatio, auxBeta1, auxBeta2,
                        auxEpsilon, auxWeightDecay);
        CoefficientList.of("muon", list);
        UpdateScale.of("muon", scale);
    }

    /** Two slots: m of every tensor, and v of those that AdamW moves. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        var adamW = new Auxiliary(Auxiliary.Kind.ADAMW, auxBeta1, auxBeta2, auxEpsilon, auxWeightDecay, cautious);
        HiddenMatrices tensors = HiddenMatrices.of(layout, adamW);
        Plan plan = new Plan(
                tensors,
                PolarFactor.all(tensors.matrices(), steps(), kernelSlices),
                new MatrixMomentum(momentum, nesterov, sum),
                tensors.matrices().stream().map(this::factor).toList());
        float[][] slots = {new float[layout.size()], new float[tensors.squares(layout)]};
        return new OptimizerState(layout, horizon, slots, new float[tensors.largest()], plan)
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    private Iteration steps() {
        Quintic own = new Quintic((float) coefA, (float) coefB, (float) coefC);
        return list == 0 ? Iteration.repeated(own, iterations, (float) epsilon) : CoefficientList.of("muon", list).steps(epsilon);
    }

    /** What X is multiplied by beside the rate; a slice counts as a matrix with height in the place of out. */
    private double factor(Matrix matrix) {
        UpdateScale form = UpdateScale.of("muon", scale);
        double size = (kernelAspect || kernelSlices) && matrix.isKernel()
                ? form.of(matrix.width(), matrix.height())
                : form.of(matrix.in(), matrix.out());
        return size * form.mup(matrix.spec().scaling());
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < plan.tensors.matrices().size(); i++) {
            Matrix matrix = plan.tensors.matrices().get(i);
            plan.momentum.apply(step, state.slot(0), matrix, state.scratch());
            if (masked) {
                mask(state.slot(0), step.gradient(), matrix, state.scratch());
            }
            plan.factors.get(i).apply(state.scratch());
            float matrixRate = (float) (eta * plan.scales.get(i));
            matrix.move(step.params(), state.scratch(), matrixRate, (float) (1 - eta * weightDecay), cautious);
        }
        plan.tensors.stepOthers(state, step, eta * auxRatio);
        state.advance();
    }

    /** u ← k u with k = 1[m g > 0], divided by its mean or 1e-3. */
    private static void mask(float[] m, float[] g, Matrix matrix, float[] u) {
        int kept = 0;
        for (int i = matrix.at(); i < matrix.at() + matrix.size(); i++) {
            kept += Cautious.isAgainst(m[i], g[i]) ? 1 : 0;
        }
        float scale = (float) (1 / Math.max((double) kept / matrix.size(), 1e-3));
        for (int i = 0; i < matrix.size(); i++) {
            // Times 0, not left out: what is not a number must not vanish.
            u[i] *= Cautious.isAgainst(m[matrix.at() + i], g[matrix.at() + i]) ? scale : 0;
        }
    }

    @Override
    public Optional<String> amountsTo(ParamLayout layout) {
        return HiddenMatrices.amountsTo("adamw", layout);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return HiddenMatrices.remarks("muon", "AdamW", layout);
    }

    /** Memory of one state; factors and scales one per matrix. */
    private record Plan(HiddenMatrices tensors, List<PolarFactor> factors, MatrixMomentum momentum, List<Double> scales) {}
}
