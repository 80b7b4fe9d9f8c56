package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.LearnedState.MORE;
import static io.evolo.optimizers.learned.RecurrentTheta.FEATURES;
import static io.evolo.optimizers.learned.RecurrentTheta.OUTPUTS;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/** The fast twin of {@link Velo} and {@link Celo}. */
final class HyperVector implements Optimizer {
    /** @param mixing with a network of the state's own, written anew for each tensor; used only where networks are mixed */
    private record Plan(FusedPlan fused, Conductor.Seat seat, FusedPass mixing) {}

    private final HyperRule rule;
    private final Decays decays;
    private final Conductor conductor;
    private final FusedPass pass;

    /** @param theta not changed and not kept */
    HyperVector(HyperRule rule, float[] theta) {
        this.rule = rule;
        this.decays = Decays.of(rule.decays());
        this.conductor = new Conductor(Twin.VECTOR, rule, theta);
        this.pass = pass(rule.mixes() ? new float[rule.places().networkSize()] : rule.places().stacked(theta));
    }

    private FusedPass pass(float[] network) {
        Mlp mlp = new Mlp(FEATURES, rule.places().hidden(), OUTPUTS, network);
        VeloKernel kernel = new VeloKernel(new Celo2Kernel(1e-6f), new SmallFcKernel((float) rule.expMult()));
        return new FusedPass(new FusedNet(mlp, Celo2Kernel.FEATURES, 2, true), kernel);
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        Factoring factoring = Factoring.of(layout, rule.ties());
        List<FusedTensor> tensors = new ArrayList<>();
        for (FactoredTensor tensor : factoring.tensors()) {
            tensors.add(FusedTensor.of(tensor, tensor.size()));
        }
        FusedPlan fused = new FusedPlan(tensors, Celo2Kernel.FEATURES, FusedNet.units(rule.places().hidden()), layout.size());
        Conductor.Seat seat = new Conductor.Seat(new LossBuffer(horizon), MORE, fused.end);
        Plan plan = new Plan(fused, seat, rule.mixes() ? pass(new float[rule.places().networkSize()]) : pass);
        return LearnedState.init(layout, horizon, factoring, plan, fused.end + conductor.scratch(layout), conductor.slots(layout));
    }

    @Override
    public void step(OptimizerState state, Step step) {
        Plan all = state.plan(Plan.class);
        FusedPlan plan = all.fused();
        // Not of the rule that made the state: a state outlives its rule where theta learns.
        FusedPass current = rule.mixes() ? all.mixing() : pass;
        FusedNet net = current.net();
        float[] s = state.scratch();
        conductor.conduct(state, step, all.seat());
        FusedMoments.clip(step.gradient(), HyperRule.LIMIT, s, plan.values);
        plan.setConstants(s);
        s[plan.rates + 1] = (float) (1 - rule.rate().rate(state.t(), state.horizon()) * rule.weightDecay());
        s[plan.rates + 2] = 1;
        int tensors = plan.tensors.size();
        for (int i = 0; i < tensors; i++) {
            FusedTensor tensor = plan.tensors.get(i);
            if (rule.mixes()) {
                net.load(s, conductor.network(all.seat(), tensors, i));
            }
            net.bias(plan, s);
            FusedMoments.update(plan, state, tensor, decays, s, plan.values, 0);
            float check = current.scale(plan, state, step, tensor, tensor.slices().get(0), decays, s, plan.values, 1e-5f);
            s[plan.rates] = s[Conductor.stepSize(all.seat(), i)] + check;
            current.run(plan, state, step, tensor, tensor.slices().get(0));
        }
        state.advance();
    }
}
