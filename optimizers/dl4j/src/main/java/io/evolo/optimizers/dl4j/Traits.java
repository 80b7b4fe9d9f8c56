package io.evolo.optimizers.dl4j;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * What a rule looks at beyond each tensor's own parameters and gradients, found out by trying: eight steps on two small tensors, done
 * twice with one thing changed. That shows schedules, loss features and norms over all tensors; it could miss a dependence that sets
 * in later.
 *
 * @param usesHorizon whether the planned number of steps matters
 * @param usesLoss whether the loss matters
 * @param couplesTensors whether one tensor's gradient matters to another's update
 */
record Traits(boolean usesHorizon, boolean usesLoss, boolean couplesTensors) {
    private static final int STEPS = 8;
    private static final ParamLayout LAYOUT = new ParamLayout(
            List.of(ParamSpec.plain("w", Shape.of(6, 4)), ParamSpec.plain("b", Shape.of(4))));
    private static final int FIRST = 24;

    static Traits of(Optimizer rule) {
        float[] usual = run(rule, STEPS, false, 1);
        float[] longer = run(rule, 100 * STEPS, false, 1);
        float[] rising = run(rule, STEPS, true, 1);
        float[] steeper = run(rule, STEPS, false, 1000);
        boolean couples = !Arrays.equals(usual, 0, FIRST, steeper, 0, FIRST);
        return new Traits(!Arrays.equals(usual, longer), !Arrays.equals(usual, rising), couples);
    }

    /** Parameters after some steps under losses that fall or rise; gradients of the second tensor are scaled. */
    private static float[] run(Optimizer rule, int horizon, boolean rising, float scale) {
        Rng rng = Rng.of(0, "dl4j-traits");
        float[] params = new float[LAYOUT.size()];
        float[] gradient = new float[LAYOUT.size()];
        rng.fillGaussian(params, 0.3);
        OptimizerState state = rule.init(LAYOUT, horizon);
        Step step = new Step(params, gradient);
        for (int t = 0; t < STEPS; t++) {
            rng.fillGaussian(gradient, 0.1);
            for (int i = FIRST; i < gradient.length; i++) {
                gradient[i] *= scale;
            }
            rule.step(state, step.at(rising ? 1 + t : 1f / (1 + t)));
        }
        return params;
    }
}
