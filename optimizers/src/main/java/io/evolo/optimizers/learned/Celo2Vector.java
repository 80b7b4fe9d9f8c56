package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.L;
import static io.evolo.optimizers.learned.Lanes.S;
import static io.evolo.optimizers.learned.LearnedState.MOMENTUM;
import static io.evolo.optimizers.learned.LearnedState.SECOND_MOMENT;

import io.evolo.optimizers.designed.AdamUpdate;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.learned.FusedTensor.Slice;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/** The fast twin of {@link Celo2}. */
final class Celo2Vector implements Optimizer {
    private static final AdamUpdate.Moments MOMENTS = new AdamUpdate.Moments(MOMENTUM, SECOND_MOMENT);

    private record Plan(FusedPlan fused, Orthogonalizers orthogonalizers) {}

    private final Celo2 rule;
    private final Decays decays;
    private final FusedPass pass;

    /** @param theta not changed and not kept */
    Celo2Vector(Celo2 rule, float[] theta) {
        this.rule = rule;
        this.decays = Decays.of(rule.decays());
        Mlp net = new Mlp(Celo2.INPUTS, rule.hidden(), Celo2.OUTPUTS, theta);
        this.pass = new FusedPass(new FusedNet(net, Celo2Kernel.FEATURES, 1, false), new Celo2Kernel(1e-8f));
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        Factoring factoring = Factoring.of(layout);
        List<FusedTensor> tensors = new ArrayList<>();
        for (FactoredTensor tensor : factoring.tensors()) {
            tensors.add(FusedTensor.of(tensor, tensor.sliceSize()));
        }
        FusedPlan fused = new FusedPlan(tensors, Celo2Kernel.FEATURES, FusedNet.units(rule.hidden()), layout.size());
        Plan plan = new Plan(fused, rule.orthogonalizers(factoring, Twin.VECTOR));
        return LearnedState.init(layout, horizon, factoring, plan, fused.end);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return rule.remarks(layout);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        FusedPlan plan = state.plan(Plan.class).fused();
        float[] s = state.scratch();
        FusedMoments.clip(step.gradient(), Celo2.LIMIT, s, plan.values);
        pass.net().bias(plan, s);
        plan.setConstants(s);
        double rate = rule.rate().rate(state.t(), state.horizon());
        for (int i = 0; i < plan.tensors.size(); i++) {
            FusedTensor tensor = plan.tensors.get(i);
            double scale = rule.scale(state.layout().spec(i));
            if (rule.isMovedByAdam(state.layout().spec(i)) && rule.vectors() instanceof Celo2.ByAdam vectors) {
                double vectorRate = rate * vectors.rateMultiplier();
                vectors.adam().apply(state, step, i, MOMENTS, vectorRate * scale, 1 - vectorRate * rule.weightDecay());
            } else {
                move(plan, state, step, tensor, (float) (rate * scale), (float) (1 - rate * rule.weightDecay()));
            }
        }
        state.advance();
    }

    private void move(FusedPlan plan, OptimizerState state, Step step, FusedTensor tensor, float rate, float keep) {
        float[] s = state.scratch();
        FactoredTensor factoring = tensor.factoring();
        FusedMoments.update(plan, state, tensor, decays, s, plan.values, Float.POSITIVE_INFINITY);
        for (int i = 0; i < tensor.slices().size(); i++) {
            Slice slice = tensor.slices().get(i);
            float check = pass.scale(plan, state, step, tensor, slice, decays, s, plan.values, 1e-9f);
            pass.run(plan, state, step, tensor, slice);
            int at = factoring.offset() + slice.at();
            if (rule.orthogonalize() && factoring.factored()) {
                state.plan(Plan.class).orthogonalizers().apply(factoring, s, plan.values + at);
            }
            float unit = 1 / (float) Math.sqrt(1e-9f + meanSquare(plan, s, plan.values + at, slice.size()));
            apply(step.params(), at, slice.size(), s, plan.values + at, rate * unit + check, keep);
        }
    }

    /** Mean of squares; every chunk has its own partial sums. */
    private static float meanSquare(FusedPlan plan, float[] s, int at, int count) {
        float sum = 0;
        for (int i = 0; i < count; i += FusedTensor.CHUNK) {
            FusedMoments.squares(s, at + i, Math.min(FusedTensor.CHUNK, count - i), plan.lanes);
            sum += Lanes.sum(s, plan.lanes);
        }
        return sum / count;
    }

    /** p ← keep·p − stepSize·dir, in place. */
    private static void apply(float[] p, int at, int count, float[] s, int dir, float stepSize, float keep) {
        int i = 0;
        for (; i + L <= count; i += L) {
            FloatVector move = FloatVector.fromArray(S, s, dir + i).mul(stepSize);
            FloatVector.fromArray(S, p, at + i).mul(keep).sub(move).intoArray(p, at + i);
        }
        for (; i < count; i++) {
            p[at + i] = keep * p[at + i] - stepSize * s[dir + i];
        }
    }
}
