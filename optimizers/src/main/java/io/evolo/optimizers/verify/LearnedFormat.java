package io.evolo.optimizers.verify;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.AdamUpdate;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.FactoredTensor;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.optimizers.learned.Velo;
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

    /** The same for velo, whose first steps move parameters by little more than what float32 resolves. */
    private static final double VELO_TOLERANCE = 1e-3;

    private static final List<String> SMALL_FC =
            List.of("input_w", "input_b", "hidden_w", "hidden_b", "output_w", "output_b");
    private static final int CELO2_BLOCKS = 14;
    private static final List<String> VELO_LAYERS = List.of("mix_unused", "mix_max", "mix_direct", "lstm", "controls", "step_size");
    private static final List<String> VELO_TENSORS = List.of("lstm_init_h", "lstm_init_c", "basis_w0", "basis_b0", "basis_w1",
            "basis_b1", "basis_w2", "basis_b2");

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
                after, Measure.DISTANCE_MOVED, rule.equals("velo") ? VELO_TOLERANCE : TOLERANCE);
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
            case "velo" -> velo(root.get("hyper"), root.get("theta"));
            default -> new Nothing("trajectories of learned rules are known for small_fc, celo2 and velo");
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

    private static Subject velo(JsonValue hyper, JsonValue theta) {
        Velo published = Velo.of((int) hyper.get("lstm_hidden").number(), (int) hyper.get("param_inits").number());
        int hidden = theta.get("basis_b0").get("shape").shape().axis(1);
        LearnedOptimizer rule = new Velo(published.lstm(), published.basis(), hidden, hyper.get("exp_mult").number(),
                hyper.get("step_mult").number(), hyper.number("blend", published.blend()), published.byParameterScale(),
                published.decays(), FactoredTensor.Ties.EARLIER, Schedules.constant(hyper.number("lr", 1)),
                hyper.number("weight_decay", 0));
        float[] values = new float[rule.thetaLayout().size()];
        int at = 0;
        for (String layer : VELO_LAYERS) {
            at = copyAll(theta.get(layer), List.of("w", "b"), values, at);
        }
        requireAll(copyAll(theta, VELO_TENSORS, values, at), values, theta);
        int planned = (int) hyper.get("num_steps").number();
        return new Rule(twin -> new Planned(rule.bind(values, twin), planned));
    }

    /** A rule that is told of more steps than were recorded. */
    private record Planned(Optimizer rule, int horizon) implements Around {
        @Override
        public OptimizerState init(ParamLayout layout, int recorded) {
            return rule.init(layout, horizon);
        }

        @Override
        public OptimizerState inside(OptimizerState state) {
            return state;
        }

        @Override
        public void step(OptimizerState state, Step step) {
            rule.step(state, step);
        }
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
