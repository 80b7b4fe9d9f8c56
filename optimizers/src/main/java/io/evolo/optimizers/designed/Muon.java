package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.NewtonSchulz;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

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
 * width, as their update has spectral norm √(out/in) at every width; the AdamW tensors have {@code Scaling.adam}, decay is not scaled.
 *
 * @param rate η per step
 * @param momentum μ
 * @param nesterov whether u looks ahead; else u = m
 * @param iterations of Newton–Schulz
 * @param coefA of X
 * @param coefB of XXᵀX
 * @param coefC of XXᵀXXᵀX
 * @param epsilon ε
 * @param weightDecay λ of the matrices, decoupled
 * @param kernelAspect the reference's factor for convolutions: height/width of the kernel in place of out/in
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
        @Hyper(standard = 1e-7, range = Range.POSITIVE, meaning = "added to a matrix's norm") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "of matrices, decoupled") double weightDecay,
        @Hyper(standard = 0, meaning = "convolutions scaled by the kernel's height/width, as the reference does") boolean kernelAspect,
        @Hyper(standard = 0.015, range = Range.NOT_NEGATIVE, meaning = "rate of AdamW for the other tensors, over the rate") double auxRatio,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "AdamW: decay of the mean gradient") double auxBeta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "AdamW: decay of the mean squared gradient") double auxBeta2,
        @Hyper(standard = 1e-10, range = Range.POSITIVE, meaning = "AdamW: added to the corrected root") double auxEpsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "AdamW: decoupled") double auxWeightDecay)
        implements Optimizer {

    public Muon {
        Description.of(Muon.class)
                .require(momentum, iterations, coefA, coefB, coefC, epsilon, weightDecay, auxRatio, auxBeta1, auxBeta2,
                        auxEpsilon, auxWeightDecay);
    }

    /** Two slots: m of every tensor, and v of those that AdamW moves. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        List<Matrix> matrices = new ArrayList<>();
        var iteration = NewtonSchulz.Iteration.repeated(
                new NewtonSchulz.Quintic((float) coefA, (float) coefB, (float) coefC), iterations, (float) epsilon);
        for (int i = 0; i < layout.tensors(); i++) {
            if (isMatrix(layout.spec(i))) {
                matrices.add(matrix(layout, i, matrices, iteration));
            }
        }
        List<Other> others = new ArrayList<>();
        int left = 0; // values of matrices, which have no v
        for (int i = 0; i < layout.tensors(); i++) {
            if (isMatrix(layout.spec(i))) {
                left += layout.spec(i).shape().size();
            } else {
                others.add(new Other(i, left));
            }
        }
        AdamUpdate aux = AdamUpdate.torch(auxBeta1, auxBeta2, auxEpsilon);
        int largest = matrices.stream().mapToInt(Matrix::size).max().orElse(0);
        Plan plan = new Plan(List.copyOf(matrices), List.copyOf(others), aux);
        float[][] slots = {new float[layout.size()], new float[layout.size() - left]};
        return new OptimizerState(layout, horizon, slots, new float[largest], plan).holding(0, OptimizerState.Content.MOMENTUM);
    }

    private static boolean isMatrix(ParamSpec spec) {
        return spec.role() == Role.HIDDEN && spec.shape().rank() >= 2;
    }

    private Matrix matrix(ParamLayout layout, int tensor, List<Matrix> before, NewtonSchulz.Iteration iteration) {
        Shape shape = layout.spec(tensor).shape();
        int out = shape.axis(shape.rank() - 1);
        int in = shape.size() / out;
        double aspect = kernelAspect && shape.rank() > 2 ? (double) shape.axis(0) / shape.axis(1) : (double) out / in;
        NewtonSchulz kernel = before.stream()
                .map(Matrix::kernel)
                .filter(other -> other.fits(in, out))
                .findFirst()
                .orElseGet(() -> new NewtonSchulz(Twin.selected(), iteration, in, out));
        return new Matrix(layout.offset(tensor), in * out, Math.sqrt(Math.max(1, aspect)), kernel);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < plan.matrices.size(); i++) {
            Matrix matrix = plan.matrices.get(i);
            average(step.gradient(), state.slot(0), state.scratch(), matrix);
            matrix.kernel.apply(state.scratch(), 0);
            move(step.params(), state.scratch(), matrix, (float) (eta * matrix.factor), (float) (1 - eta * weightDecay));
        }
        double auxEta = eta * auxRatio;
        for (int i = 0; i < plan.others.size(); i++) {
            Other other = plan.others.get(i);
            double tensorRate = auxEta * state.layout().spec(other.tensor).scaling().adam();
            plan.aux.apply(state, step, other.tensor, AdamUpdate.Moments.FIRST_TWO, other.left, tensorRate, 1 - auxEta * auxWeightDecay);
        }
        state.advance();
    }

    /** Updates m and writes u. */
    private void average(float[] g, float[] m, float[] u, Matrix matrix) {
        float mu = (float) momentum;
        float rest = (float) (1 - momentum);
        for (int i = 0; i < matrix.size; i++) {
            int at = matrix.at + i;
            m[at] = mu * m[at] + rest * g[at];
            u[i] = nesterov ? mu * m[at] + rest * g[at] : m[at];
        }
    }

    private static void move(float[] w, float[] x, Matrix matrix, float rate, float keep) {
        for (int i = 0; i < matrix.size; i++) {
            w[matrix.at + i] = keep * w[matrix.at + i] - rate * x[i];
        }
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        List<String> others = layout.specs().stream().filter(spec -> !isMatrix(spec)).map(ParamSpec::name).toList();
        return others.isEmpty()
                ? List.of()
                : List.of("muon: AdamW instead for what is no matrix between hidden units: " + String.join(", ", others));
    }

    /**
     * One orthogonalised tensor.
     *
     * @param at where it begins
     * @param factor √max(1, out/in)
     * @param kernel shared by matrices of one shape
     */
    private record Matrix(int at, int size, double factor, NewtonSchulz kernel) {}

    /**
     * A tensor that AdamW moves.
     *
     * @param left values of matrices before it
     */
    private record Other(int tensor, int left) {}

    /** Memory of one state. */
    private record Plan(List<Matrix> matrices, List<Other> others, AdamUpdate aux) {}
}
