package io.evolo.optimizers.learned;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.ArrayList;
import java.util.List;

/** The fast twin of {@link SmallFc}. */
final class SmallFcVector implements Optimizer {
    private final SmallFc rule;
    private final Decays decays;
    private final FusedPass pass;

    /** @param theta not changed and not kept */
    SmallFcVector(SmallFc rule, float[] theta) {
        this.rule = rule;
        this.decays = rule.decays(theta);
        Mlp net = new Mlp(SmallFc.INPUTS, rule.hidden(), SmallFc.OUTPUTS, theta);
        FusedNet packed = new FusedNet(net, SmallFcKernel.FEATURES, SmallFc.OUTPUTS, true);
        this.pass = new FusedPass(packed, new SmallFcKernel((float) rule.expMult()));
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        Factoring factoring = Factoring.of(layout);
        List<FusedTensor> tensors = new ArrayList<>();
        for (FactoredTensor tensor : factoring.tensors()) {
            tensors.add(FusedTensor.of(tensor, tensor.size()));
        }
        FusedPlan plan = new FusedPlan(tensors, SmallFcKernel.FEATURES, FusedNet.units(rule.hidden()), 0);
        return LearnedState.init(layout, horizon, factoring, plan, plan.end);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        FusedPlan plan = state.plan(FusedPlan.class);
        float[] s = state.scratch();
        SmallFc.timeFeatures(state.t(), s, plan.times);
        pass.net().bias(plan, s);
        plan.setConstants(s);
        double rate = rule.rate().rate(state.t(), state.horizon());
        for (int i = 0; i < plan.tensors.size(); i++) {
            FusedTensor tensor = plan.tensors.get(i);
            FusedMoments.update(plan, state, tensor, decays, step.gradient(), 0, 1e-6f);
            float check = pass.scale(plan, state, step, tensor, tensor.slices().get(0), decays, step.gradient(), 0, 1e-5f);
            s[plan.rates] = (float) (rate * state.layout().spec(i).scaling().adam() * rule.stepMult()) + check;
            float keep = (float) (1 - rate * rule.weightDecay());
            s[plan.rates + 1] = rule.form().decayWithStep() ? 1 : keep;
            s[plan.rates + 2] = rule.form().decayWithStep() ? keep : 1;
            pass.run(plan, state, step, tensor, tensor.slices().get(0));
        }
        state.advance();
    }
}
