package io.evolo.meta;

import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Signals;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.guard.SafetyRails;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import java.util.List;
import java.util.Set;

/**
 * One running copy of an inner problem: parameters, optimizer state, and whether it has diverged. A diverged lane is frozen: it makes
 * no more steps and every later step counts with the worst loss, until the next inner problem.
 */
public final class Lane {
    private final Optimizee optimizee;
    private final LossNormalizer normalizer;
    private final double divergence;
    private final OptimizerState optimizerState;
    private final Step step;
    private final float[] second;
    private BatchKey batches = new BatchKey(Split.TRAIN, 0); // of the current step, for lossAt
    private int k;
    private long updateNanos;
    private boolean frozen;

    /**
     * @param optimizee may be shared by lanes that run one after the other
     * @param divergence raw losses above it freeze the lane
     * @param optimizerState before its first step; owned by this lane
     */
    Lane(Optimizee optimizee, LossNormalizer normalizer, double divergence, OptimizerState optimizerState) {
        this.optimizee = optimizee;
        this.normalizer = normalizer;
        this.divergence = divergence;
        this.optimizerState = optimizerState;
        int size = optimizerState.layout().size();
        this.second = new float[optimizee.secondObjective().isPresent() ? size : 0];
        var signals = new Signals(optimizee.denseSignals(), List.of(this::lossAt), second);
        this.step = new Step(new float[size], new float[size], signals);
    }

    /** What the rules of a lane on this task may read. */
    Signals signals() {
        return step.signals();
    }

    private double lossAt(float[] others) {
        return optimizee.loss(others, batches, k);
    }

    /** Writes initial parameters. */
    void init(Rng rng) {
        optimizee.init(rng, step.params());
    }

    /**
     * Makes inner steps {@code from} to {@code from + steps} under the rule.
     *
     * @return the meta-loss of the normalised losses, each taken before its step's update; of a rule that averages, those that count
     *     are taken where it is judged
     */
    double unroll(Optimizer rule, BatchKey key, int from, int steps, MetaLoss metaLoss) {
        MetaLoss.Sum sum = metaLoss.new Sum(steps);
        for (int k = from; k < from + steps; k++) {
            boolean apart = rule.averages() && sum.countsNext() && !frozen;
            double judged = apart ? optimizee.loss(evaluationParams(rule), key, k) : 0;
            double loss = innerStep(rule, key, k);
            sum.add(normalizer.normalize(apart && judged <= divergence ? judged : loss));
        }
        return sum.value();
    }

    /**
     * One inner step: forward, backward, update. The raw loss before the update; the divergence bound if the lane is frozen.
     * A rule within rails that roll back gets every loss and goes on.
     */
    double innerStep(Optimizer rule, BatchKey key, int at) {
        if (frozen) {
            return divergence;
        }
        batches = key;
        k = at;
        float loss = forward(rule.needs());
        if (!(loss <= divergence) && !SafetyRails.recovers(rule)) {
            frozen = true;
            return divergence;
        }
        long begin = System.nanoTime(); // the two readings take 50 ns, a step of the smallest network a thousand times as long
        rule.step(optimizerState, step.at(loss));
        updateNanos += System.nanoTime() - begin;
        return loss;
    }

    /** The loss, and of the backward passes those that the rule reads. */
    private float forward(Set<Need> needs) {
        if (needs.contains(Need.SECOND_GRADIENT)) {
            optimizee.secondObjective().orElseThrow().lossAndGradient(step.params(), batches, k, second);
        }
        return needs.contains(Need.GRADIENT)
                ? optimizee.lossAndGradient(step.params(), batches, k, step.gradient())
                : optimizee.loss(step.params(), batches, k);
    }

    /** What all steps of the rule have taken so far; no part of the lane's state. */
    long updateNanos() {
        return updateNanos;
    }

    /** Counts what steps took that another process made. */
    void addUpdateNanos(long earlier) {
        updateNanos += earlier;
    }

    OptimizerState optimizerState() {
        return optimizerState;
    }

    boolean frozen() {
        return frozen;
    }

    float[] params() {
        return step.params();
    }

    /** The parameters that the network is to be judged by, in an array of their own. */
    float[] evaluationParams(Optimizer rule) {
        float[] judged = new float[params().length];
        rule.evaluationParams(optimizerState, params(), judged);
        return judged;
    }

    /** Takes over all that a lane of the same inner problem is. */
    void copyFrom(Lane other) {
        System.arraycopy(other.params(), 0, params(), 0, params().length);
        optimizerState.copyFrom(other.optimizerState);
        frozen = other.frozen;
    }

    State snapshot() {
        return new State(params().clone(), optimizerState.t(), optimizerState.snapshot(), frozen);
    }

    void restore(State state) {
        if (state.params.length != params().length) {
            throw new IllegalArgumentException(
                    "saved lane has " + state.params.length + " parameters, expected " + params().length);
        }
        System.arraycopy(state.params, 0, params(), 0, params().length);
        optimizerState.restore(state.t, state.slots);
        frozen = state.frozen;
    }

    /** A saved lane. Owns its arrays. */
    public record State(float[] params, int t, float[][] slots, boolean frozen) {}
}
