package io.evolo.optimizers.designed;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Need;
import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * MKOR (Mozaffari et al. 2023), with momentum as its base: both sides of a dense layer's gradient are multiplied by inverses of
 * running averages of rank-one matrices, kept by the Sherman–Morrison formula, and the result is brought back to the gradient's norm.
 * With v the mean over the batch of the inputs (a, 1), or of N·g, each value clipped at {@code limit}:
 *
 * <pre>
 * released: J ← (1 − μ)J + μI;                          J ← J − Jv(Jv)ᵀ/(1 + vᵀJv)            from J = I, which the first update keeps
 * exact:    J ← ζJ + (1 − ζ)I where max|J| &gt; threshold;  J ← (γJ⁻¹ + (1 − γ)vvᵀ)⁻¹              from J = I
 * U = L D R;  U ← U·(|dW| + |db|)/(|U_W| + |U_b|) (released), U·‖D‖/‖U‖ (exact);  momentum's step with gradient U
 * </pre>
 *
 * <p>The released form is the authors' package, whose {@code stat_decay} and {@code stabilization_factor} do nothing; the exact form is
 * what the paper derives. The formula that the paper prints amplifies the mean gradient instead of damping it and is not offered.
 * Other tensors have momentum's own step. Source: {@code mkor/mkor.py} of the authors' repository.
 *
 * <p>Under muP D and U are in the coordinates of {@link DenseBlock}, v is not; the rate scales as momentum's does, as the update has the
 * gradient's norm.
 *
 * @param rate η per step
 * @param momentum of the base
 * @param weightDecay of the base, coupled
 * @param exact whether the exact form; its usual {@code warmSteps} are 10
 * @param inverseSteps steps between updates of the inverses
 * @param warmSteps steps at the beginning that all update them
 * @param limit of the values that are averaged; the exact form has none by default in the reference: ∞
 * @param identity μ
 * @param factorDecay γ
 * @param stabilizerKeep ζ
 * @param stabilizerThreshold see above
 */
@RuleName("mkor")
public record Mkor(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "of the base") double momentum,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "of the base, coupled") double weightDecay,
        @Hyper(standard = 0, meaning = "exact Sherman-Morrison instead of the released form") boolean exact,
        @Hyper(standard = 10, range = Range.FROM_ONE, meaning = "steps between updates of the inverses") int inverseSteps,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "first steps that all update the inverses") int warmSteps,
        @Hyper(standard = 100, range = Range.BOUND, meaning = "bound of inputs and output gradients") double limit,
        @Hyper(standard = 0.05, range = Range.FRACTION, meaning = "released form: weight of the identity at each update") double identity,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "exact form: decay of the mean factors") double factorDecay,
        @Hyper(standard = 0.9, range = Range.FRACTION, meaning = "exact form: what the stabiliser keeps of an inverse") double stabilizerKeep,
        @Hyper(standard = 2, range = Range.POSITIVE, meaning = "exact form: largest entry before the stabiliser acts")
                double stabilizerThreshold)
        implements Optimizer {

    public Mkor {
        Description.of(Mkor.class)
                .require(momentum, weightDecay, inverseSteps, warmSteps, limit, identity, factorDecay, stabilizerKeep,
                        stabilizerThreshold);
        if (exact && factorDecay == 0) {
            throw new IllegalArgumentException("mkor: factor_decay is 0, expected more in the exact form, which divides by it");
        }
    }

    /** This rule with another base, in the place of momentum. */
    public Optimizer around(Optimizer base) {
        return new Based(this, base);
    }

    /** Slots: momentum's, and the inverses. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return init(layout, horizon, Momentum.of(rate, momentum, weightDecay));
    }

    private OptimizerState init(ParamLayout layout, int horizon, Optimizer base) {
        var plan = new Plan(new Preconditioning(base, layout, horizon));
        return plan.layers.baseState().around(layout, new float[][] {plan.layers.identities()}, new float[0], plan);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.GRADIENT, Need.DENSE_SIGNALS);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return DenseBlock.remarks("mkor", "momentum", layout);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        float[] inverses = state.slot(plan.layers.baseSlots());
        boolean updates = state.t() % inverseSteps == 0 || state.t() < warmSteps;
        for (int i = 0; i < plan.layers.layers(); i++) {
            if (updates && (exact || state.t() > 0)) {
                RankOne left = plan.left.get(i);
                left.meanInput(plan.layers.block(i).signals(step), limit);
                update(left, inverses, plan.layers.leftAt(i));
                RankOne right = plan.right.get(i);
                right.meanGradient(plan.layers.block(i).signals(step), limit);
                update(right, inverses, plan.layers.rightAt(i));
            }
            plan.layers.multiplyBothSides(i, inverses, step);
            rescale(plan.layers, i, step);
        }
        plan.layers.stepBase(step, 1);
    }

    private void update(RankOne factor, float[] inverses, int at) {
        if (!exact) {
            factor.mixIdentity(1 - identity, inverses, at);
            factor.update(1, 1, inverses, at);
            return;
        }
        if (factor.largest(inverses, at) > stabilizerThreshold) {
            factor.mixIdentity(stabilizerKeep, inverses, at);
        }
        factor.update((1 - factorDecay) / factorDecay, 1 / factorDecay, inverses, at);
    }

    /** Brings U back to the norm of D; both are 0 together, and then stay so. */
    private void rescale(Preconditioning layers, int i, Step step) {
        int weights = layers.block(i).size() - layers.block(i).units();
        double wanted = norm(layers.gradientOf(i, step), 0, weights, layers.block(i).units());
        double got = norm(layers.updates(), layers.updateAt(i), weights, layers.block(i).units());
        if (wanted != 0) {
            layers.scale(i, wanted / got);
        }
    }

    private double norm(float[] x, int at, int weights, int units) {
        double ofWeights = Norms.squares(x, at, at + weights);
        double ofBias = Norms.squares(x, at + weights, at + weights + units);
        return exact ? Math.sqrt(ofWeights + ofBias) : Math.sqrt(ofWeights) + Math.sqrt(ofBias);
    }

    /** The rule with another base. */
    private record Based(Mkor mkor, Optimizer rule) implements Around {
        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            return mkor.init(layout, horizon, rule);
        }

        @Override
        public OptimizerState inside(OptimizerState state) {
            return state.plan(Plan.class).layers.baseState();
        }

        @Override
        public void step(OptimizerState state, Step step) {
            mkor.step(state, step);
        }

        @Override
        public Set<Need> needs() {
            Set<Need> needs = new HashSet<>(rule.needs());
            needs.addAll(mkor.needs());
            return needs;
        }

        @Override
        public List<String> remarks(ParamLayout layout) {
            return DenseBlock.remarks("mkor", "base rule", layout);
        }
    }

    /** Memory of one state. */
    private record Plan(Preconditioning layers, List<RankOne> left, List<RankOne> right) {
        Plan(Preconditioning layers) {
            this(
                    layers,
                    IntStream.range(0, layers.layers()).mapToObj(i -> new RankOne(layers.block(i).inputs())).toList(),
                    IntStream.range(0, layers.layers()).mapToObj(i -> new RankOne(layers.block(i).units())).toList());
        }
    }
}
