package io.evolo.optimizers;

import io.evolo.checkpoints.Usage;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a rule looks at beyond each tensor's own parameters and gradients, found out by trying: eight steps on a matrix and a vector,
 * done twice with one thing changed. That shows schedules, loss features and norms over all tensors; it could miss a dependence that
 * sets in later.
 *
 * @param usesHorizon whether the planned number of steps matters
 * @param usesLoss whether the loss matters
 * @param couplesTensors whether one tensor's gradient matters to another's update
 * @param averages whether the network is to be judged by other parameters than those that the steps have come to
 * @param turns whether a matrix that is not square may be shown transposed: the update then is transposed too, but for rounding
 */
public record Traits(boolean usesHorizon, boolean usesLoss, boolean couplesTensors, boolean averages, boolean turns) {
    private static final int STEPS = 8;
    private static final int ROWS = 6;
    private static final int COLUMNS = 4;
    private static final int FIRST = ROWS * COLUMNS;
    private static final int SIZE = FIRST + COLUMNS;
    private static final float ROUNDING = 1e-4f; // of the way that the parameters go

    /** What is changed. */
    private record Trial(int horizon, boolean rising, float scale, boolean turned) {}

    /** Makes the trial steps. */
    public static Traits of(Optimizer rule) {
        float[] usual = run(rule, new Trial(STEPS, false, 1, false));
        float[] longer = run(rule, new Trial(100 * STEPS, false, 1, false));
        float[] rising = run(rule, new Trial(STEPS, true, 1, false));
        float[] steeper = run(rule, new Trial(STEPS, false, 1000, false));
        float[] turned = run(rule, new Trial(STEPS, false, 1, true));
        boolean couples = !Arrays.equals(usual, 0, FIRST, steeper, 0, FIRST);
        boolean turns = distance(usual, turned) <= ROUNDING * distance(usual, begin());
        return new Traits(!Arrays.equals(usual, longer), !Arrays.equals(usual, rising), couples, rule.averages(), turns);
    }

    /** Of the rule within rails that take all tensors back where the loss is bad. */
    public Traits goingBack() {
        return new Traits(usesHorizon, true, true, averages, turns);
    }

    /** What the rule looks at beyond each tensor's own parameters and gradients, in the words of {@link Usage#NEEDS}. */
    public SortedSet<String> needs() {
        SortedSet<String> needs = new TreeSet<>();
        if (usesHorizon) {
            needs.add("horizon");
        }
        if (usesLoss) {
            needs.add("loss");
        }
        if (couplesTensors) {
            needs.add("coupled-tensors");
        }
        return needs;
    }

    private static float[] begin() {
        float[] params = new float[SIZE];
        Rng.of(0, "dl4j-traits", 0).fillGaussian(params, 0.003); // small, so that small steps are seen
        return params;
    }

    /** Parameters after some steps under losses that fall or rise; gradients of the second tensor are scaled. */
    private static float[] run(Optimizer rule, Trial trial) {
        Shape matrix = trial.turned() ? Shape.of(COLUMNS, ROWS) : Shape.of(ROWS, COLUMNS);
        Scaling none = Parametrization.standard().scaling(Role.HIDDEN, ROWS, ROWS);
        ParamLayout layout = new ParamLayout(List.of(
                new ParamSpec("w", matrix, Role.HIDDEN, ROWS, 0, none), ParamSpec.plain("b", Shape.of(COLUMNS))));
        OptimizerState state = rule.init(layout, trial.horizon());
        Step step = new Step(trial.turned() ? turned(begin(), ROWS, COLUMNS) : begin(), new float[SIZE]);
        for (int t = 0; t < STEPS; t++) {
            float[] gradient = new float[SIZE];
            Rng.of(0, "dl4j-traits", 1 + t).fillGaussian(gradient, 0.1);
            for (int i = FIRST; i < SIZE; i++) {
                gradient[i] *= trial.scale();
            }
            System.arraycopy(trial.turned() ? turned(gradient, ROWS, COLUMNS) : gradient, 0, step.gradient(), 0, SIZE);
            rule.step(state, step.at(trial.rising() ? 1 + t : 1f / (1 + t)));
        }
        return trial.turned() ? turned(step.params(), COLUMNS, ROWS) : step.params();
    }

    /** The matrix transposed, the rest as it is. */
    private static float[] turned(float[] x, int rows, int columns) {
        float[] y = x.clone();
        for (int i = 0; i < rows * columns; i++) {
            y[i % columns * rows + i / columns] = x[i];
        }
        return y;
    }

    private static float distance(float[] a, float[] b) {
        float most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs(a[i] - b[i]));
        }
        return most;
    }
}
