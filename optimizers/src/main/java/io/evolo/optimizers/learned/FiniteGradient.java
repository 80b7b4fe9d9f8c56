package io.evolo.optimizers.learned;

import io.evolo.optimizers.GradientChange;
import io.evolo.tasks.ParamLayout;

/** Puts 0 for a gradient's NaN and ±3.4e38 for ±∞, as muLO's code has it. It hides divergence, so no rule does it unless asked to. */
record FiniteGradient() implements GradientChange {

    @Override
    public boolean concerns(ParamLayout layout) {
        return true;
    }

    @Override
    public boolean changes(ParamLayout layout, float[] gradient) {
        float sum = 0;
        for (float g : gradient) {
            sum += 0 * g;
        }
        return sum != 0;
    }

    @Override
    public void change(ParamLayout layout, float[] gradient) {
        for (int i = 0; i < gradient.length; i++) {
            float g = Float.isNaN(gradient[i]) ? 0 : gradient[i];
            gradient[i] = Math.clamp(g, -Float.MAX_VALUE, Float.MAX_VALUE);
        }
    }
}
