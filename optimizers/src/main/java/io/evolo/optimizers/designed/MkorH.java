package io.evolo.optimizers.designed;

import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * MKOR-H, the hybrid of MKOR's authors ({@code hkor.py}): a preconditioned step under K-FAC's KL clip until the loss falls too slowly,
 * from then on momentum's step under the same clip. With v the mean over the batch of (a, 1), g that of N·g, k = 0, 1, … the step:
 *
 * <pre>
 * k mod inverseSteps = 0 or k &lt; warmSteps, every layer but the last:
 *   L ← (γL⁻¹ + (1 − γ)vvᵀ)⁻¹       from I; before it L ← (1 − m)L + mI if max|L| &gt; threshold the last time
 *   R ← (γR⁻¹ + (1 − γ)²ggᵀ)⁻¹      from I; before it R ← (1 − m)R + mI if max|L| &gt; threshold just now
 * U = L D R (the last layer: D);  ν = min(1, √(κ / |η² Σ U∘D|));  momentum's step with gradient νU
 * </pre>
 *
 * <p>The square on 1 − γ is the reference's, as is that decay begins at step 20·inverseSteps and ends with the switch. What makes the
 * reference switch is published nowhere; here, with l the bias-corrected average (.98) of the loss, it is for good when
 * (l before − l now)/|l before| over {@code window} steps is below {@code leastFall} twice in a row, after four windows. Momentum's
 * buffers stay. Other tensors have momentum's own step. Under muP D and U are in the
 * coordinates of {@link DenseBlock}, v and g are not.
 *
 * @param rate η per step
 * @param momentum of the base
 * @param weightDecay of the base, coupled
 * @param factorDecay γ
 * @param klClip κ
 * @param inverseSteps steps between updates of the inverses
 * @param warmSteps steps at the beginning that all update them
 * @param stabilizerThreshold see above
 * @param stabilizerMix m
 * @param plainLast whether the last layer is left as it is
 * @param switchStep the first step, from 1 on, without preconditioning, whatever the loss; 0: as the loss decides
 * @param window steps between two looks at the loss
 * @param leastFall relative fall of the loss over a window that keeps the preconditioning
 */
@RuleName("mkor-h")
public record MkorH(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "of the base") double momentum,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "of the base, coupled") double weightDecay,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean factors") double factorDecay,
        @Hyper(standard = 1e-3, range = Range.BOUND, meaning = "bound of the squared step in the gradient's metric") double klClip,
        @Hyper(standard = 10, range = Range.FROM_ONE, meaning = "steps between updates of the inverses") int inverseSteps,
        @Hyper(standard = 10, range = Range.NOT_NEGATIVE, meaning = "first steps that all update the inverses") int warmSteps,
        @Hyper(standard = 2, range = Range.POSITIVE, meaning = "largest entry before the stabiliser acts") double stabilizerThreshold,
        @Hyper(standard = 0.1, range = Range.FRACTION, meaning = "weight of the identity that it mixes in") double stabilizerMix,
        @Hyper(standard = 1, meaning = "whether the last layer is left as it is") boolean plainLast,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "first plain step; 0: as the loss decides") int switchStep,
        @Hyper(standard = 50, range = Range.FROM_ONE, meaning = "steps between two looks at the loss") int window,
        @Hyper(standard = 0.01, range = Range.NOT_NEGATIVE, meaning = "relative fall over a window that keeps preconditioning")
                double leastFall)
        implements Optimizer {
    /** Values of the slot that decides: the loss's average and its weight, the average a window ago, slow windows in a row, switch. */
    private static final int AVERAGE = 0;

    private static final int WEIGHT = 1;
    private static final int BEFORE = 2;
    private static final int SLOW = 3;
    private static final int SWITCHED = 4;
    private static final int DECISION = 5;

    public MkorH {
        Description.of(MkorH.class)
                .require(momentum, weightDecay, factorDecay, klClip, inverseSteps, warmSteps, stabilizerThreshold, stabilizerMix,
                        switchStep, window, leastFall);
        if (factorDecay == 0) {
            throw new IllegalArgumentException("mkor-h: factor_decay is 0, expected more: inverses are divided by it");
        }
    }

    /** Slots: momentum's, the inverses, whether each layer's stabiliser acts next time, and what decides on the switch. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        var plan = new Plan(new Preconditioning(Momentum.of(rate, momentum, 0), layout, horizon));
        float[][] own = {plan.layers.identities(), new float[plan.layers.layers()], new float[DECISION]};
        return plan.layers.baseState().around(layout, own, new float[0], plan);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.GRADIENT, Need.DENSE_SIGNALS);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        List<String> remarks = new ArrayList<>(DenseBlock.remarks("mkor-h", "momentum", layout));
        if (plainLast && !layout.dense().isEmpty()) {
            String last = layout.spec(layout.dense().getLast().weight()).name();
            remarks.add("mkor-h: clipped momentum for the last layer: " + last);
        }
        return remarks;
    }

    /** The first step, from 1 on, that was not preconditioned; empty if there is none yet. */
    public OptionalInt switchedAt(OptimizerState state) {
        int at = (int) decision(state)[SWITCHED];
        return at == 0 ? OptionalInt.empty() : OptionalInt.of(at);
    }

    private static float[] decision(OptimizerState state) {
        return state.slot(state.slots() - 1);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        float[] decision = decision(state);
        decide(decision, state.t() + 1, step.loss());
        boolean plain = decision[SWITCHED] > 0;
        for (int i = 0; i < plan.layers.layers(); i++) {
            if (plain || plainLast && i == plan.layers.layers() - 1) {
                plan.layers.leave(i, step);
            } else {
                precondition(plan, state, step, i);
            }
        }
        double nu = plan.layers.klFactor(klClip, rate.rate(state.t(), state.horizon()), step);
        plan.layers.stepBase(step, nu, !plain && state.t() >= 20 * inverseSteps ? weightDecay : 0);
    }

    private void decide(float[] decision, int t, float loss) {
        decision[AVERAGE] = 0.98f * decision[AVERAGE] + 0.02f * loss;
        decision[WEIGHT] = 0.98f * decision[WEIGHT] + 0.02f;
        if (decision[SWITCHED] > 0) {
            return;
        }
        if (switchStep > 0) {
            decision[SWITCHED] = t >= switchStep ? t : 0;
            return;
        }
        if (t % window == 0) {
            float now = decision[AVERAGE] / decision[WEIGHT];
            boolean slow = t > window && (decision[BEFORE] - now) / Math.max(Math.abs(decision[BEFORE]), 1e-8f) < leastFall;
            decision[SLOW] = slow ? decision[SLOW] + 1 : 0;
            decision[BEFORE] = now;
            // The step count of a run fits a float's 24 bits.
            decision[SWITCHED] = decision[SLOW] >= 2 && t > 4 * window ? t : 0;
        }
    }

    private void precondition(Plan plan, OptimizerState state, Step step, int i) {
        Preconditioning layers = plan.layers;
        float[] inverses = state.slot(layers.baseSlots());
        if (state.t() % inverseSteps == 0 || state.t() < warmSteps) {
            updateInverses(plan, state.slot(layers.baseSlots() + 1), inverses, step, i);
        }
        layers.multiplyBothSides(i, inverses, step);
    }

    private void updateInverses(Plan plan, float[] marked, float[] inverses, Step step, int i) {
        int leftAt = plan.layers.leftAt(i);
        RankOne left = plan.left.get(i);
        left.meanInput(plan.layers.block(i).signals(step), Double.POSITIVE_INFINITY);
        if (marked[i] > 0) {
            left.mixIdentity(1 - stabilizerMix, inverses, leftAt);
        }
        left.update((1 - factorDecay) / factorDecay, 1 / factorDecay, inverses, leftAt);
        marked[i] = left.largest(inverses, leftAt) > stabilizerThreshold ? 1 : 0;

        int rightAt = plan.layers.rightAt(i);
        RankOne right = plan.right.get(i);
        right.meanGradient(plan.layers.block(i).signals(step), Double.POSITIVE_INFINITY);
        if (marked[i] > 0) {
            right.mixIdentity(1 - stabilizerMix, inverses, rightAt);
        }
        right.update((1 - factorDecay) * (1 - factorDecay) / factorDecay, 1 / factorDecay, inverses, rightAt);
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
