package io.evolo.optimizers.python;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a generated file repeats: recorded steps of the rule on tensors of ranks 0 to 5, each as long on all its axes, so that no
 * eigenbasis has a null space. Parameters and gradients come from a formula that the file has too.
 */
final class GoldenSteps {
    static final int HORIZON = 60;
    private static final int[] LENGTHS = {2, 50};

    /** In the names of tensors that rules take for tables of embeddings. */
    private static final String EMBEDDINGS = "embed";

    private static final List<ParamSpec> SPECS = List.of(
            spec("rank", Role.VECTOR, 1, 1),
            spec("rank", Role.VECTOR, 1, 2, 5),
            spec("rank", Role.INPUT, 1, 2, 6, 6),
            spec(EMBEDDINGS, Role.INPUT, 1, 2, 4, 4),
            spec("rank", Role.HIDDEN, 0.5, 2, 4, 4, 4),
            spec("rank", Role.HIDDEN, 0.5, 2, 3, 3, 3, 3),
            spec("rank", Role.OUTPUT, 1, 2, 2, 2, 2, 2, 2));

    private GoldenSteps() {}

    private static ParamSpec spec(String name, Role role, double adam, double gradient, int... axes) {
        Shape shape = Shape.of(axes);
        int fanIn = axes.length < 2 || name.equals(EMBEDDINGS) ? 1 : shape.size() / axes[axes.length - 1];
        return new ParamSpec(name + " " + axes.length, shape, role, fanIn, 0, new Scaling(0, 1, adam, adam * gradient));
    }

    /** A line of Python for each tensor: shape, role, scale, gradient, and whether it is a table of embeddings. */
    static List<String> tensors() {
        return SPECS.stream()
                .map(spec -> {
                    List<String> axes = spec.shape().axes().stream().map(String::valueOf).toList();
                    String shape = "(" + String.join(", ", axes) + (axes.size() == 1 ? ",)" : ")");
                    return "    (%s, \"%s\", %s, %s, %s),".formatted(
                            shape, spec.role().name().toLowerCase(Locale.ROOT), spec.scaling().adam(), spec.scaling().gradient(),
                            RuleText.python(spec.name().startsWith(EMBEDDINGS)));
                })
                .toList();
    }

    /** The parameters after some numbers of steps. */
    static Map<Integer, float[]> of(Optimizer rule) {
        ParamLayout layout = new ParamLayout(SPECS);
        Step step = new Step(noise(layout.size(), -1, 0.1), new float[layout.size()]);
        OptimizerState state = rule.init(layout, HORIZON);
        Map<Integer, float[]> recorded = new TreeMap<>();
        List<Integer> lengths = new ArrayList<>();
        for (int length : LENGTHS) {
            lengths.add(length);
        }
        for (int t = 0; t < lengths.getLast(); t++) {
            System.arraycopy(noise(layout.size(), t, 0.01), 0, step.gradient(), 0, layout.size());
            rule.step(state, step.at(loss(t)));
            if (lengths.contains(t + 1)) {
                recorded.put(t + 1, step.params().clone());
            }
        }
        return recorded;
    }

    /** The file's {@code golden_loss}. */
    private static float loss(int t) {
        return (float) (2 / (1 + 0.05 * t) + 0.1 * noise(1000, t));
    }

    /** Between ±{@code size}. */
    private static float[] noise(int count, int t, double size) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (size * noise(i, t));
        }
        return values;
    }

    /** Between ±1 without a pattern; the file's {@code noise}. */
    private static double noise(int i, int t) {
        double x = StrictMath.sin(12.9898 * i + 78.233 * t + 0.5) * 437.5453;
        return 2 * (x - Math.floor(x)) - 1;
    }
}
