package io.evolo.optimizers.learned;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.List;

/**
 * A few steps of a rule on a tiny fixed problem, whose result is kept with the rule's theta: whoever loads theta repeats them and so
 * knows that it means what it meant when it was written. Tensors of rank 0, 1, 2 and 4; the last one with a muP factor.
 */
public final class GoldenRun {
    static final ParamLayout LAYOUT = new ParamLayout(List.of(
            ParamSpec.plain("scalar", Shape.of()),
            ParamSpec.plain("vector", Shape.of(5)),
            ParamSpec.plain("matrix", Shape.of(4, 3)),
            new ParamSpec("kernel", Shape.of(2, 3, 2, 4), Role.HIDDEN, 12, 0, new Scaling(0, 1, 0.5, 1))));

    private static final int STEPS = 4;
    private static final int HORIZON = 20;

    /** How far kernels of equal formulas but other order of summation may be apart, as a share of the distance moved. */
    private static final double TOLERANCE = 1e-3;

    /** What storing parameters of order 1 in float32 costs per step and element. */
    private static final double ROUNDING = 6e-8;

    private GoldenRun() {}

    /** The parameters after the golden run of a rule. */
    public static float[] of(Optimizer rule) {
        OptimizerState state = rule.init(LAYOUT, HORIZON);
        Step step = new Step(start(), new float[LAYOUT.size()]);
        for (int t = 0; t < STEPS; t++) {
            for (int i = 0; i < LAYOUT.size(); i++) {
                step.gradient()[i] = (float) (0.2 * StrictMath.sin(1.3 * i + 0.5 * t + 0.1));
            }
            rule.step(state, step.at(1));
        }
        return step.params();
    }

    private static float[] start() {
        float[] params = new float[LAYOUT.size()];
        for (int i = 0; i < params.length; i++) {
            params[i] = (float) (0.5 * StrictMath.cos(0.7 * i + 0.3));
        }
        return params;
    }

    /**
     * Repeats the golden run and compares it with its recorded result: each tensor may be off by 1e-3 of the distance it moved, and
     * by the rounding of its parameters.
     *
     * @param where names the file, for the message
     * @throws CheckpointException if a tensor is farther off; says which one and by how much
     */
    public static void check(Optimizer rule, float[] recorded, String where) {
        if (recorded.length != LAYOUT.size()) {
            throw new CheckpointException(where + ": the golden run has " + recorded.length + " values, expected " + LAYOUT.size());
        }
        float[] ours = of(rule);
        float[] start = start();
        for (int i = 0; i < LAYOUT.tensors(); i++) {
            int begin = LAYOUT.offset(i);
            int end = LAYOUT.offset(i + 1);
            double apart = distance(ours, recorded, begin, end);
            double allowed = TOLERANCE * distance(recorded, start, begin, end) + ROUNDING * STEPS * Math.sqrt(end - begin);
            if (!(apart <= allowed)) {
                throw new CheckpointException(where + ": the rule does not repeat its golden run: tensor '"
                        + LAYOUT.spec(i).name() + "' ends " + apart + " from the recorded values, allowed " + allowed
                        + "; theta is damaged or was written for another version of the rule");
            }
        }
    }

    private static double distance(float[] x, float[] y, int begin, int end) {
        double sum = 0;
        for (int i = begin; i < end; i++) {
            sum += ((double) x[i] - y[i]) * ((double) x[i] - y[i]);
        }
        return Math.sqrt(sum);
    }
}
