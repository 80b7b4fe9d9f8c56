package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.List;
import java.util.Optional;

/**
 * KL-Shampoo (Lin et al. 2025, arXiv 2509.03378; {@code yorkerlin/KL-Methods}): momentum whitened by Kronecker factors that minimise a
 * Kullback–Leibler divergence, without Adam's memory. Factors, i and "rotated" as in {@link KlFactors}; the first step only finds them
 * and moves nothing. With E the product of the i of all axes:
 *
 * <pre>
 * m ← β1 m + (1 − β1)g;  u = back((m rotated)·E/(1 + εE));  then the factors        without bias correction
 * w ← w − ηu;  then w ← w − ηλw
 * </pre>
 *
 * <p>Tensors of two axes and more; vectors and scalars make steps of AdamW at {@code auxRatio} times the rate. A convolution's kernel is a
 * matrix [rest, out]; the authors have three axes for it, which {@code three_axes} does.
 *
 * <p>Under muP a covered HIDDEN tensor has the square root of {@code Scaling.adam}, everything else {@code Scaling.adam}, and
 * gradients of covered tensors count as at the base width, {@code Scaling.gradient} times as large. The first step takes longer, and
 * allocates.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2, which only stands in for a shampooBeta of −1
 * @param shampooBeta β of the factors; −1: β2
 * @param epsilon ε
 * @param weightDecay λ, decoupled, after the step
 * @param maxDim longest axis that has a factor
 * @param frequency steps between new bases
 * @param initial eigenvalue estimate of the start
 * @param damping whether ε, too, is added to the estimates
 * @param clamping whether i is bounded
 * @param normalize whether the step of a tensor is brought to root mean square 1
 * @param threeAxes whether a convolution's kernel is [height·width, in, out]
 * @param auxRatio rate of AdamW over η
 * @param auxBeta1 β1 of AdamW
 * @param auxBeta2 β2 of AdamW
 * @param auxEpsilon ε of AdamW
 * @param auxWeightDecay λ of AdamW
 */
@RuleName("kl-shampoo")
public record KlShampoo(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.98, range = Range.DECAY, meaning = "decay of the factors, unless shampoo_beta says another") double beta2,
        @Hyper(standard = -1, range = Range.FINITE, meaning = "decay of the factors; -1: beta2") double shampooBeta,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "keeps the inverse roots finite") double epsilon,
        @Hyper(standard = 0.01, range = Range.NOT_NEGATIVE, meaning = "decoupled, after the step") double weightDecay,
        @Hyper(standard = 10000, range = Range.NOT_NEGATIVE, meaning = "longest axis that has a factor") int maxDim,
        @Hyper(standard = 10, range = Range.FROM_ONE, meaning = "steps between new bases") int frequency,
        @Hyper(standard = 0.1, range = Range.POSITIVE, meaning = "first estimate of all eigenvalues") double initial,
        @Hyper(standard = 0, meaning = "epsilon added to the estimates too") boolean damping,
        @Hyper(standard = 1, meaning = "inverse roots bounded by the axis, at least by 10") boolean clamping,
        @Hyper(standard = 0, meaning = "step of a tensor brought to root mean square 1") boolean normalize,
        @Hyper(standard = 0, meaning = "convolutions as three axes, not as matrices") boolean threeAxes,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = "rate of AdamW for vectors, over the rate") double auxRatio,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "AdamW: decay of the mean gradient") double auxBeta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "AdamW: decay of the mean squared gradient") double auxBeta2,
        @Hyper(standard = 1e-10, range = Range.POSITIVE, meaning = "AdamW: added to the corrected root") double auxEpsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "AdamW: decoupled") double auxWeightDecay)
        implements Optimizer, Eigenbases {
    private static final int MEAN = 0;
    private static final int MEAN_SQUARE = 1;
    private static final int BASES = 3;
    private static final KlFactors.Slots FACTORS = new KlFactors.Slots(2, BASES, 4);

    public KlShampoo {
        Description.of(KlShampoo.class)
                .require(beta1, beta2, shampooBeta, epsilon, weightDecay, maxDim, frequency, initial, auxRatio, auxBeta1, auxBeta2,
                        auxEpsilon, auxWeightDecay);
        KlFactors.requireInitial("kl-shampoo", initial);
        if (shampooBeta >= 1 || shampooBeta < 0 && shampooBeta != -1) {
            throw new IllegalArgumentException(
                    "kl-shampoo: shampoo_beta is " + shampooBeta + ", expected a number in [0, 1), or -1 for beta2");
        }
    }

    /** Slots: m; v of the tensors without factors; all S behind each other; all Q; all i. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        KlFactors factors = factors(layout);
        int[] left = new int[layout.tensors()];
        int covered = 0; // values, which have no v
        for (int i = 0; i < left.length; i++) {
            left[i] = covered;
            covered += factors.cover(i) ? layout.spec(i).shape().size() : 0;
        }
        Plan plan = new Plan(factors, Auxiliary.adamW(auxBeta1, auxBeta2, auxEpsilon, auxWeightDecay), left);
        float[][] slots = {
            new float[layout.size()],
            new float[layout.size() - covered],
            new float[factors.squares()],
            new float[factors.squares()],
            new float[factors.roots()]
        };
        return new OptimizerState(layout, horizon, slots, new float[factors.scratch()], plan)
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    private KlFactors factors(ParamLayout layout) {
        double beta = shampooBeta < 0 ? beta2 : shampooBeta;
        var form = new KlFactors.Form(beta, frequency, initial, damping ? epsilon : 0, clamping, maxDim, threeAxes, false);
        return new KlFactors(layout, form, FACTORS);
    }

    @Override
    public int basisAt(OptimizerState state, int tensor, int axis) {
        return state.plan(Plan.class).factors.basisAt(tensor, axis);
    }

    @Override
    public int basesSlot() {
        return BASES;
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < state.layout().tensors(); i++) {
            if (plan.factors.cover(i)) {
                move(state, step, i, eta);
            } else {
                plan.auxiliary.apply(state, step, i, plan.left[i], eta * auxRatio);
            }
        }
        state.advance();
    }

    private void move(OptimizerState state, Step step, int tensor, double eta) {
        KlFactors factors = state.plan(Plan.class).factors;
        int begin = state.layout().offset(tensor);
        int size = state.layout().offset(tensor + 1) - begin;
        float[] scratch = state.scratch();
        double baseWidth = state.layout().spec(tensor).scaling().gradient();
        BoundedGradient.copy(step.gradient(), begin, size, baseWidth, scratch, 0);
        if (state.t() == 0) {
            factors.start(state, tensor);
            return;
        }
        average(state.slot(MEAN), scratch, begin, size);
        System.arraycopy(state.slot(MEAN), begin, scratch, factors.area(1), size);
        int in = factors.rotate(state, tensor, 1, 2);
        factors.whiten(state, tensor, epsilon, in, 3 - in);
        System.arraycopy(scratch, factors.area(in), scratch, factors.area(1), size);
        int update = factors.area(factors.rotateBack(state, tensor, 1, 2));
        double factor = eta * KlFactors.mup(state.layout().spec(tensor));
        if (normalize) {
            factor /= 1e-30 + Norms.rms(scratch, update, update + size);
        }
        apply(step.params(), begin, scratch, update, size, (float) factor, (float) (eta * weightDecay));
        int rotated = factors.rotate(state, tensor, 0, 1);
        System.arraycopy(scratch, factors.area(rotated), scratch, 0, size);
        factors.follow(state, tensor);
        if (factors.turns(state.t())) {
            factors.turn(state, tensor);
        }
    }

    private void average(float[] m, float[] g, int begin, int size) {
        float b1 = (float) beta1;
        float a1 = (float) (1 - beta1);
        for (int i = 0; i < size; i++) {
            m[begin + i] = b1 * m[begin + i] + a1 * g[i];
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
        return factors(layout).amountsTo(layout);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return factors(layout).remarks("kl-shampoo", layout);
    }

    /**
     * Memory of one state.
     *
     * @param left of every tensor, how many values of tensors with factors come before it
     */
    private record Plan(KlFactors factors, Auxiliary auxiliary, int[] left) {}
}
