package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import java.util.List;
import java.util.Optional;

/**
 * SOAP (Vyas et al. 2024, {@code soap.py}): Adam in the eigenbases of Shampoo's preconditioners. With Q_k the basis of axis k, "rotated"
 * meaning multiplied by all Q_kᵀ, and s = t − 1 (the first step only fills L and Q and moves nothing):
 *
 * <pre>
 * g' = g rotated;  m' ← β1 m' + (1 − β1)g';  v ← β2 v + (1 − β2)g'²
 * w ← w − η √(1 − β2^s)/(1 − β1^s) · back(m'/(√v + ε));  then w ← w − ηλw
 * L_k ← βL_k + (1 − β) G_k G_kᵀ
 * every {@code frequency} steps: columns of Q_k by descending qᵀLq, v along with them;  Q_k ← QR(L_k Q_k).Q;  m' in the new bases
 * </pre>
 *
 * <p>Tensors of fewer than two axes, and axes longer than {@code maxDim}, are not rotated: plain Adam there, the skipped first step
 * included. Deviation: m' is rotated only where a basis changes, not back and forth at every step. Where
 * the first gradient has no full rank, the basis of its null space is a matter of rounding, and with it the trajectory.
 *
 * <p>Under muP a rotated HIDDEN tensor has the square root of {@code Scaling.adam}, others {@code Scaling.adam}; see docs/optimizers.md
 * for what was measured. The first step takes longer, and allocates.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param shampooBeta β; −1: β2
 * @param epsilon ε
 * @param weightDecay λ, decoupled, after the step
 * @param maxDim longest axis that is rotated
 * @param mergeDims whether neighbouring axes become one while that is no longer than {@code maxDim}
 * @param preconditionVectors whether vectors are rotated too
 * @param normalize whether the step of a tensor is brought to root mean square 1
 * @param correctBias whether the factors of s above are there
 * @param frequency steps between new bases
 * @param oneSided whether of every tensor only the shortest axis is rotated (all of them where they are equally short): about as good
 *     where one side is much the longer, at a fraction of the cost
 * @param firstStep whether the first gradient, from which the bases come, makes a step too, as in modded-nanogpt's SOAP-H; in its own
 *     bases it is diagonal, so that with a small ε the step is rounding noise divided by rounding noise
 * @param keepOrder whether columns are not brought to descending order with v, as in SOAP-H
 */
@RuleName("soap")
public record Soap(
        Schedule rate,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = -1, range = Range.FINITE, meaning = "decay of the mean outer products; -1: beta2") double shampooBeta,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the root") double epsilon,
        @Hyper(standard = 0.01, range = Range.NOT_NEGATIVE, meaning = "decoupled, after the step") double weightDecay,
        @Hyper(standard = 10000, range = Range.NOT_NEGATIVE, meaning = "longest axis that is rotated") int maxDim,
        @Hyper(standard = 0, meaning = "neighbouring axes merged up to max_dim") boolean mergeDims,
        @Hyper(standard = 0, meaning = "vectors rotated too") boolean preconditionVectors,
        @Hyper(standard = 0, meaning = "step of a tensor brought to root mean square 1") boolean normalize,
        @Hyper(standard = 1, meaning = "bias correction") boolean correctBias,
        @Hyper(standard = 10, range = Range.FROM_ONE, meaning = "steps between new bases") int frequency,
        @Hyper(standard = 0, meaning = "only the shortest axis of a tensor rotated") boolean oneSided,
        @Hyper(standard = 0, meaning = "whether the first gradient makes a step, in its own bases") boolean firstStep,
        @Hyper(standard = 0, meaning = "bases' columns keep their order") boolean keepOrder)
        implements Optimizer, Eigenbases {
    private static final int MEAN = 0;
    private static final int MEAN_SQUARE = 1;
    private static final EigenView.Slots SLOTS = new EigenView.Slots(MEAN, MEAN_SQUARE, 2, 3);

    public Soap {
        Description.of(Soap.class).require(beta1, beta2, shampooBeta, epsilon, weightDecay, maxDim, frequency);
        if (shampooBeta >= 1 || shampooBeta < 0 && shampooBeta != -1) {
            throw new IllegalArgumentException("soap: shampoo_beta is " + shampooBeta + ", expected a number in [0, 1), or -1 for beta2");
        }
    }

    /** Slots: m', v, all L behind each other, all Q. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        EigenView view = new EigenView(layout, axes(), SLOTS);
        int largest = layout.specs().stream().mapToInt(spec -> spec.shape().size()).max().orElse(0);
        int squares = view.squares();
        float[][] slots = {new float[layout.size()], new float[layout.size()], new float[squares], new float[squares]};
        return new OptimizerState(layout, horizon, slots, new float[2 * largest], view).holding(MEAN, OptimizerState.Content.MOMENTUM);
    }

    private EigenView.Axes axes() {
        return new EigenView.Axes(maxDim, mergeDims, preconditionVectors, oneSided);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        EigenView view = state.plan(EigenView.class);
        for (int i = 0; i < state.layout().tensors(); i++) {
            if (state.t() > 0) {
                move(state, step, i, view);
            }
            view.load(state, i, step.gradient());
            view.average(state, i, shampooBeta < 0 ? beta2 : shampooBeta);
            if (state.t() == 0) {
                view.decompose(state, i);
            } else if (state.t() % frequency == 0) {
                view.improve(state, i, keepOrder);
            }
            if (state.t() == 0 && firstStep) {
                move(state, step, i, view);
            }
        }
        state.advance();
    }

    @Override
    public int basisAt(OptimizerState state, int tensor, int axis) {
        return state.plan(EigenView.class).basisAt(tensor, axis);
    }

    @Override
    public int basesSlot() {
        return SLOTS.bases();
    }

    private void move(OptimizerState state, Step step, int tensor, EigenView view) {
        int begin = state.layout().offset(tensor);
        int size = state.layout().offset(tensor + 1) - begin;
        float[] scratch = state.scratch();
        view.load(state, tensor, step.gradient());
        int rotated = view.rotate(state, tensor);
        int direction = scratch.length / 2 - rotated;
        adam(state, begin, size, rotated, direction);
        int update = view.rotateBack(state, tensor, direction);
        double eta = rate.rate(state.t(), state.horizon());
        double factor = factor(firstStep ? state.t() + 1 : state.t()) * eta * scaling(state.layout().spec(tensor), view.rotated(tensor) > 0);
        if (normalize) {
            factor /= 1e-30 + Norms.rms(scratch, update, update + size);
        }
        apply(step.params(), begin, scratch, update, size, (float) factor, (float) (eta * weightDecay));
    }

    private double factor(int s) {
        return correctBias ? Math.sqrt(Powers.correction(beta2, s)) / Powers.correction(beta1, s) : 1;
    }

    private static double scaling(ParamSpec spec, boolean rotated) {
        return spec.role() == Role.HIDDEN && rotated ? spec.scaling().orthogonal() : spec.scaling().adam();
    }

    private void adam(OptimizerState state, int begin, int size, int rotated, int direction) {
        float[] scratch = state.scratch();
        float[] m = state.slot(MEAN);
        float[] v = state.slot(MEAN_SQUARE);
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float a1 = (float) (1 - beta1);
        float a2 = (float) (1 - beta2);
        float eps = (float) epsilon;
        for (int i = 0; i < size; i++) {
            float g = scratch[rotated + i];
            m[begin + i] = b1 * m[begin + i] + a1 * g;
            v[begin + i] = b2 * v[begin + i] + a2 * (g * g);
            scratch[direction + i] = m[begin + i] / ((float) Math.sqrt(v[begin + i]) + eps);
        }
    }

    private static void apply(float[] w, int begin, float[] update, int at, int size, float rate, float decay) {
        for (int i = 0; i < size; i++) {
            float moved = w[begin + i] - rate * update[at + i];
            w[begin + i] = moved - decay * moved;
        }
    }

    @Override
    public Optional<String> amountsTo(ParamLayout layout) {
        return new EigenView(layout, axes(), SLOTS).amountsTo(layout);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return new EigenView(layout, axes(), SLOTS).remarks("soap", layout);
    }
}
