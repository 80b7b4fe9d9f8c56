package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.List;

/** Gradient descent whose log learning rate is theta[0]; theta[1] does nothing, so its meta-gradient is 0. */
record LogRateSgd(double initialRate) implements LearnedOptimizer {

    @Override
    public ParamLayout thetaLayout() {
        return new ParamLayout(List.of(ParamSpec.plain("log rate", Shape.of(1)), ParamSpec.plain("idle", Shape.of(1))));
    }

    @Override
    public float[] initTheta(Rng rng) {
        return new float[] {(float) Math.log(initialRate), 0};
    }

    @Override
    public Optimizer bind(float[] theta, Twin twin) {
        float rate = (float) Math.exp(theta[0]);
        return new Optimizer() {
            @Override
            public OptimizerState init(ParamLayout layout, int horizon) {
                return new OptimizerState(layout, horizon, new float[0][], new float[0]);
            }

            @Override
            public void step(OptimizerState state, Step step) {
                for (int i = 0; i < step.params().length; i++) {
                    step.params()[i] -= rate * step.gradient()[i];
                }
                state.advance();
            }
        };
    }
}
