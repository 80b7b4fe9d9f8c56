package io.evolo.optimizers.verify;

import io.evolo.optimizers.designed.AdamUpdate;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.optimizers.verify.Trajectory.Nothing;
import io.evolo.optimizers.verify.Trajectory.Rule;
import io.evolo.optimizers.verify.Trajectory.Subject;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Trajectories of learned rules, recorded from PyLO: keys {@code rule}, {@code hyper}, {@code theta} (name → shape, data), and per
 * tensor, in one order, {@code shapes}, {@code initial_params}, {@code gradients[t]}, {@code params_after[n]}; {@code losses[t]}.
 */
final class LearnedFormat {
    /** What float32 implementations of the same formulas agree to. */
    private static final double TOLERANCE = 5e-4;

    private static final List<String> SMALL_FC =
            List.of("input_w", "input_b", "hidden_w", "hidden_b", "output_w", "output_b");
    private static final int CELO2_BLOCKS = 14;

    private LearnedFormat() {}

    static Trajectory read(JsonValue root) {
        String rule = root.get("rule").text();
        ParamLayout layout = layout(root.get("shapes"));
        List<float[]> gradients =
                root.get("gradients").elements().stream().map(g -> tensors(g, layout)).toList();
        float[] losses = new float[gradients.size()];
        root.get("losses").copyTo(losses, 0, losses.length);
        SortedMap<Integer, float[]> after = new TreeMap<>();
        for (String steps : root.get("params_after").keys()) {
            after.put(Integer.valueOf(steps), tensors(root.get("params_after").get(steps), layout));
        }
        return new Trajectory(rule, subject(rule, root), layout, tensors(root.get("initial_params"), layout), gradients, losses,
                after, Measure.DISTANCE_MOVED, TOLERANCE);
    }

    private static ParamLayout layout(JsonValue shapes) {
        List<ParamSpec> specs = new ArrayList<>();
        for (JsonValue shape : shapes.elements()) {
            specs.add(ParamSpec.plain("tensor " + specs.size(), shape.shape()));
        }
        return new ParamLayout(specs);
    }

    private static float[] tensors(JsonValue values, ParamLayout layout) {
        List<JsonValue> tensors = values.elements();
        if (tensors.size() != layout.tensors()) {
            throw values.wrong("got " + tensors.size() + " tensors, expected " + layout.tensors());
        }
        float[] flat = new float[layout.size()];
        for (int i = 0; i < tensors.size(); i++) {
            tensors.get(i).copyTo(flat, layout.offset(i), layout.spec(i).shape().size());
        }
        return flat;
    }

    private static Subject subject(String rule, JsonValue root) {
        return switch (rule) {
            case "small_fc" -> smallFc(root.get("hyper"), root.get("theta"));
            case "celo2" -> celo2(root.get("hyper"), root.get("theta"));
            default -> new Nothing("the learned rules of this project are small_fc and celo2");
        };
    }

    private static Subject smallFc(JsonValue hyper, JsonValue theta) {
        LearnedOptimizer rule = new SmallFc((int) hyper.get("hidden").number(), hyper.get("exp_mult").number(),
                hyper.get("step_mult").number(), true, Schedules.constant(hyper.get("lr").number()),
                hyper.get("weight_decay").number());
        float[] values = new float[rule.thetaLayout().size()];
        int at = copyAll(theta, SMALL_FC, values, 0);
        requireAll(at + 7, values, theta);
        hyper.get("momentum_decay_offsets").copyTo(values, at, 3);
        hyper.get("rms_decay_offsets").copyTo(values, at + 3, 1);
        hyper.get("adafactor_decay_offsets").copyTo(values, at + 4, 3);
        return new Rule(twin -> rule.bind(values, twin));
    }

    private static Subject celo2(JsonValue hyper, JsonValue theta) {
        if (hyper.number("exp_mult", 0) != 0 || hyper.number("rmsmult", 1) != 1) {
            return new Nothing("this project's celo2 has neither a magnitude head (exp_mult) nor a multiplier of its unit steps (rmsmult)");
        }
        int hidden = theta.get("b0").get("data").elements().size();
        LearnedOptimizer rule = new Celo2(hidden, hyper.get("orthogonalize").flag(), vectors(hyper),
                Schedules.constant(hyper.get("lr").number()), hyper.get("weight_decay").number());
        float[] values = new float[rule.thetaLayout().size()];
        List<String> blocks = IntStream.range(0, CELO2_BLOCKS).mapToObj(i -> "w0_" + i).toList();
        int at = copyAll(theta, blocks, values, 0);
        requireAll(copyAll(theta, List.of("b0", "w1", "b1", "w2", "b2"), values, at), values, theta);
        return new Rule(twin -> rule.bind(values, twin));
    }

    private static Celo2.VectorRule vectors(JsonValue hyper) {
        if (!hyper.get("use_adamw_for_1d").flag()) {
            return new Celo2.ByNetwork();
        }
        JsonValue betas = hyper.get("adam_betas");
        AdamUpdate adam = new AdamUpdate(betas.get(0).number(), betas.get(1).number(), 0, hyper.get("adam_eps").number(), 0, 1000);
        return new Celo2.ByAdam(hyper.get("adam_lr_mult").number(), adam);
    }

    private static void requireAll(int count, float[] values, JsonValue theta) {
        if (count != values.length) {
            throw theta.wrong("got " + count + " values, expected " + values.length);
        }
    }

    /** Writes tensors one behind the other and returns where the last one ends. */
    private static int copyAll(JsonValue theta, List<String> names, float[] out, int from) {
        int at = from;
        for (String name : names) {
            JsonValue tensor = theta.get(name);
            int count = tensor.get("shape").shape().size();
            if (at + count > out.length) {
                throw tensor.wrong("theta has more than the rule's " + out.length + " values");
            }
            tensor.get("data").copyTo(out, at, count);
            at += count;
        }
        return at;
    }
}
