package io.evolo.optimizers.designed;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * A rule whose gradients are taken ahead of it, along the mean of what it lately did (arXiv 2605.25395; modded-nanogpt). With p where the
 * rule's last step ended:
 *
 * <pre>
 * before a gradient: w ← w + β d, β = ahead, scheduled: times η of the last step over the largest η
 * after the rule's step: d ← γ d + (1 − γ) (w − p);  p ← w
 * </pre>
 *
 * <p>What is moved ahead counts in d. The parameters that the training sees stand ahead already; the network is to be judged at p, which
 * {@link #evaluationParams} gives. At first d only builds up, and in the last part of a run nothing is moved ahead.
 *
 * @param rule whose parameters stand nowhere but in the step
 * @param rate η per step, for the schedule of β alone
 * @param decay γ
 * @param ahead β; .6 for Muon, .3 for rules that move far by themselves
 * @param scheduled see above
 * @param prefill first part of the planned steps in which nothing is moved
 * @param rest last part of them
 */
@RuleName("ema-nesterov")
public record EmaNesterov(
        Optimizer rule,
        Schedule rate,
        @Hyper(standard = 0.99, range = Range.DECAY, meaning = "decay of the mean displacement") double decay,
        @Hyper(standard = 0.6, range = Range.NOT_NEGATIVE, meaning = "mean displacements that gradients are taken ahead") double ahead,
        @Hyper(standard = 1, meaning = "whether that falls with the rate") boolean scheduled,
        @Hyper(standard = 0.1, range = Range.FRACTION, meaning = "first part of the steps, without") double prefill,
        @Hyper(standard = 0.25, range = Range.FRACTION, meaning = "last part of the steps, without") double rest)
        implements Around {

    public EmaNesterov {
        Description.of(EmaNesterov.class).require(decay, ahead, prefill, rest);
    }

    private record Plan(OptimizerState inner, double peak) {}

    /** Around the rule's state, with two more slots: p and d. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = Around.movable("ema-nesterov", rule.init(layout, horizon));
        double peak = 0;
        for (int t = 0; t < horizon; t++) {
            peak = Math.max(peak, rate.rate(t, horizon));
        }
        return inner.around(layout, new float[2][layout.size()], new float[0], new Plan(inner, peak > 0 ? peak : 1))
                .holding(inner.slots(), OptimizerState.Content.ITERATE);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        float[] previous = state.slot(plan.inner().slots());
        if (state.t() == 0) {
            System.arraycopy(step.params(), 0, previous, 0, previous.length);
        }
        double last = rate.rate(state.t(), state.horizon());
        rule.step(plan.inner(), step);
        boolean moves = state.t() >= state.steps(prefill) && state.t() < state.horizon() - state.steps(rest);
        double beta = moves ? ahead * (scheduled ? last / plan.peak() : 1) : 0;
        move(step.params(), previous, state.slot(plan.inner().slots() + 1), (float) decay, (float) (1 - decay), (float) beta);
    }

    private static void move(float[] w, float[] previous, float[] d, float keep, float fresh, float beta) {
        for (int i = 0; i < w.length; i++) {
            d[i] = keep * d[i] + fresh * (w[i] - previous[i]);
            previous[i] = w[i];
            w[i] += beta * d[i];
        }
    }

    /** p. */
    @Override
    public boolean averages() {
        return true;
    }

    @Override
    public void evaluationParams(OptimizerState state, float[] params, float[] out) {
        Plan plan = state.plan(Plan.class);
        rule.evaluationParams(plan.inner(), state.t() == 0 ? params : state.slot(plan.inner().slots()), out);
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state.plan(Plan.class).inner();
    }
}
