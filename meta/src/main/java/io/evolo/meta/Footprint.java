package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Task;
import io.evolo.tasks.TaskFamily;
import java.util.List;
import java.util.Locale;

/**
 * The heap that a piece of work needs, told before any of it is taken. Counts what grows with the sizes that a user chooses: theta,
 * parameters, gradients, optimizer states, values between layers, and a constant for the rest.
 *
 * @param what for messages, as in {@code training mlp-w32-d2 on strokes8}
 * @param bytes at least 0
 */
public record Footprint(String what, double bytes) {
    /** Parameters, gradient, the parameters that are evaluated, and a copy on the way. */
    private static final int VECTORS_OF_A_TRAINING = 4;

    /** Of a particle: perturbed theta, the segment's noise, the inner problem's sum of it, the estimate. */
    private static final int THETAS_OF_A_PARTICLE = 4;

    /** Theta, gradient, two moments, the one before, the one in a checkpoint. */
    private static final int THETAS_OF_A_RUN = 6;

    private static final int SAMPLES = 4;

    /** Values of a layout on which a state is made to see what it takes. */
    private static final int MEASURABLE = 1 << 18;

    /** From a forecast to the heap that suffices: scratch, packed operands, what the collector wants free. */
    private static final double SLACK = 1.5;

    /** Code, small data sets, and what every command needs. */
    private static final double BASE = 24 << 20;

    /** One training of a task with a rule. */
    public static Footprint ofTraining(Task task, Optimizer rule) {
        ParamLayout layout = task.layout();
        double vectors = (double) VECTORS_OF_A_TRAINING * Float.BYTES * layout.size();
        double state = layout.size() <= MEASURABLE ? 0 : stateBytes(rule, layout); // of a small one not worth making it twice
        return new Footprint("training " + task.name(), BASE + vectors + task.openBytes() + state);
    }

    /**
     * A meta-training on threads of this process.
     *
     * @param families of the recipe's tasks, augmented
     */
    static Footprint ofRun(ParticleSpec spec, List<TaskFamily> families) {
        LearnedOptimizer rule = spec.rule();
        double thetaBytes = (double) Float.BYTES * rule.thetaLayout().size();
        double thetas = BASE + thetaBytes * (THETAS_OF_A_RUN + (double) THETAS_OF_A_PARTICLE * families.size() * spec.estimation().pairs());
        String what = String.format(
                Locale.ROOT, "meta-training %,d values of theta on %,d particles", rule.thetaLayout().size(),
                (long) families.size() * spec.estimation().pairs());
        if (!new Footprint(what, thetas).fits()) {
            return new Footprint(what, thetas); // theta itself is not to be made
        }
        Optimizer bound = rule.bind(rule.initTheta(Rng.of(spec.seed(), "footprint")));
        double lanes = families.stream().mapToDouble(family -> lanesBytes(family, bound, spec)).sum() * spec.estimation().pairs();
        return new Footprint(what, thetas + lanes);
    }

    /** The mean of what a particle's two lanes take. */
    private static double lanesBytes(TaskFamily family, Optimizer rule, ParticleSpec spec) {
        double sum = 0;
        for (int i = 0; i < SAMPLES; i++) {
            Task task = family.sample(Rng.of(spec.seed(), "footprint", i));
            ParamLayout layout = task.layout();
            sum += task.openBytes() + 2 * (2.0 * Float.BYTES * layout.size() + stateBytes(rule, layout));
        }
        return sum / SAMPLES;
    }

    /**
     * What the state of a rule takes: made as it is on a small layout; of a large one by the values that it keeps for each parameter
     * on a layout of the same tensors made small, so at least that.
     */
    private static double stateBytes(Optimizer rule, ParamLayout layout) {
        if (layout.size() <= MEASURABLE) {
            OptimizerState state = rule.init(layout, 1);
            return state.bytes() + (double) Float.BYTES * state.scratch().length;
        }
        ParamLayout small = layout;
        for (int divisor = 2; small.size() > MEASURABLE; divisor *= 2) {
            small = shrunk(layout, divisor);
        }
        int values = small.size();
        OptimizerState state = rule.init(small, 1);
        double perParameter = 0;
        for (int slot = 0; slot < state.slots(); slot++) {
            perParameter += state.slot(slot).length / values;
        }
        return perParameter * Float.BYTES * layout.size();
    }

    private static ParamLayout shrunk(ParamLayout layout, int divisor) {
        List<ParamSpec> specs = layout.specs().stream()
                .map(spec -> new ParamSpec(
                        spec.name(),
                        new Shape(spec.shape().axes().stream().map(axis -> Math.ceilDiv(axis, divisor)).toList()),
                        spec.role(), spec.fanIn(), spec.initialMean(), spec.scaling()))
                .toList();
        return new ParamLayout(specs, layout.dense());
    }

    private boolean fits() {
        return bytes <= Runtime.getRuntime().maxMemory();
    }

    /** @throws ConfigException if the heap cannot hold it; the message says what is needed and which option of the JVM would do */
    public void require() {
        if (!fits()) {
            throw new ConfigException(what + " needs " + text(bytes) + " of heap, which is at most "
                    + text(Runtime.getRuntime().maxMemory()) + " here; EVOLO_JAVA_OPTS=" + sufficient() + " would do");
        }
    }

    private String sufficient() {
        double mega = Math.ceil(SLACK * bytes / (1 << 20));
        return mega < 4096 ? String.format(Locale.ROOT, "-Xmx%.0fm", mega) : String.format(Locale.ROOT, "-Xmx%.0fg", Math.ceil(mega / 1024));
    }

    /** A size for people to read, in units of 1024. */
    public static String text(double bytes) {
        double mega = bytes / (1 << 20);
        return mega < 1024 ? String.format(Locale.ROOT, "%.3g MB", mega) : String.format(Locale.ROOT, "%,.3g GB", mega / 1024);
    }
}
