package io.evolo.optimizers.verify;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Signals;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.Adam;
import io.evolo.optimizers.designed.AdamW;
import io.evolo.optimizers.designed.KFac;
import io.evolo.optimizers.designed.Mkor;
import io.evolo.optimizers.designed.MkorH;
import io.evolo.optimizers.designed.Momentum;
import io.evolo.optimizers.designed.Muon;
import io.evolo.optimizers.designed.NormalizedDifference;
import io.evolo.optimizers.designed.Soap;
import io.evolo.optimizers.designed.ZoSign;
import io.evolo.optimizers.verify.Trajectory.Nothing;
import io.evolo.optimizers.verify.Trajectory.Rule;
import io.evolo.optimizers.verify.Trajectory.Subject;
import io.evolo.schema.Names;
import io.evolo.tasks.DenseLayer;
import io.evolo.tasks.DenseSignals;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Trajectories of the rules that see matrices, layers, losses or two objectives. As in {@link HandDesignedFormat}, and beside or
 * instead of {@code gradients}: {@code steps[t]} with a layer's inputs {@code a}, output gradients {@code g}, {@code dW} and
 * {@code db}, or with {@code directions}; {@code gradients_forget}; {@code initial_eigenbases}.
 */
final class MatrixFormat {
    /** Of float32, also for runs recorded in float64: the rules compute in float32. */
    private static final double FLOAT = 2e-4;
    /** Of eigenvectors of float32 matrices, whoever computes them. */
    private static final double EIGEN = 1e-3;

    /**
     * Recorded in float64, where a step adds ±η exactly: in float32 every addition rounds, by up to 3e-8 near 0.5, and the sum of 50
     * such roundings is judged against elements as small as 0.01. A wrong sign shows as 2η/|w|, here a million times as much.
     */
    private static final double FLOAT_SIGNS = 1e-6;

    /** The hyperparameters that are read, by the first word of the rule's name, then those of the objects within them. */
    private static final Map<String, Set<String>> KNOWN = Map.of(
            "Muon", Set.of("lr", "momentum", "nesterov", "ns_steps", "ns_coefficients", "ns_eps", "weight_decay", "aux_lr", "aux_betas",
                    "aux_eps", "aux_weight_decay"),
            "SOAP", Set.of("lr", "betas", "shampoo_beta", "eps", "weight_decay", "max_precond_dim", "merge_dims", "precondition_1d",
                    "normalize_grads", "data_format", "correct_bias", "precondition_frequency"),
            "K-FAC", Set.of("kfac", "sgd"),
            "kfac", Set.of("factor_update_steps", "inv_update_steps", "damping", "factor_decay", "kl_clip", "lr", "compute_method"),
            "sgd", Set.of("lr", "momentum", "weight_decay", "nesterov", "dampening"),
            "MKOR", Set.of("lr", "momentum", "weight_decay", "gamma", "zeta", "epsilon", "inv_freq", "warm_steps", "warmup_steps",
                    "optimizer", "half_precision", "sgd_layers", "clipping_value", "identity_mix", "reset_threshold", "backend"),
            "backend", Set.of("lr", "momentum", "weight_decay", "betas", "eps"),
            "MKOR-H", Set.of("lr", "momentum", "stat_decay", "kl_clip", "weight_decay", "inv_freq", "stabilizer_threshold",
                    "stabilizer_mix", "warm_steps", "last_layer_identity", "switch_to_first_order_at_step", "half_precision"),
            "ZO-signSGD", Set.of("lr", "mu", "q"),
            "NGDiff", Set.of("base", "lr", "momentum", "eps", "weight_decay"));

    private MatrixFormat() {}

    static boolean reads(JsonValue root) {
        String name = root.get("optimizer").text();
        return List.of("Muon", "SOAP", "K-FAC", "MKOR", "ZO-signSGD", "NGDiff").stream().anyMatch(name::startsWith);
    }

    /** @param problem gives the file of a named problem, where a run needs the losses of parameters that were not recorded */
    static Trajectory read(JsonValue root, Function<String, JsonValue> problem) {
        String name = root.get("optimizer").text();
        JsonValue hyper = root.get("hyperparameters");
        requireKnown(name.split(" ")[0], hyper);
        return switch (name.split(" ")[0]) {
            case "Muon" -> muon(root, hyper);
            case "SOAP" -> soap(root, hyper);
            case "K-FAC" -> kfac(root, hyper);
            case "MKOR" -> hyper.has("gamma") ? exactMkor(root, hyper) : mkor(root, hyper);
            case "MKOR-H" -> hybrid(root, hyper);
            case "ZO-signSGD" -> zeroth(root, hyper, problem);
            case "NGDiff" -> difference(root, hyper);
            default -> nothing(root, "there is no rule " + name);
        };
    }

    private static void requireKnown(String what, JsonValue hyper) {
        Set<String> known = new TreeSet<>(KNOWN.getOrDefault(what, Set.of()));
        for (String key : hyper.keys()) {
            if (!known.contains(key)) {
                throw hyper.wrong(Names.unknown("hyperparameter", key, known));
            }
            if (hyper.get(key).node().isObject()) {
                requireKnown(key, hyper.get(key));
            }
        }
    }

    private static Trajectory muon(JsonValue root, JsonValue hyper) {
        ParamLayout layout = layout(root, true);
        JsonValue coefficients = hyper.get("ns_coefficients");
        double rate = firstRate(root, hyper);
        Optimizer rule = new Muon(
                rate(root, hyper),
                hyper.get("momentum").number(),
                hyper.flag("nesterov"),
                (int) hyper.get("ns_steps").number(),
                coefficients.get(0).number(),
                coefficients.get(1).number(),
                coefficients.get(2).number(),
                0,
                hyper.get("ns_eps").number(),
                false,
                1,
                hyper.get("weight_decay").number(),
                false,
                false,
                true,
                false,
                hyper.get("aux_lr").number() / rate,
                hyper.get("aux_betas").get(0).number(),
                hyper.get("aux_betas").get(1).number(),
                hyper.get("aux_eps").number(),
                hyper.get("aux_weight_decay").number());
        return trajectory(root, rule, layout, gradients(root, layout), FLOAT, Evidence.NONE);
    }

    private static Trajectory soap(JsonValue root, JsonValue hyper) {
        if (hyper.has("data_format") && !hyper.get("data_format").text().equals("channels_first") && hyper.flag("merge_dims")) {
            return nothing(root, "this project's soap merges axes in the order that the tensor has them");
        }
        ParamLayout layout = layout(root, false);
        Soap soap = new Soap(
                rate(root, hyper),
                hyper.get("betas").get(0).number(),
                hyper.get("betas").get(1).number(),
                hyper.number("shampoo_beta", -1) < 0 ? -1 : hyper.get("shampoo_beta").number(),
                hyper.get("eps").number(),
                hyper.get("weight_decay").number(),
                (int) hyper.get("max_precond_dim").number(),
                hyper.flag("merge_dims"),
                hyper.flag("precondition_1d"),
                hyper.flag("normalize_grads"),
                !hyper.has("correct_bias") || hyper.flag("correct_bias"),
                (int) hyper.get("precondition_frequency").number(),
                false,
                false,
                false);
        Optimizer rule = root.has("initial_eigenbases") ? new GivenBases<>(soap, GivenBases.recorded(root, layout, false)) : soap;
        return trajectory(root, rule, layout, gradients(root, layout), EIGEN, Evidence.NONE);
    }

    private static Trajectory kfac(JsonValue root, JsonValue hyper) {
        JsonValue kfac = hyper.get("kfac");
        JsonValue sgd = hyper.get("sgd");
        if (sgd.flag("nesterov") || sgd.number("dampening", 0) != 0) {
            return nothing(root, "the base of this project's kfac has no nesterov or dampening");
        }
        boolean inverse = kfac.get("compute_method").text().equals("inverse");
        double rate = sgd.get("lr").number();
        Optimizer rule = new KFac(
                Schedules.constant(rate),
                sgd.number("momentum", 0),
                sgd.number("weight_decay", 0),
                kfac.get("damping").number(),
                kfac.get("factor_decay").number(),
                orInfinity(kfac.get("kl_clip")),
                kfac.number("lr", rate) / rate,
                (int) kfac.get("factor_update_steps").number(),
                (int) kfac.get("inv_update_steps").number(),
                inverse,
                false,
                false);
        return layered(root, rule, List.of(), inverse ? FLOAT : EIGEN);
    }

    private static Trajectory mkor(JsonValue root, JsonValue hyper) {
        if (hyper.flag("half_precision")) {
            return nothing(root, "this project's mkor has no half precision");
        }
        JsonValue backend = hyper.get("backend");
        double rate = backend.get("lr").number();
        Mkor mkor = new Mkor(
                Schedules.constant(rate),
                backend.number("momentum", 0),
                backend.number("weight_decay", 0),
                false,
                (int) hyper.get("inv_freq").number(),
                (int) hyper.number("warmup_steps", hyper.number("warm_steps", 0)),
                hyper.get("clipping_value").number(),
                hyper.number("identity_mix", 0.05),
                0.95,
                0.9,
                hyper.number("reset_threshold", 2));
        Optimizer rule = switch (hyper.get("optimizer").text()) {
            case "sgd" -> mkor;
            case "adam" -> mkor.around(adam(backend, Schedules.constant(rate)));
            default -> throw hyper.wrong("the base '" + hyper.get("optimizer").text() + "' is not known, expected sgd or adam");
        };
        List<String> plain = hyper.has("sgd_layers") ? hyper.get("sgd_layers").elements().stream().map(JsonValue::text).toList() : List.of();
        return layered(root, rule, plain, FLOAT);
    }

    private static Adam adam(JsonValue backend, Schedule rate) {
        double beta1 = backend.has("betas") ? backend.get("betas").get(0).number() : 0.9;
        double beta2 = backend.has("betas") ? backend.get("betas").get(1).number() : 0.999;
        return new Adam(rate, beta1, beta2, backend.number("eps", 1e-8),
                backend.number("weight_decay", 0), false);
    }

    private static AdamW adamW(JsonValue hyper, Schedule rate) {
        Adam adam = adam(hyper, rate);
        return new AdamW(rate, adam.beta1(), adam.beta2(), adam.epsilon(), hyper.number("weight_decay", 0.01), false);
    }

    private static Trajectory exactMkor(JsonValue root, JsonValue hyper) {
        Optimizer rule = new Mkor(
                Schedules.constant(hyper.get("lr").number()),
                hyper.get("momentum").number(),
                hyper.number("weight_decay", 0),
                true,
                (int) hyper.get("inv_freq").number(),
                (int) hyper.number("warm_steps", 0),
                Double.POSITIVE_INFINITY,
                0.05,
                hyper.get("gamma").number(),
                hyper.get("zeta").number(),
                hyper.get("epsilon").number());
        return layered(root, rule, List.of(), FLOAT);
    }

    private static Trajectory hybrid(JsonValue root, JsonValue hyper) {
        if (hyper.flag("half_precision")) {
            return nothing(root, "this project's mkor-h has no half precision");
        }
        JsonValue switched = hyper.get("switch_to_first_order_at_step");
        Optimizer rule = new MkorH(
                Schedules.constant(hyper.get("lr").number()),
                hyper.get("momentum").number(),
                hyper.get("weight_decay").number(),
                hyper.get("stat_decay").number(),
                orInfinity(hyper.get("kl_clip")),
                (int) hyper.get("inv_freq").number(),
                (int) hyper.number("warm_steps", 10),
                hyper.get("stabilizer_threshold").number(),
                hyper.get("stabilizer_mix").number(),
                hyper.flag("last_layer_identity"),
                switched.node().isNull() ? Integer.MAX_VALUE : (int) switched.number(),
                50,
                0);
        return layered(root, rule, List.of(), FLOAT);
    }

    private static double orInfinity(JsonValue bound) {
        return bound.node().isNull() ? Double.POSITIVE_INFINITY : bound.number();
    }

    /** A run of a dense network, layer by layer. */
    private static Trajectory layered(JsonValue root, Optimizer rule, List<String> plain, double tolerance) {
        ParamLayout tensors = layout(root, true);
        List<String> names = root.get("steps").get(0).keys();
        List<String> layers = names.stream().filter(layer -> !plain.contains(layer)).toList();
        List<DenseLayer> dense = layers.stream()
                .map(layer -> new DenseLayer(position(tensors, layer + ".weight"), position(tensors, layer + ".bias")))
                .toList();
        ParamLayout layout = new ParamLayout(tensors.specs(), dense);
        List<JsonValue> steps = root.get("steps").elements();
        List<float[]> gradients = steps.stream().map(step -> gradient(step, names, layout)).toList();
        return trajectory(root, rule, layout, gradients, tolerance, new Layers(steps, layers, signals(steps.getFirst(), layers, layout)));
    }

    private static int position(ParamLayout layout, String name) {
        for (int i = 0; i < layout.tensors(); i++) {
            if (layout.spec(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("the layer's tensor '" + name + "' is not among the shapes");
    }

    private static float[] gradient(JsonValue step, List<String> layers, ParamLayout layout) {
        float[] flat = new float[layout.size()];
        for (String layer : layers) {
            int weight = position(layout, layer + ".weight");
            int bias = position(layout, layer + ".bias");
            Shape shape = layout.spec(weight).shape();
            float[] recorded = new float[shape.size()];
            step.get(layer).get("dW").copyTo(recorded, 0, recorded.length);
            TorchTensors.reorder(recorded, shape, flat, layout.offset(weight));
            step.get(layer).get("db").copyTo(flat, layout.offset(bias), layout.spec(bias).shape().size());
        }
        return flat;
    }

    private static List<DenseSignals> signals(JsonValue step, List<String> layers, ParamLayout layout) {
        List<DenseSignals> signals = new ArrayList<>();
        for (String layer : layers) {
            Shape weight = layout.spec(position(layout, layer + ".weight")).shape();
            int inputs = step.get(layer).get("a").node().size();
            int rows = inputs / weight.axis(0);
            signals.add(new DenseSignals(new float[inputs + rows * weight.axis(1)], 0, inputs, rows));
        }
        return signals;
    }

    /** Shows the recorded inputs and output gradients. */
    private record Layers(List<JsonValue> steps, List<String> layers, List<DenseSignals> dense) implements Evidence {
        @Override
        public Signals signals() {
            return new Signals(dense, List.of(), new float[0]);
        }

        @Override
        public void show(int t, Step step) {
            for (int i = 0; i < layers.size(); i++) {
                float[] memory = dense.get(i).memory();
                int inputs = dense.get(i).gradientsAt();
                steps.get(t).get(layers.get(i)).get("a").copyTo(memory, 0, inputs);
                steps.get(t).get(layers.get(i)).get("g").copyTo(memory, inputs, memory.length - inputs);
            }
        }
    }

    private static Trajectory zeroth(JsonValue root, JsonValue hyper, Function<String, JsonValue> problems) {
        ParamLayout layout = layout(root, false);
        List<JsonValue> steps = root.get("steps").elements();
        ZoSign rule = new ZoSign(
                rate(root, hyper), hyper.get("mu").number(), (int) hyper.get("q").number(), false, false, 0);
        Optimizer along = rule.along((t, index, u) -> steps.get(t).get("directions").get(index).copyTo(u, 0, u.length));
        RecordedProblem problem = RecordedProblem.read(problems.apply(root.get("problem").text()), layout);
        List<float[]> gradients = steps.stream().map(step -> new float[layout.size()]).toList();
        return trajectory(root, along, layout, gradients, FLOAT_SIGNS, new Losses(problem, new Shown()));
    }

    /** The loss at the step's parameters, exactly and as the step shows it, and which step it is. */
    private static final class Shown {
        private int t;
        private double exact;
        private float rounded;
    }

    /** Shows losses whose differences keep their double precision, although a step's own loss is a float. */
    private record Losses(RecordedProblem problem, Shown shown) implements Evidence {
        @Override
        public Signals signals() {
            return new Signals(List.of(), List.of(p -> problem.loss(shown.t, p) - shown.exact + shown.rounded), new float[0]);
        }

        @Override
        public void show(int t, Step step) {
            shown.t = t + 1;
            shown.exact = problem.loss(shown.t, step.params());
            shown.rounded = (float) shown.exact;
            step.at(shown.rounded);
        }
    }

    private static Trajectory difference(JsonValue root, JsonValue hyper) {
        ParamLayout layout = layout(root, false);
        Schedule rate = rate(root, hyper);
        Optimizer base = switch (hyper.get("base").text()) {
            case "sgd", "momentum" -> Momentum.of(rate, hyper.number("momentum", 0), hyper.number("weight_decay", 0));
            case "adam" -> adam(hyper, rate);
            case "adamw" -> adamW(hyper, rate);
            default -> throw hyper.wrong("the base '" + hyper.get("base").text() + "' is not known, expected sgd, momentum, adam or adamw");
        };
        List<float[]> forget = root.get("gradients_forget").elements().stream().map(g -> tensors(g, layout)).toList();
        return trajectory(root, new NormalizedDifference(base), layout, gradients(root, layout), FLOAT, new Second(forget, new float[layout.size()]));
    }

    /** Shows the gradients of a second objective. */
    private record Second(List<float[]> gradients, float[] current) implements Evidence {
        @Override
        public Signals signals() {
            return new Signals(List.of(), List.of(), current);
        }

        @Override
        public void show(int t, Step step) {
            System.arraycopy(gradients.get(t), 0, current, 0, current.length);
        }
    }

    /** @param torch whether axes are torch's and become this project's, and matrices lie between hidden units */
    static ParamLayout layout(JsonValue root, boolean torch) {
        List<ParamSpec> specs = new ArrayList<>();
        for (String name : root.get("shapes").keys()) {
            Shape shape = root.get("shapes").get(name).shape();
            Role role = torch && shape.rank() >= 2 ? Role.HIDDEN : Role.VECTOR;
            specs.add(new ParamSpec(name, torch ? TorchTensors.shape(shape) : shape, role, 1, 0, Scaling.NONE));
        }
        return new ParamLayout(specs);
    }

    static List<float[]> gradients(JsonValue root, ParamLayout layout) {
        return root.get("gradients").elements().stream().map(g -> tensors(g, layout)).toList();
    }

    /** Of either order of axes: a layout without hidden matrices is in the file's. */
    private static float[] tensors(JsonValue values, ParamLayout layout) {
        if (layout.specs().stream().anyMatch(spec -> spec.role() == Role.HIDDEN)) {
            return TorchTensors.read(values, layout);
        }
        float[] flat = new float[layout.size()];
        for (int i = 0; i < layout.tensors(); i++) {
            values.get(layout.spec(i).name()).copyTo(flat, layout.offset(i), layout.spec(i).shape().size());
        }
        return flat;
    }

    static Trajectory trajectory(
            JsonValue root, Optimizer rule, ParamLayout layout, List<float[]> gradients, double tolerance, Evidence evidence) {
        SortedMap<Integer, float[]> after = new TreeMap<>();
        for (String steps : root.get("params").keys()) {
            after.put(Integer.valueOf(steps), tensors(root.get("params").get(steps), layout));
        }
        Subject subject = new Rule(twin -> rule);
        return new Trajectory(root.get("optimizer").text(), subject, layout, tensors(root.get("initial"), layout), gradients,
                new float[gradients.size()], after, new TreeMap<>(), Measure.ELEMENT, tolerance, evidence);
    }

    static Trajectory nothing(JsonValue root, String why) {
        return new Trajectory(root.get("optimizer").text(), new Nothing(why), new ParamLayout(List.of()), new float[0], List.of(),
                new float[0], new TreeMap<>(), Measure.ELEMENT, FLOAT);
    }

    static Schedule rate(JsonValue root, JsonValue hyper) {
        if (hyper.get("lr").node().isNumber()) {
            return Schedules.constant(hyper.get("lr").number());
        }
        List<Double> rates = root.get("lr_per_step").elements().stream().map(JsonValue::number).toList();
        return (t, horizon) -> rates.get(t);
    }

    static double firstRate(JsonValue root, JsonValue hyper) {
        return hyper.get("lr").node().isNumber() ? hyper.get("lr").number() : root.get("lr_per_step").get(0).number();
    }
}
