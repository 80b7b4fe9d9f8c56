package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.BLOCK;
import static io.evolo.optimizers.learned.Lanes.GROUP;
import static io.evolo.optimizers.learned.Lanes.HALF;
import static io.evolo.optimizers.learned.Lanes.L;
import static io.evolo.optimizers.learned.Lanes.S;
import static io.evolo.optimizers.learned.MlpLopt.COLUMNS;
import static io.evolo.optimizers.learned.MlpLopt.INPUTS;
import static io.evolo.optimizers.learned.MlpLopt.K;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Team;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The fast twin of {@link MlpLopt}. Slots: the six momenta. */
final class MlpLoptVector implements Optimizer {
    private static final int CHUNK = FusedTensor.CHUNK;

    private final MlpLopt rule;
    private final float[] betas;
    private final FusedNet net;
    private final SmallFcKernel kernel;

    /** @param theta not changed and not kept */
    MlpLoptVector(MlpLopt rule, float[] theta) {
        this.rule = rule;
        this.betas = rule.betas();
        this.net = FusedNet.withoutSides(new Mlp(INPUTS, rule.hidden(), SmallFc.OUTPUTS, theta), COLUMNS);
        this.kernel = new SmallFcKernel((float) rule.expMult());
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        FusedPlan plan = FusedPlan.withoutSides(COLUMNS, FusedNet.units(rule.hidden()));
        return new OptimizerState(layout, horizon, new float[K][layout.size()], new float[plan.end], plan);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        FusedPlan plan = state.plan(FusedPlan.class);
        ParamLayout layout = state.layout();
        float[] s = state.scratch();
        SmallFc.timeFeatures(state.t(), s, plan.times);
        net.bias(plan, s);
        Arrays.fill(s, plan.alongTable, plan.alongTable + HALF, 0);
        double rate = rule.rate().rate(state.t(), state.horizon()) * rule.stepMult();
        s[plan.rates + 1] = 1;
        s[plan.rates + 2] = 1;
        for (int k = 0; k < K; k++) {
            FusedMoments.momentum(state.slot(k), 0, layout.size(), betas[k], step.gradient(), 0);
        }
        for (int i = 0; i < layout.tensors(); i++) {
            float check = scale(plan, state, step, layout.offset(i), layout.offset(i + 1));
            s[plan.rates] = (float) (rate * layout.spec(i).scaling().adam()) + check;
            run(plan, state, step, layout.offset(i), layout.offset(i + 1));
        }
        state.advance();
    }

    /** Scales the network's weights to the tensor; see {@link FusedNet#scale} for the result. */
    private float scale(FusedPlan plan, OptimizerState state, Step step, int begin, int end) {
        float[] s = state.scratch();
        Arrays.fill(s, plan.means, plan.means + COLUMNS, 0);
        for (int chunk = begin; chunk < end; chunk += CHUNK) {
            Arrays.fill(s, plan.lanes, plan.lanes + COLUMNS * GROUP, 0);
            int chunkEnd = Math.min(end, chunk + CHUNK);
            for (int at = chunk; at < chunkEnd; at += BLOCK) {
                features(state, step, at, Math.min(BLOCK, chunkEnd - at), s, plan.x);
                FusedLayers.addSquares(s, plan.x, COLUMNS, plan.lanes);
            }
            for (int feature = 0; feature < COLUMNS; feature++) {
                s[plan.means + feature] += Lanes.sum(s, plan.lanes + feature * GROUP);
            }
        }
        for (int feature = 0; feature < COLUMNS; feature++) {
            s[plan.means + feature] /= end - begin;
        }
        return net.scaleFeatures(plan, s, 1e-5f);
    }

    private void run(FusedPlan plan, OptimizerState state, Step step, int begin, int end) {
        int threads = FusedShares.threads(end - begin);
        if (threads == 1) {
            blocks(plan, state, step, begin, end);
            return;
        }
        FusedShares shares = plan.shares;
        shares.reserve(state, threads, 0);
        Team.each(part -> {
            shares.copy(part, plan.scales, plan.alongTable + HALF);
            int from = begin + Team.cut(end - begin, BLOCK, part, threads);
            blocks(plan, shares.state(part), step, from, begin + Team.cut(end - begin, BLOCK, part + 1, threads));
        });
    }

    private void blocks(FusedPlan plan, OptimizerState state, Step step, int begin, int end) {
        float[] s = state.scratch();
        for (int at = begin; at < end; at += BLOCK) {
            int count = Math.min(BLOCK, end - at);
            features(state, step, at, count, s, plan.x);
            net.run(plan, s, plan.x, plan.bias, plan.bias, 1, plan.alongTable, plan.alongTable, 0);
            kernel.finish(plan, state, step, at, count, plan.outputs);
        }
    }

    /** Writes the features of a block, BLOCK apart; 0 behind its last element. */
    private static void features(OptimizerState state, Step step, int at, int count, float[] s, int x) {
        feature(step.gradient(), at, count, s, x);
        feature(step.params(), at, count, s, x + BLOCK);
        for (int k = 0; k < K; k++) {
            feature(state.slot(k), at, count, s, x + (2 + k) * BLOCK);
        }
    }

    private static void feature(float[] from, int at, int count, float[] s, int x) {
        for (int i = 0; i < BLOCK; i += L) {
            VectorMask<Float> in = S.indexInRange(i, count);
            FloatVector.fromArray(S, from, at + i, in).intoArray(s, x + i);
        }
    }
}
