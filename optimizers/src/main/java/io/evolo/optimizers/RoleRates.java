package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Role;
import java.util.Map;

/**
 * Rates by role around any rule, learned ones included: what the rule changes in tensors of a role is multiplied by its factor. muP's
 * factors are the rule's own business and stay. Where the factor is 1, the bits are the rule's own.
 *
 * @param rule what makes the step
 * @param factors finite, at least 0; 1 where it is missing, 0: those tensors stay what they are
 */
public record RoleRates(Optimizer rule, Map<Role, Double> factors) implements Around {

    public RoleRates {
        factors = Map.copyOf(factors);
        factors.forEach((role, factor) -> {
            if (!(factor >= 0) || Double.isInfinite(factor)) {
                throw new IllegalArgumentException("factor on the rate of role " + role + " is " + factor + ", expected a finite number of at least 0");
            }
        });
    }

    /** Around the rule's state, with scratch for a copy of the parameters. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = rule.init(layout, horizon);
        return Around.movable("rates by role", inner).around(layout, new float[0][], new float[layout.size()], inner);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        ParamLayout layout = state.layout();
        float[] w = step.params();
        float[] before = state.scratch();
        System.arraycopy(w, 0, before, 0, w.length);
        rule.step(state.plan(OptimizerState.class), step);
        for (int tensor = 0; tensor < layout.tensors(); tensor++) {
            float factor = factors.getOrDefault(layout.spec(tensor).role(), 1.0).floatValue();
            if (factor != 1) {
                for (int i = layout.offset(tensor); i < layout.offset(tensor + 1); i++) {
                    w[i] = before[i] + factor * (w[i] - before[i]);
                }
            }
        }
    }
}
