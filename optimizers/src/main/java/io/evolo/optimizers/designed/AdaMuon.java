package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HiddenMatrices.Matrix;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Shape;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * AdaMuon, the form with signs ({@code Chongjie-Si/AdaMuon}): Adam's denominator on an orthogonalised matrix of signs. With u as in
 * {@link Muon}:
 *
 * <pre>
 * m ← μm + (1 − μ)g;  O ← Newton–Schulz(sign(u))
 * v ← μv + (1 − μ)O²;  O ← O/(√v + ε)        without bias correction
 * w ← (1 − ηλ)w − 0.2 η √(in·out) O/(‖O‖ + ε): entries of root mean square 0.2η
 * </pre>
 *
 * <p>A matrix of signs is often exactly singular, and what vanishes in exact arithmetic is then rounding noise over its own size: hence
 * an ε of 1e-4 here, where the authors have 1e-8.
 *
 * <p>Matrices and the other tensors are {@link Muon}'s; under muP matrices have {@code Scaling.orthogonal}.
 *
 * @param rate η per step
 * @param momentum μ, of m and of v
 * @param epsilon ε
 * @param nesterov whether u looks ahead; else u = m
 * @param list of Newton–Schulz steps: see {@link CoefficientList}
 * @param normEpsilon added to the norm that Newton–Schulz divides by
 * @param weightDecay λ of the matrices, decoupled
 * @param kernelSides the reference's size of a convolution's update: the shortest times the longest axis in the place of in·out
 * @param auxRatio rate of AdamW over η
 * @param auxBeta1 β1 of AdamW
 * @param auxBeta2 β2 of AdamW
 * @param auxEpsilon ε of AdamW
 * @param auxWeightDecay λ of AdamW
 */
@RuleName("adamuon")
public record AdaMuon(
        Schedule rate,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of both means of matrices") double momentum,
        @Hyper(standard = 1e-4, range = Range.POSITIVE, meaning = "added to the root and to the update's norm") double epsilon,
        @Hyper(standard = 1, meaning = "whether matrices look one step of momentum ahead") boolean nesterov,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = CoefficientList.MEANING) int list,
        @Hyper(standard = 1e-7, range = Range.POSITIVE, meaning = "added to a matrix's norm") double normEpsilon,
        @Hyper(standard = 0.01, range = Range.NOT_NEGATIVE, meaning = "of matrices, decoupled") double weightDecay,
        @Hyper(standard = 0, meaning = "convolutions sized by their shortest and longest axis, as the reference does") boolean kernelSides,
        @Hyper(standard = 0.1, range = Range.NOT_NEGATIVE, meaning = "rate of AdamW for the other tensors, over the rate") double auxRatio,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "AdamW: decay of the mean gradient") double auxBeta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "AdamW: decay of the mean squared gradient") double auxBeta2,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "AdamW: added to the corrected root") double auxEpsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "AdamW: decoupled") double auxWeightDecay)
        implements Optimizer {
    private static final int SQUARES = 2;

    public AdaMuon {
        Description.of(AdaMuon.class)
                .require(momentum, epsilon, list, normEpsilon, weightDecay, auxRatio, auxBeta1, auxBeta2, auxEpsilon, auxWeightDecay);
        CoefficientList.of("adamuon", list);
    }

    /** Three slots: m of every tensor, v of those that AdamW moves, v of the matrices. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        HiddenMatrices tensors = HiddenMatrices.of(layout, Auxiliary.adamW(auxBeta1, auxBeta2, auxEpsilon, auxWeightDecay));
        Plan plan = new Plan(
                tensors,
                PolarFactor.all(tensors.matrices(), CoefficientList.of("adamuon", list).steps(normEpsilon), false),
                new MatrixMomentum(momentum, nesterov, false),
                tensors.matrices().stream().map(this::size).toList());
        float[][] slots = {new float[layout.size()], new float[tensors.squares(layout)], new float[tensors.values()]};
        return new OptimizerState(layout, horizon, slots, new float[tensors.largest()], plan)
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    /** The norm of a matrix's update at rate 1. */
    private double size(Matrix matrix) {
        Shape shape = matrix.spec().shape();
        double area = kernelSides ? (double) Collections.min(shape.axes()) * Collections.max(shape.axes()) : matrix.size();
        return 0.2 * Math.sqrt(area) * matrix.spec().scaling().orthogonal();
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
            for (int j = 0; j < matrix.size(); j++) {
                o[j] = Math.signum(o[j]);
            }
            plan.factors.get(i).apply(o);
            divide(state.slot(SQUARES), o, matrix);
            double factor = plan.sizes.get(i) / (Norms.norm(o, 0, matrix.size()) + epsilon);
            matrix.move(step.params(), o, (float) (eta * factor), (float) (1 - eta * weightDecay), false);
        }
        plan.tensors.stepOthers(state, step, eta * auxRatio);
        state.advance();
    }

    /** Updates v and divides O. */
    private void divide(float[] v, float[] o, Matrix matrix) {
        float b = (float) momentum;
        float a = (float) (1 - momentum);
        float eps = (float) epsilon;
        int before = matrix.before();
        for (int i = 0; i < matrix.size(); i++) {
            v[before + i] = b * v[before + i] + a * (o[i] * o[i]);
            o[i] /= (float) Math.sqrt(v[before + i]) + eps;
        }
    }

    @Override
    public Optional<String> amountsTo(ParamLayout layout) {
        return HiddenMatrices.amountsTo("adamw", layout);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return HiddenMatrices.remarks("adamuon", "AdamW", layout);
    }

    /** Memory of one state; factors and sizes one per matrix. */
    private record Plan(HiddenMatrices tensors, List<PolarFactor> factors, MatrixMomentum momentum, List<Double> sizes) {}
}
