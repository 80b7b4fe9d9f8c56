package io.evolo.optimizers.verify;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.verify.Trajectory.Rule;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Trajectories of wrapped rules that were run on two groups of tensors: matrices by the rule, all others by an AdamW with hyperparameters
 * of its own, {@code aux_…}. Keys as in {@link HandDesignedFormat}, and {@code readout[n]} where the run is judged by a mean. Axes are
 * torch's and become this project's.
 */
final class GroupFormat {
    private static final double TOLERANCE = 2e-4;

    /** Of decompositions of float32 matrices. */
    private static final double FACTORISED = 1e-3;

    private GroupFormat() {}

    static boolean reads(JsonValue root) {
        return switch (root.get("optimizer").text().split(" ")[0]) {
            case "AdamH", "MuonH", "SOAP-H", "C-Muon", "EMA-Nesterov" -> true;
            default -> false;
        };
    }

    static Trajectory read(JsonValue root) {
        String name = root.get("optimizer").text().split(" ")[0];
        Keys keys = new Keys(root.get("hyperparameters"));
        Trajectory read = switch (name) {
            case "AdamH" -> trajectory(root, adamH(keys), TOLERANCE, List.of());
            case "SOAP-H" -> trajectory(root, soapH(keys), FACTORISED, List.of());
            case "C-Muon" -> trajectory(root, cautiousMuon(keys), TOLERANCE, List.of());
            case "MuonH" -> trajectory(root, muonH(keys), TOLERANCE, List.of());
            case "EMA-Nesterov" -> emaNesterov(root, keys);
            default -> throw root.wrong("there is no rule " + name);
        };
        keys.requireNoOthers();
        return read;
    }

    private static Optimizer adamH(Keys keys) {
        requireFloor(keys);
        Map<String, Double> hyper = new TreeMap<>(Map.of("epsilon", keys.get("eps").number()));
        betas(keys, "betas", hyper, "");
        return new Groups(HandDesigned.of("adam+hyperball", hyper, rate(keys, "lr")), adamW(keys));
    }

    private static Optimizer soapH(Keys keys) {
        requireFloor(keys);
        Map<String, Double> hyper = new TreeMap<>(Map.of("first_step", 1.0, "keep_order", 1.0, "correct_bias", 0.0));
        hyper.put("beta1", keys.get("momentum").number());
        hyper.put("beta2", keys.get("ema_beta").number());
        hyper.put("epsilon", keys.get("eps").number());
        hyper.put("frequency", keys.get("q_freq").number());
        return new Groups(HandDesigned.of("soap+hyperball", hyper, rate(keys, "lr")), adamW(keys));
    }

    /** Its auxiliary rule is cautious too, as that of no Muon here. */
    private static Optimizer cautiousMuon(Keys keys) {
        Map<String, Double> hyper = muon(keys, "lr", "momentum");
        hyper.put("weight_decay", keys.get("weight_decay").number());
        hyper.put("masked", 1.0);
        hyper.put("kernel_aspect", 1.0);
        Map<String, Double> aux = new TreeMap<>();
        betas(keys, "aux_betas", aux, "");
        aux.put("epsilon", keys.get("aux_eps").number());
        aux.put("weight_decay", keys.get("aux_weight_decay").number());
        return new Groups(HandDesigned.of("muon", hyper, rate(keys, "lr")), HandDesigned.of("adamw+cautious", aux, rate(keys, "aux_lr")));
    }

    private static Optimizer muonH(Keys keys) {
        requireFloor(keys);
        Map<String, Double> hyper = muon(keys, "lr", "mu");
        return HandDesigned.of("muon+hyperball", hyper, rate(keys, "lr"));
    }

    /** What is added to norms that never come near to it; the rule here has no such number. */
    private static void requireFloor(Keys keys) {
        double floor = keys.get("hyperball_eps").number();
        if (floor > 1e-8) {
            throw keys.get("hyperball_eps").wrong("got " + floor + ", expected at most 1e-8: norms here have no floor");
        }
    }

    private static Trajectory emaNesterov(JsonValue root, Keys keys) {
        int steps = root.get("gradients").elements().size();
        Map<String, Double> hyper = muon(keys, "muon_lr", "mu");
        hyper.put("weight_decay", keys.get("weight_decay").number());
        hyper.put("ema_nesterov_decay", keys.get("lookahead_ema").number());
        hyper.put("ema_nesterov_ahead", keys.get("lookahead_stepsize").number());
        hyper.put("ema_nesterov_scheduled", keys.flag("scheduled_stepsize") ? 1.0 : 0);
        hyper.put("ema_nesterov_prefill", keys.get("prefill_steps").number() / steps);
        hyper.put("ema_nesterov_rest", 1 - keys.get("rest_steps").number() / steps);
        hyper.put("tail_ema_tau", keys.get("tail_tau").number() / steps);
        hyper.put("tail_ema_begin", keys.get("tail_start").number() / steps);
        hyper.put("tail_ema_weight", keys.get("tail_lambda").number());
        if (keys.get("tail_end").number() != steps) {
            throw keys.get("tail_end").wrong("expected " + steps + ", the number of steps: the mean runs to the end here");
        }
        double peak = keys.get("muon_lr").number();
        List<Double> factors = keys.get("lr_factor").elements().stream().map(JsonValue::number).toList();
        Optimizer rule = HandDesigned.of("muon+ema-nesterov+tail-ema", hyper, (t, horizon) -> peak * factors.get(t));
        return trajectory(root, rule, TOLERANCE, root.get("readout").keys());
    }

    private static Map<String, Double> muon(Keys keys, String rateKey, String momentumKey) {
        Map<String, Double> hyper = new TreeMap<>();
        hyper.put("momentum", keys.get(momentumKey).number());
        hyper.put("nesterov", keys.flag("nesterov") ? 1.0 : 0);
        hyper.put("iterations", keys.get("ns_steps").number());
        hyper.put("coef_a", keys.get("ns_coefficients").get(0).number());
        hyper.put("coef_b", keys.get("ns_coefficients").get(1).number());
        hyper.put("coef_c", keys.get("ns_coefficients").get(2).number());
        hyper.put("epsilon", keys.get("ns_eps").number());
        hyper.put("kernel_aspect", 0.0);
        hyper.put("aux_ratio", keys.get("aux_lr").number() / keys.get(rateKey).number());
        betas(keys, "aux_betas", hyper, "aux_");
        hyper.put("aux_epsilon", keys.get("aux_eps").number());
        hyper.put("aux_weight_decay", keys.get("aux_weight_decay").number());
        return hyper;
    }

    private static Optimizer adamW(Keys keys) {
        Map<String, Double> hyper = new TreeMap<>();
        betas(keys, "aux_betas", hyper, "");
        hyper.put("epsilon", keys.get("aux_eps").number());
        hyper.put("weight_decay", keys.get("aux_weight_decay").number());
        return HandDesigned.of("adamw", hyper, rate(keys, "aux_lr"));
    }

    private static void betas(Keys keys, String theirs, Map<String, Double> hyper, String prefix) {
        hyper.put(prefix + "beta1", keys.get(theirs).get(0).number());
        hyper.put(prefix + "beta2", keys.get(theirs).get(1).number());
    }

    private static Schedule rate(Keys keys, String key) {
        return Schedules.constant(keys.get(key).number());
    }

    /** @param readouts steps after which the run was judged by {@code readout}; if there are any, it was by the parameters after others */
    private static Trajectory trajectory(JsonValue root, Optimizer rule, double tolerance, List<String> readouts) {
        ParamLayout layout = layout(root);
        SortedMap<Integer, float[]> after = snapshots(root.get("params"), layout);
        SortedMap<Integer, float[]> judged = new TreeMap<>();
        if (!readouts.isEmpty()) {
            // The parameters that the rule here steps on stand ahead of those recorded, which it is judged by until the mean begins.
            judged.putAll(after);
            judged.putAll(snapshots(root.get("readout"), layout));
            after = new TreeMap<>();
        }
        List<float[]> gradients = root.get("gradients").elements().stream().map(g -> TorchTensors.read(g, layout)).toList();
        return new Trajectory(root.get("optimizer").text(), new Rule(twin -> rule), layout, TorchTensors.read(root.get("initial"), layout),
                gradients, new float[gradients.size()], after, judged, Measure.ELEMENT, tolerance, Evidence.NONE);
    }

    private static SortedMap<Integer, float[]> snapshots(JsonValue snapshots, ParamLayout layout) {
        SortedMap<Integer, float[]> after = new TreeMap<>();
        for (String steps : snapshots.keys()) {
            after.put(Integer.valueOf(steps), TorchTensors.read(snapshots.get(steps), layout));
        }
        return after;
    }

    private static ParamLayout layout(JsonValue root) {
        List<ParamSpec> specs = new ArrayList<>();
        for (String name : root.get("shapes").keys()) {
            var shape = root.get("shapes").get(name).shape();
            // The file says in its notes what the matrix rule was given; for SOAP-H kernels were not among it.
            boolean matrix = shape.rank() == 2 || shape.rank() > 2 && !root.get("optimizer").text().startsWith("SOAP-H");
            Role role = matrix ? Role.HIDDEN : Role.VECTOR;
            specs.add(new ParamSpec(name, TorchTensors.shape(shape), role, 1, 0, Scaling.NONE));
        }
        return new ParamLayout(specs);
    }

    /** One rule for hidden matrices and one for the rest, each with a state of its own. */
    private record Groups(Optimizer matrices, Optimizer others) implements Optimizer {

        private record Group(Optimizer rule, OptimizerState state, Step step, List<Integer> tensors) {}

        private record Plan(List<Group> groups) {}

        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            Plan plan = new Plan(List.of(group(matrices, layout, horizon, true), group(others, layout, horizon, false)));
            return new OptimizerState(layout, horizon, new float[0][], new float[0], plan);
        }

        private static Group group(Optimizer rule, ParamLayout layout, int horizon, boolean hidden) {
            List<ParamSpec> specs = new ArrayList<>();
            List<Integer> tensors = new ArrayList<>();
            for (int i = 0; i < layout.tensors(); i++) {
                if (layout.spec(i).role() == Role.HIDDEN == hidden) {
                    specs.add(layout.spec(i));
                    tensors.add(i);
                }
            }
            ParamLayout own = new ParamLayout(specs);
            return new Group(rule, rule.init(own, horizon), new Step(new float[own.size()], new float[own.size()]), tensors);
        }

        @Override
        public void step(OptimizerState state, Step step) {
            for (Group group : state.plan(Plan.class).groups()) {
                ParamLayout own = group.state().layout();
                for (int k = 0; k < own.tensors(); k++) {
                    int at = state.layout().offset(group.tensors().get(k));
                    int size = own.spec(k).shape().size();
                    System.arraycopy(step.params(), at, group.step().params(), own.offset(k), size);
                    System.arraycopy(step.gradient(), at, group.step().gradient(), own.offset(k), size);
                }
                group.rule().step(group.state(), group.step().at(step.loss()));
                for (int k = 0; k < own.tensors(); k++) {
                    int at = state.layout().offset(group.tensors().get(k));
                    System.arraycopy(group.step().params(), own.offset(k), step.params(), at, own.spec(k).shape().size());
                }
            }
            state.advance();
        }
    }
}
