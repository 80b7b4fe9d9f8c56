package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Signals;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Shape;
import java.util.List;

/** Two losses with known minima, for any rule. */
enum Problems {
    /** Σ ½ aᵢ (xᵢ − cᵢ)², with a from 0.5 to 2. */
    PARABOLA(new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(4, 5)), ParamSpec.plain("b", Shape.of(3))))) {
        @Override
        void start(float[] x) {
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) (1 + 0.5 * StrictMath.cos(3.1 * i));
            }
        }

        @Override
        double lossAndGradient(float[] x, float[] gradient) {
            double loss = 0;
            for (int i = 0; i < x.length; i++) {
                double curvature = 0.5 + 1.5 * i / x.length;
                double apart = x[i] - StrictMath.sin(1.7 * i);
                loss += 0.5 * curvature * apart * apart;
                gradient[i] = (float) (curvature * apart);
            }
            return loss;
        }
    },
    /** 100 (y − x²)² + (1 − x)² from (−1.2, 1), with its minimum at (1, 1) behind a curved valley (Rosenbrock 1960). */
    ROSENBROCK(new ParamLayout(List.of(ParamSpec.plain("xy", Shape.of(2))))) {
        @Override
        void start(float[] x) {
            x[0] = -1.2f;
            x[1] = 1;
        }

        @Override
        double lossAndGradient(float[] p, float[] gradient) {
            double x = p[0];
            double up = p[1] - x * x;
            gradient[0] = (float) (-400 * x * up - 2 * (1 - x));
            gradient[1] = (float) (200 * up);
            return 100 * up * up + (1 - x) * (1 - x);
        }
    };

    private final ParamLayout layout;

    Problems(ParamLayout layout) {
        this.layout = layout;
    }

    abstract void start(float[] x);

    /** Writes the gradient. */
    abstract double lossAndGradient(float[] x, float[] gradient);

    ParamLayout layout() {
        return layout;
    }

    double initialLoss() {
        float[] x = new float[layout.size()];
        start(x);
        return lossAndGradient(x, new float[x.length]);
    }

    /** The loss where the rule says that it has come to. */
    double lossAfter(Optimizer rule, int steps) {
        float[] x = new float[layout.size()];
        start(x);
        OptimizerState state = rule.init(layout, steps);
        Step step = new Step(x, new float[x.length], signals());
        for (int t = 0; t < steps; t++) {
            rule.step(state, step.at((float) lossAndGradient(x, step.gradient())));
        }
        float[] judged = new float[x.length];
        rule.evaluationParams(state, x, judged);
        return lossAndGradient(judged, new float[x.length]);
    }

    /** Everything that rules may read; the second objective has no gradient. */
    Signals signals() {
        float[] unused = new float[layout.size()];
        return new Signals(List.of(), List.of(others -> lossAndGradient(others, unused)), new float[layout.size()]);
    }
}
