package io.evolo.optimizers.verify;

import io.evolo.optimizers.designed.Adam;
import io.evolo.optimizers.designed.AdamW;
import io.evolo.optimizers.designed.Momentum;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.Sgd;
import io.evolo.optimizers.verify.Trajectory.Nothing;
import io.evolo.optimizers.verify.Trajectory.Rule;
import io.evolo.optimizers.verify.Trajectory.Subject;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Trajectories of hand-designed rules: keys {@code optimizer}, {@code dtype}, {@code hyperparameters}, {@code shapes} (name → shape, in
 * parameter order), {@code initial}, {@code gradients[t]} (before clipping and decay) and {@code params[n]}, each name → values;
 * {@code lr_per_step[t]} where the learning rate changes.
 */
final class HandDesignedFormat {
    /** What float32 implementations of the same formulas agree to. */
    private static final double TOLERANCE = 2e-4;

    private HandDesignedFormat() {}

    static Trajectory read(JsonValue root) {
        String name = root.get("optimizer").text();
        Subject subject = subject(name, root);
        if (subject instanceof Nothing) {
            // Other rules record other things beside or instead of gradients.
            return new Trajectory(name, subject, new ParamLayout(List.of()), new float[0], List.of(), new float[0], new TreeMap<>(),
                    Measure.ELEMENT, TOLERANCE);
        }
        ParamLayout layout = new ParamLayout(root.get("shapes").keys().stream()
                .map(tensor -> ParamSpec.plain(tensor, root.get("shapes").get(tensor).shape()))
                .toList());
        List<float[]> gradients =
                root.get("gradients").elements().stream().map(g -> tensors(g, layout)).toList();
        SortedMap<Integer, float[]> after = new TreeMap<>();
        for (String steps : root.get("params").keys()) {
            after.put(Integer.valueOf(steps), tensors(root.get("params").get(steps), layout));
        }
        return new Trajectory(name, subject, layout, tensors(root.get("initial"), layout), gradients,
                new float[gradients.size()], after, Measure.ELEMENT, TOLERANCE);
    }

    private static float[] tensors(JsonValue values, ParamLayout layout) {
        float[] flat = new float[layout.size()];
        for (int i = 0; i < layout.tensors(); i++) {
            values.get(layout.spec(i).name()).copyTo(flat, layout.offset(i), layout.spec(i).shape().size());
        }
        return flat;
    }

    private static Subject subject(String name, JsonValue root) {
        JsonValue hyper = root.get("hyperparameters");
        if (!List.of("SGD", "Momentum", "Adam", "AdamW").contains(name)) {
            return new Nothing("the hand-designed rules of this project are sgd, momentum, adam and adamw");
        }
        if (hyper.flag("amsgrad") || hyper.flag("nesterov") || hyper.number("dampening", 0) != 0) {
            return new Nothing("this project's " + name + " has no amsgrad, nesterov or dampening");
        }
        Optimizer rule = rule(name, hyper, rate(root, hyper));
        return new Rule(twin -> rule);
    }

    private static Optimizer rule(String name, JsonValue hyper, Schedule rate) {
        double decay = hyper.get("weight_decay").number();
        return switch (name) {
            case "SGD" -> new Sgd(rate, decay);
            case "Momentum" -> new Momentum(rate, hyper.get("momentum").number(), decay);
            case "Adam" -> new Adam(rate, beta(hyper, 0), beta(hyper, 1), hyper.get("eps").number(), decay);
            case "AdamW" -> new AdamW(rate, beta(hyper, 0), beta(hyper, 1), hyper.get("eps").number(), decay);
            default -> throw hyper.wrong("hyperparameters of '" + name + "' are not known");
        };
    }

    private static double beta(JsonValue hyper, int index) {
        return hyper.get("betas").get(index).number();
    }

    private static Schedule rate(JsonValue root, JsonValue hyper) {
        if (hyper.get("lr").node().isNumber()) {
            return Schedules.constant(hyper.get("lr").number());
        }
        List<Double> rates = root.get("lr_per_step").elements().stream().map(JsonValue::number).toList();
        if (rates.size() < root.get("gradients").elements().size()) {
            throw root.get("lr_per_step").wrong("got " + rates.size() + " rates for more steps");
        }
        return (t, horizon) -> rates.get(t);
    }
}
