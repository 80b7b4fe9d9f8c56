package io.evolo.meta;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Task;
import java.util.List;

/** Minimise ½·a·w² from w = 1: a problem whose every trajectory is known in closed form. */
record Quadratic(double a) implements Task {

    @Override
    public String name() {
        return "quadratic " + a;
    }

    @Override
    public ParamLayout layout() {
        return new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(1))));
    }

    @Override
    public Optimizee open() {
        return new Optimizee() {
            @Override
            public void init(Rng rng, float[] w) {
                w[0] = 1;
            }

            @Override
            public float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient) {
                gradient[0] = (float) (a * w[0]);
                return loss(w, key, step);
            }

            @Override
            public float loss(float[] w, BatchKey key, int step) {
                return (float) (0.5 * a * w[0] * w[0]);
            }
        };
    }
}
