package io.evolo.optimizers.learned;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;

/** The features of {@link Velo} and {@link Celo}, which are Celo2's, and what they make of dir and mag, which is as small_fc does. */
record VeloKernel(Celo2Kernel features, SmallFcKernel finish) implements FusedKernel {

    @Override
    public void features(FusedPlan plan, OptimizerState state, Step step, int at, int count, int x, int across, int along, int momenta) {
        features.features(plan, state, step, at, count, x, across, along, momenta);
    }

    @Override
    public void finish(FusedPlan plan, OptimizerState state, Step step, int at, int count, int y) {
        finish.finish(plan, state, step, at, count, y);
    }
}
