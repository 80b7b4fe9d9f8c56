package io.evolo.optimizers.learned;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.GoldenSteps;
import io.evolo.checkpoints.NamedTensor;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A few steps of a rule on a tiny fixed problem, whose result is kept with the rule's theta: whoever loads theta repeats them and so
 * knows that it means what it meant when it was written. Tensors of rank 0, 1, 2 and 4; the last one with a muP factor.
 */
public final class GoldenRun {
    private static final ParamLayout LAYOUT = new ParamLayout(List.of(
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

    /** The golden run of a rule: what it starts from, what it sees, and what comes out. */
    public static GoldenSteps of(Optimizer rule) {
        float[] start = new float[LAYOUT.size()];
        for (int i = 0; i < start.length; i++) {
            start[i] = (float) (0.5 * StrictMath.cos(0.7 * i + 0.3));
        }
        float[][] gradients = new float[STEPS][start.length];
        for (int t = 0; t < STEPS; t++) {
            for (int i = 0; i < start.length; i++) {
                gradients[t][i] = (float) (0.2 * StrictMath.sin(1.3 * i + 0.5 * t + 0.1));
            }
        }
        float[] losses = new float[STEPS];
        Arrays.fill(losses, 1);
        List<NamedTensor> tensors = LAYOUT.specs().stream()
                .map(spec -> new NamedTensor(spec.name(), spec.shape().axes()))
                .toList();
        double[] scales = LAYOUT.specs().stream().mapToDouble(spec -> spec.scaling().adam()).toArray();
        GoldenSteps inputs = new GoldenSteps(tensors, scales, HORIZON, start, gradients, losses, start);
        float[] expected = replay(rule, inputs);
        return new GoldenSteps(tensors, scales, HORIZON, start, gradients, losses, expected);
    }

    private static float[] replay(Optimizer rule, GoldenSteps golden) {
        ParamLayout layout = layout(golden);
        OptimizerState state = rule.init(layout, golden.horizon());
        Step step = new Step(golden.start(), new float[layout.size()]);
        float[][] gradients = golden.gradients();
        float[] losses = golden.losses();
        for (int t = 0; t < gradients.length; t++) {
            System.arraycopy(gradients[t], 0, step.gradient(), 0, layout.size());
            rule.step(state, step.at(losses[t]));
        }
        return step.params();
    }

    private static ParamLayout layout(GoldenSteps golden) {
        double[] scales = golden.updateScales();
        return new ParamLayout(IntStream.range(0, scales.length)
                .mapToObj(i -> {
                    NamedTensor tensor = golden.tensors().get(i);
                    Scaling scaling = new Scaling(0, 1, scales[i], 1);
                    return new ParamSpec(tensor.name(), new Shape(tensor.shape()), Role.VECTOR, 1, 0, scaling);
                })
                .toList());
    }

    /**
     * Repeats a golden run and compares it with its recorded result: each tensor may be off by 1e-3 of the distance it moved, and by
     * the rounding of its parameters.
     *
     * @param where names the file, for the message
     * @throws CheckpointException if a tensor is farther off; says which one and by how much
     */
    public static void check(Optimizer rule, GoldenSteps golden, String where) {
        ParamLayout layout = layout(golden);
        float[] ours = replay(rule, golden);
        float[] recorded = golden.expected();
        float[] start = golden.start();
        for (int i = 0; i < layout.tensors(); i++) {
            int begin = layout.offset(i);
            int end = layout.offset(i + 1);
            double apart = distance(ours, recorded, begin, end);
            double rounding = ROUNDING * golden.gradients().length * Math.sqrt(end - begin);
            double allowed = TOLERANCE * distance(recorded, start, begin, end) + rounding;
            if (!(apart <= allowed)) {
                throw new CheckpointException(where + ": the rule does not repeat its golden run: tensor '"
                        + layout.spec(i).name() + "' ends " + apart + " from the recorded values, allowed " + allowed
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
