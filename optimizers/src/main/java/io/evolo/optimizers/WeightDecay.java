package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Role;
import java.util.Map;

/**
 * A rule with weight decay of any kind, on tensors of some roles only. Coupled decay is added to the gradient that the rule sees; the
 * caller's gradient is bit for bit the same afterwards. The other kinds shrink the parameters before the rule's step, whose gradient was
 * taken before that, as torch's AdamW does. muP does not scale it: the strength per step is the same at every width.
 *
 * @param rule what makes the step; decay of its own comes on top
 * @param decay kind and strength
 * @param shares factor on the strength for tensors of a role, 0: they do not decay, as usually VECTOR, biases and gains; 1 where it is
 *     missing
 */
public record WeightDecay(Optimizer rule, Decay decay, Map<Role, Double> shares) implements Around {

    public WeightDecay {
        shares = Map.copyOf(shares);
    }

    private record Plan(OptimizerState inner, double peak) {}

    /** Around the rule's state; coupled decay has scratch for a copy of the gradient. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = rule.init(layout, horizon);
        int copy = decay instanceof Decay.Coupled ? layout.size() : 0;
        return inner.around(layout, new float[0][], new float[copy], new Plan(inner, peak(horizon)));
    }

    private double peak(int horizon) {
        double peak = 0;
        if (decay instanceof Decay.Independent(double strength, Schedule rate)) {
            for (int t = 0; t < horizon; t++) {
                peak = Math.max(peak, rate.rate(t, horizon));
            }
        }
        return peak > 0 ? peak : 1;
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        switch (decay) {
            case Decay.Coupled coupled -> coupled(state, plan.inner(), step, coupled.strength());
            case Decay.Decoupled decoupled -> {
                shrink(state, step, decoupled.strength() * decoupled.rate().rate(state.t(), state.horizon()));
                rule.step(plan.inner(), step);
            }
            case Decay.Independent independent -> {
                shrink(state, step, independent.strength() * independent.rate().rate(state.t(), state.horizon()) / plan.peak());
                rule.step(plan.inner(), step);
            }
        }
    }

    private void coupled(OptimizerState state, OptimizerState inner, Step step, double strength) {
        float[] gradient = step.gradient();
        ParamLayout layout = state.layout();
        System.arraycopy(gradient, 0, state.scratch(), 0, gradient.length);
        for (int i = 0; i < layout.tensors(); i++) {
            double share = share(layout, i);
            if (share != 0) {
                add(gradient, step.params(), layout.offset(i), layout.offset(i + 1), (float) (share * strength));
            }
        }
        rule.step(inner, step);
        System.arraycopy(state.scratch(), 0, gradient, 0, gradient.length);
    }

    private double share(ParamLayout layout, int tensor) {
        return shares.getOrDefault(layout.spec(tensor).role(), 1.0);
    }

    private static void add(float[] g, float[] w, int begin, int end, float strength) {
        for (int i = begin; i < end; i++) {
            g[i] += strength * w[i];
        }
    }

    private void shrink(OptimizerState state, Step step, double whole) {
        ParamLayout layout = state.layout();
        for (int i = 0; i < layout.tensors(); i++) {
            double share = share(layout, i);
            if (share != 0) {
                shrink(step.params(), layout.offset(i), layout.offset(i + 1), (float) (1 - share * whole));
            }
        }
    }

    private static void shrink(float[] w, int begin, int end, float keep) {
        for (int i = begin; i < end; i++) {
            w[i] *= keep;
        }
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state.plan(Plan.class).inner();
    }
}
