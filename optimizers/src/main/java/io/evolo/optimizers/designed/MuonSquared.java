package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HiddenMatrices.Matrix;
import io.evolo.tasks.ParamLayout;
import java.util.List;
import java.util.Optional;

/**
 * Muon² (arXiv 2604.09967, as Track 3 of modded-nanogpt has it): Muon of a momentum that Adam's denominator has divided. With u as in
 * {@link Muon}:
 *
 * <pre>
 * m ← μm + (1 − μ)g;  v ← β2 v + (1 − β2)g²        without bias correction
 * O ← Newton–Schulz(u/(√v + ε))
 * w ← (1 − ηλ)w − η √max(1, out/in) O
 * </pre>
 *
 * <p>Matrices, the other tensors and muP's factors are {@link Muon}'s.
 *
 * @param rate η per step
 * @param momentum μ
 * @param beta2 β2
 * @param epsilon ε
 * @param nesterov whether u looks ahead; else u = m
 * @param list of Newton–Schulz steps: see {@link CoefficientList}
 * @param normEpsilon added to the norm that Newton–Schulz divides by
 * @param weightDecay λ of the matrices, decoupled
 * @param cautious whether only those elements decay that the step does not lengthen (O·w ≥ 0; of AdamW m·w ≥ 0)
 * @param auxRatio rate of AdamW over η
 * @param auxBeta1 β1 of AdamW
 * @param auxBeta2 β2 of AdamW
 * @param auxEpsilon ε of AdamW
 * @param auxWeightDecay λ of AdamW
 */
@RuleName("muon-squared")
public record MuonSquared(
        Schedule rate,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean gradient of matrices") double momentum,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean squared gradient of matrices") double beta2,
        @Hyper(standard = 1e-10, range = Range.POSITIVE, meaning = "added to the root") double epsilon,
        @Hyper(standard = 1, meaning = "whether matrices look one step of momentum ahead") boolean nesterov,
        @Hyper(standard = 3, range = Range.NOT_NEGATIVE, meaning = CoefficientList.MEANING) int list,
        @Hyper(standard = 1e-7, range = Range.POSITIVE, meaning = "added to a matrix's norm") double normEpsilon,
        @Hyper(standard = 0.0125, range = Range.NOT_NEGATIVE, meaning = "of matrices, decoupled") double weightDecay,
        @Hyper(standard = 0, meaning = "decay only where the step does not lengthen") boolean cautious,
        @Hyper(standard = 0.15, range = Range.NOT_NEGATIVE, meaning = "rate of AdamW for the other tensors, over the rate") double auxRatio,
        @Hyper(standard = 0.8, range = Range.DECAY, meaning = "AdamW: decay of the mean gradient") double auxBeta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "AdamW: decay of the mean squared gradient") double auxBeta2,
        @Hyper(standard = 1e-10, range = Range.POSITIVE, meaning = "AdamW: added to the corrected root") double auxEpsilon,
        @Hyper(standard = 0.001, range = Range.NOT_NEGATIVE, meaning = "AdamW: decoupled") double auxWeightDecay)
        implements Optimizer {
    private static final int SQUARES = 2;

    public MuonSquared {
        Description.of(MuonSquared.class)
                .require(momentum, beta2, epsilon, list, normEpsilon, weightDecay, auxRatio, auxBeta1, auxBeta2, auxEpsilon,
                        auxWeightDecay);
        CoefficientList.of("muon-squared", list);
    }

    /** Three slots: m of every tensor, v of those that AdamW moves, v of the matrices. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        var adamW = new Auxiliary(Auxiliary.Kind.ADAMW, auxBeta1, auxBeta2, auxEpsilon, auxWeightDecay, cautious);
        HiddenMatrices tensors = HiddenMatrices.of(layout, adamW);
        Plan plan = new Plan(
                tensors,
                PolarFactor.all(tensors.matrices(), CoefficientList.of("muon-squared", list).steps(normEpsilon), false),
                new MatrixMomentum(momentum, nesterov, false));
        float[][] slots = {new float[layout.size()], new float[tensors.squares(layout)], new float[tensors.values()]};
        return new OptimizerState(layout, horizon, slots, new float[tensors.largest()], plan)
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < plan.tensors.matrices().size(); i++) {
            Matrix matrix = plan.tensors.matrices().get(i);
            plan.momentum.apply(step, state.slot(0), matrix, state.scratch());
            divide(step.gradient(), state.slot(SQUARES), state.scratch(), matrix);
            plan.factors.get(i).apply(state.scratch());
            float matrixRate = (float) (eta * UpdateScale.ASPECT.of(matrix.in(), matrix.out()));
            matrix.move(step.params(), state.scratch(), matrixRate, (float) (1 - eta * weightDecay), cautious);
        }
        plan.tensors.stepOthers(state, step, eta * auxRatio);
        state.advance();
    }

    /** Updates v and divides u. */
    private void divide(float[] g, float[] v, float[] u, Matrix matrix) {
        float b2 = (float) beta2;
        float a2 = (float) (1 - beta2);
        float eps = (float) epsilon;
        int at = matrix.at();
        int before = matrix.before();
        for (int i = 0; i < matrix.size(); i++) {
            v[before + i] = b2 * v[before + i] + a2 * (g[at + i] * g[at + i]);
            u[i] /= (float) Math.sqrt(v[before + i]) + eps;
        }
    }

    @Override
    public Optional<String> amountsTo(ParamLayout layout) {
        return HiddenMatrices.amountsTo("adamw", layout);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return HiddenMatrices.remarks("muon-squared", "AdamW", layout);
    }

    /** Memory of one state; factors one per matrix. */
    private record Plan(HiddenMatrices tensors, List<PolarFactor> factors, MatrixMomentum momentum) {}
}
