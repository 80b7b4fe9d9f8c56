package io.evolo.optimizers.verify;

import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.verify.Trajectory.Nothing;
import io.evolo.optimizers.verify.Trajectory.Rule;
import io.evolo.optimizers.verify.Trajectory.Subject;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Trajectories of hand-designed rules: keys {@code optimizer}, {@code dtype}, {@code hyperparameters}, {@code shapes} (name → shape, in
 * parameter order), {@code initial}, {@code gradients[t]} (before clipping and decay) and {@code params[n]}, each name → values;
 * {@code lr_per_step[t]} where the learning rate changes, {@code roles} where tensors play different parts, {@code x[n]} where the rule
 * is judged at other parameters than it steps on. {@link Translations} says what the hyperparameters are called here.
 */
final class HandDesignedFormat {
    /** What float32 implementations of the same formulas agree to; runs recorded in float64 are replayed in float32 and held to it. */
    private static final double TOLERANCE = 2e-4;

    /** Of rules whose steps are signs times the rate, which leaves the rounding of the sum. */
    private static final double SIGN_TOLERANCE = 1e-6;

    /** The same where the signs are of corrected gradients, in which rounding moves a sign's change. */
    private static final double CORRECTED_SIGN_TOLERANCE = 1e-5;

    /** The same where a wrapper multiplies the steps after they have been rounded to the parameters. */
    private static final double MULTIPLIED_SIGN_TOLERANCE = 2e-5;

    private HandDesignedFormat() {}

    static Trajectory read(JsonValue root) {
        String name = root.get("optimizer").text();
        Subject subject = subject(name, root);
        if (subject instanceof Nothing) {
            // Other rules record other things beside or instead of gradients.
            return new Trajectory(name, subject, new ParamLayout(List.of()), new float[0], List.of(), new float[0], new TreeMap<>(),
                    Measure.ELEMENT, TOLERANCE);
        }
        List<String> names = root.get("shapes").keys();
        ParamLayout layout = new ParamLayout(
                names.stream().map(tensor -> spec(tensor, root.get("shapes").get(tensor).shape(), root)).toList());
        List<float[]> gradients =
                root.get("gradients").elements().stream().map(g -> tensors(g, layout, names)).toList();
        double tolerance = switch (name) {
            case "Lion", "Signum" -> SIGN_TOLERANCE;
            case "MARS-Lion" -> CORRECTED_SIGN_TOLERANCE;
            case "C-Lion (cautious)" -> MULTIPLIED_SIGN_TOLERANCE;
            default -> TOLERANCE;
        };
        return new Trajectory(name, subject, layout, tensors(root.get("initial"), layout, names),
                gradients,
                new float[gradients.size()], snapshots(root.get("params"), layout, names),
                root.has("x") ? snapshots(root.get("x"), layout, names) : new TreeMap<>(), Measure.ELEMENT, tolerance, Evidence.NONE);
    }

    /** Names and roles by which the rules that tell tensors apart know what the file says in words. */
    private static ParamSpec spec(String tensor, Shape shape, JsonValue root) {
        String said = root.has("roles") ? root.get("roles").get(tensor).text() : "other";
        if (said.startsWith("last layer")) {
            return new ParamSpec(tensor, shape, Role.OUTPUT, 1, 0, Scaling.NONE);
        }
        String word = said.startsWith("LayerNorm") ? " (norm)"
                : said.startsWith("fused attention") ? " (qkv)"
                : said.startsWith("embedding") ? " (embedding)"
                : "";
        return ParamSpec.plain(tensor + word, shape);
    }

    private static SortedMap<Integer, float[]> snapshots(JsonValue snapshots, ParamLayout layout, List<String> names) {
        SortedMap<Integer, float[]> after = new TreeMap<>();
        for (String steps : snapshots.keys()) {
            after.put(Integer.valueOf(steps), tensors(snapshots.get(steps), layout, names));
        }
        return after;
    }

    private static float[] tensors(JsonValue values, ParamLayout layout, List<String> names) {
        float[] flat = new float[layout.size()];
        for (int i = 0; i < layout.tensors(); i++) {
            values.get(names.get(i)).copyTo(flat, layout.offset(i), layout.spec(i).shape().size());
        }
        return flat;
    }

    private static Subject subject(String name, JsonValue root) {
        JsonValue hyper = root.get("hyperparameters");
        return Translations.of(name, hyper)
                .<Subject>map(translation -> {
                    Keys keys = new Keys(hyper);
                    Schedule rate = rate(root, keys);
                    var rule = translation.apply(keys, rate);
                    return new Rule(twin -> rule);
                })
                .orElseGet(() -> new Nothing("no hand-designed rule of this project is '" + name + "'"));
    }

    /** Under {@code lr}, {@code lr0} or {@code learning_rate}; null, where the rule has a schedule of its own, is 1. */
    private static Schedule rate(JsonValue root, Keys keys) {
        String key = keys.has("lr0") ? "lr0" : keys.has("learning_rate") ? "learning_rate" : "lr";
        JsonValue lr = keys.get(key);
        if (lr.node().isNull()) {
            return Schedules.constant(1);
        }
        if (lr.node().isNumber()) {
            return Schedules.constant(lr.number());
        }
        if (!lr.text().equals("lr_per_step")) {
            throw lr.wrong("got '" + lr.text() + "', expected a number or \"lr_per_step\"");
        }
        List<Double> rates = root.get("lr_per_step").elements().stream().map(JsonValue::number).toList();
        if (rates.size() < root.get("gradients").elements().size()) {
            throw root.get("lr_per_step").wrong("got " + rates.size() + " rates for more steps");
        }
        return (t, horizon) -> rates.get(t);
    }
}
