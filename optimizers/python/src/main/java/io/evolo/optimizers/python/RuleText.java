package io.evolo.optimizers.python;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.NamedTensor;
import io.evolo.optimizers.learned.Celo;
import io.evolo.optimizers.learned.CeloAdam;
import io.evolo.optimizers.learned.ElementRule;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.MlpLopt;
import io.evolo.optimizers.learned.Velo;
import io.evolo.optimizers.learned.element.Feature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A rule's part of a generated file: which texts, and what stands in their places.
 *
 * @param resources the texts' names, in their order
 * @param places values by name
 * @param firstTolerance of two golden steps, over the distance moved: 1e-4 where eigenvectors are found in another order of sums
 * @param tolerance of fifty
 * @param needsLoss whether the rule reads the loss
 */
record RuleText(List<String> resources, Map<String, String> places, String firstTolerance, String tolerance, boolean needsLoss) {
    private static final int LINE = 128;

    /** Inputs of the recurrent network, without and with what it is told of each tensor. */
    private static final int COMMON_INPUTS = 18;

    private static final int ALL_INPUTS = 30;

    /** Tensors of theta before the recurrent network's initial state, without a layer to the controls. */
    private static final int BEFORE_STATE = 10;

    /** @throws IllegalArgumentException if there is no text for such a rule; says why */
    static RuleText of(LearnedOptimizerPackage source) {
        Hyper hyper = new Hyper(source);
        return switch (source.rule()) {
            case "tuned_soap" -> soap(source, hyper, "1e-8 * xp.sqrt(correction)", true);
            case "evolved_soap" -> soap(source, hyper, "1e-5 * xp.sqrt(mean)", false);
            case "element" -> element(source, hyper);
            case "small_fc" -> smallFc(source, hyper);
            case "mlp_lopt" -> mlpLopt(source, hyper);
            case "celo2" -> celo2(source, hyper);
            case "velo" -> velo(source, hyper, Velo.published());
            case "muvelo" -> velo(source, hyper, Velo.mu());
            case "celo" -> celo(source, hyper);
            case "celo_adam" -> celoAdam(source, hyper);
            case "learnable_sgd", "learnable_sgdm" -> learnableSgd(source);
            case "learnable_adam" -> learnableAdam(source, hyper);
            default -> throw new IllegalArgumentException("package '" + source.name() + "': a rule of the kind '" + source.rule()
                    + "' is not one of this platform's, and there is no text for it; export it as safetensors");
        };
    }

    private static RuleText of(List<String> resources, Map<String, String> places) {
        return new RuleText(resources, places, "3e-5", "1e-3", resources.contains("conductor"));
    }

    /** A package's hyperparameters, read with care. */
    private record Hyper(LearnedOptimizerPackage source) {
        double number(String key, double otherwise) {
            return source.hyperparameters().getOrDefault(key, otherwise);
        }

        boolean flag(String key) {
            return number(key, 0) != 0;
        }

        /** @throws IllegalArgumentException if the file could not do it */
        void requireNot(String key) {
            if (flag(key)) {
                throw new IllegalArgumentException("package '" + source.name() + "' has " + key + "=" + number(key, 0)
                        + ", which a Python file does not have; expected 0");
            }
        }

        List<Double> decays(String kind) {
            return List.of(number(kind + "_decay_1", 0.9), number(kind + "_decay_2", 0.99), number(kind + "_decay_3", 0.999));
        }

        /** The body of {@code rate}. */
        String rate(double otherwise) {
            requireNot("over_cosine");
            double peak = number("rate", otherwise);
            double reference = number("rate_horizon", 0);
            String factor = reference == 0 ? "" : "min(6.0, math.sqrt(" + reference + " / horizon)) * ";
            if (!source.hyperparameters().containsKey("end_rate") && !source.hyperparameters().containsKey("warmup_fraction")) {
                return "    return " + factor + peak;
            }
            double end = number("end_rate", 0);
            return String.join("\n",
                    "    warmup = round(%s * horizon) if horizon > 1 else 0",
                    "    done = least((t - warmup) / max(1, horizon - warmup), 1.0)",
                    "    fall = %s + %s * 0.5 * (1 + sc.cos(math.pi * done))",
                    "    return %sselect(t < warmup, %s * t / max(1, warmup), fall)").formatted(
                    number("warmup_fraction", 0), end, peak - end, factor, peak);
        }
    }

    /** @param decaysAtOnce whether the first step, which moves nothing, decays */
    private static RuleText soap(LearnedOptimizerPackage source, Hyper hyper, String epsilon, boolean decaysAtOnce) {
        hyper.requireNot("any_time");
        Map<String, String> places = eigenbasis(source, hyper, (int) hyper.number("longest", 10_000));
        places.put("epsilon", epsilon);
        places.put("first", decaysAtOnce ? "w - shrink * w" : "w");
        places.put("first_comment", decaysAtOnce ? ", and decays" : "");
        return new RuleText(List.of("alone", "eigen", "soap"), places, "1e-4", "1e-2", false);
    }

    /** @param longest axis that is rotated */
    private static Map<String, String> eigenbasis(LearnedOptimizerPackage source, Hyper hyper, int longest) {
        List<String> numbers = new ArrayList<>();
        float[] theta = source.theta();
        for (int i = 0; i < theta.length && source.thetaTensors().get(i).size() == 1; i++) {
            numbers.add("    \"" + source.thetaTensors().get(i).name() + "\": " + python(theta[i]) + ",");
        }
        Map<String, String> places = new LinkedHashMap<>();
        places.put("frequency", String.valueOf((int) hyper.number("frequency", 10)));
        places.put("longest", String.valueOf(longest));
        places.put("one_sided", python(hyper.flag("one_sided")));
        places.put("numbers", String.join("\n", numbers));
        places.put("rate", python(hyper.number("rate", 1)));
        return places;
    }

    private static RuleText element(LearnedOptimizerPackage source, Hyper hyper) {
        ElementRule rule = (ElementRule) LearnedOptimizers.of(source.rule(), source.hyperparameters());
        for (Feature feature : rule.features()) {
            if (!Feature.platform().contains(feature)) {
                throw new IllegalArgumentException("package '" + source.name() + "' reads the feature '" + feature.key()
                        + "' of a jar, which is Java and cannot be written as Python; export it as safetensors");
            }
        }
        boolean rotates = rule.view() instanceof ElementRule.View.Eigenbasis;
        Map<String, String> places = eigenbasis(source, hyper, rotates ? 10_000 : 0);
        int harness = (int) source.thetaTensors().stream().map(NamedTensor::name).takeWhile(name -> !name.equals("w0")).count();
        places.put("theta", base64(Arrays.copyOfRange(source.theta(), harness, source.theta().length), "    "));
        places.put("view", rotates ? "in the eigenbases of the averages of G G^T over every other axis" : "elementwise");
        places.put("first_comment", rotates
                ? "\n# The first step only fills the averages and finds the bases; every " + places.get("frequency") + " steps they follow."
                : "");
        places.put("hidden", String.valueOf(rule.hidden()));
        places.put("reach", python(rule.reach()));
        places.put("features", rule.features().stream().map(feature -> "    \"" + feature.key() + "\",")
                .collect(Collectors.joining("\n")));
        places.put("count", String.valueOf(rule.features().size()));
        places.put("taken", rotates ? "t" : "(t + 1)");
        places.put("when", rotates ? "cond(t > 0, moves, stays)" : "moves()");
        boolean trend = rule.features().stream().anyMatch(feature -> feature.key().equals("loss_trend"));
        return new RuleText(List.of(trend ? "loss_trend" : "alone", "eigen", "element"), places, "1e-4", "1e-2", trend);
    }

    private static RuleText smallFc(LearnedOptimizerPackage source, Hyper hyper) {
        if (hyper.flag("clip")) {
            throw new IllegalArgumentException("package '" + source.name() + "' has clip=" + hyper.number("clip", 0)
                    + ", the norm of all gradients together, which a file's step does not see; set clip to 0 and clip before the step"
                    + " (torch.nn.utils.clip_grad_norm_, optax.clip_by_global_norm)");
        }
        float[] theta = source.theta();
        boolean learned = source.thetaTensors().stream().map(NamedTensor::name).anyMatch("momentum_decays"::equals);
        int weights = learned ? theta.length - 7 : theta.length;
        List<Double> offsets = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            offsets.add(learned ? (double) theta[weights + i] : 0);
        }
        String direction = "%s * xp.exp(%s * y[..., 1])".formatted("y[..., 0]", hyper.number("exp_mult", 0.001));
        double decay = hyper.number("weight_decay", 0);
        String shrunk = decay == 0 ? "w - size * %s" : hyper.flag("decay_with_step")
                ? "(1 - eta * " + decay + ") * w - size * %s" : "(1 - eta * " + decay + ") * (w - size * %s)";
        Map<String, String> places = new LinkedHashMap<>();
        places.put("hidden", String.valueOf((int) hyper.number("hidden", 4)));
        places.put("step_mult", String.valueOf(hyper.number("step_mult", 0.001)));
        places.put("exp_mult", String.valueOf(hyper.number("exp_mult", 0.001)));
        places.put("theta", base64(Arrays.copyOf(theta, weights), "    "));
        places.put("momentum_decays", moved(hyper.decays("momentum"), offsets.subList(0, 3)));
        places.put("rms_decay", String.valueOf(moved(hyper.number("rms_decay", 0.999), offsets.get(3))));
        places.put("factored_decays", moved(hyper.decays("adafactor"), offsets.subList(4, 7)));
        places.put("rate", hyper.rate(1));
        places.put("level", gradient(hyper));
        places.put("takes_nan", python(hyper.flag("finite_gradients")));
        places.put("update", shrunk.formatted(direction));
        places.putAll(factoring(false));
        return of(List.of("alone", "factored", "small_fc"), places);
    }

    private static RuleText celo2(LearnedOptimizerPackage source, Hyper hyper) {
        Map<String, String> places = new LinkedHashMap<>();
        places.put("hidden", String.valueOf((int) hyper.number("hidden", 8)));
        places.put("orthogonal", hyper.flag("orthogonalize") ? "orthogonalized where there are matrices, is " : "");
        places.put("theta", base64(source.theta(), "    "));
        places.put("momentum_decays", hyper.decays("momentum").toString());
        places.put("rms_decay", String.valueOf(hyper.number("rms_decay", 0.95)));
        places.put("factored_decays", hyper.decays("adafactor").toString());
        places.put("orthogonalize", python(hyper.flag("orthogonalize")));
        places.put("vectors_by_adam", python(hyper.flag("adam_for_1d")));
        places.put("weight_decay", python(hyper.number("weight_decay", 0)));
        places.put("rate", hyper.rate(0.001));
        places.put("norm_epsilon", "1e-8");
        places.put("adam_betas", hyper.number("adam_beta1", 0.9) + ", " + hyper.number("adam_beta2", 0.95));
        places.put("adam_rate_multiplier", String.valueOf(hyper.number("adam_rate_multiplier", 20)));
        places.put("adam_eps_inside", python(hyper.number("adam_eps_inside", 1e-8)));
        places.put("adam_eps_outside", python(hyper.number("adam_eps_outside", 0)));
        places.put("level", hyper.flag("level_gradients") ? "g * tensor.gradient" : "g");
        places.put("embeddings_by_adam", python(hyper.number("adam_for_embeddings", hyper.number("adam_for_1d", 1)) != 0));
        places.putAll(factoring(false));
        return of(List.of("alone", "factored", "celo2"), places);
    }

    /** @param earlier whether of two equal axes the earlier one counts as the longer */
    private static Map<String, String> factoring(boolean earlier) {
        return Map.of("ties", earlier ? "the earlier" : "the later", "exchange", !earlier ? "" : String.join("\n",
                "    if shape[order[-1]] == shape[order[-2]] and not (len(shape) == 4 and order[-2:] == [0, 1]):",
                "        return order[-2], order[-1]",
                ""));
    }

    private static RuleText mlpLopt(LearnedOptimizerPackage source, Hyper hyper) {
        MlpLopt rule = (MlpLopt) LearnedOptimizers.of(source.rule(), source.hyperparameters());
        Map<String, String> places = new LinkedHashMap<>();
        places.put("theta", base64(source.theta(), "    "));
        places.put("hidden", String.valueOf(rule.hidden()));
        places.put("exp_mult", python(rule.expMult()));
        places.put("step_mult", python(rule.stepMult()));
        places.put("momentum_decays", rule.momenta().toString());
        places.put("rate", hyper.rate(1));
        return of(List.of("alone", "mlp_lopt"), places);
    }

    private static RuleText velo(LearnedOptimizerPackage source, Hyper hyper, Velo otherwise) {
        int basis = (int) hyper.number("basis", otherwise.basis());
        Map<String, String> places = elements(source, hyper, otherwise.byParameterScale());
        places.putAll(conductor(source, (int) hyper.number("lstm", otherwise.lstm()), basis));
        places.putAll(factoring(hyper.flag("earlier_axis_wins")));
        places.put("inputs", String.valueOf(ALL_INPUTS));
        places.put("networks", networks("%d, ".formatted(basis), (int) hyper.number("hidden", otherwise.hidden())));
        places.put("told", " and, of every tensor, how large\n# parameters and averages are");
        places.put("gives", "each tensor a step size and a network that is mixed of " + basis);
        places.put("tells", ": its step size, its network, and the recurrent network's state");
        places.put("begin", "losses");
        places.put("tensor_features", resource("tensor_features"));
        places.put("unpacked", "wc, bc, ws, bs, _, _, *networks");
        places.put("rows", String.join("\n",
                "    rows = [tensor_features(tensor, w, s) for tensor, w, s in zip(tensors, params, states)]",
                "    x = xp.stack([xp.concatenate([time, seen, row]) for row in rows])",
                "    h, c = xp.stack([s[\"h\"] for s in states]), xp.stack([s[\"c\"] for s in states])"));
        places.put("size", "(h @ ws + bs)[:, 0]");
        places.put("result", String.join("\n",
                "    mix = " + python(hyper.number("blend", otherwise.blend()) / basis) + " * (h @ wc + bc)",
                "    mixed = [[xp.tensordot(m, network, 1) for network in networks] for m in mix]",
                "    leads = [{\"size\": size[i], \"network\": mixed[i], \"h\": h[i], \"c\": c[i]} for i in range(len(tensors))]",
                "    return leads, losses"));
        String states = "layers(w, THETA, LAYERS)[" + (BEFORE_STATE + 2) + ":" + (BEFORE_STATE + 4) + "]";
        places.put("start", "{**empty(tensor, w), **{key: 0 + x for key, x in zip(\"hc\", " + states + ")}}");
        places.put("which", "its");
        places.put("network", "lead[\"network\"]");
        places.put("state", "{**s, \"h\": lead[\"h\"], \"c\": lead[\"c\"]}");
        return of(List.of("conductor", "factored", "hyper"), places);
    }

    private static RuleText celo(LearnedOptimizerPackage source, Hyper hyper) {
        int hidden = (int) hyper.number("hidden", Celo.published().hidden());
        boolean scheduled = hyper.number("scheduled", 1) != 0;
        Map<String, String> places = elements(source, hyper, true);
        int lstm = (int) hyper.number("lstm", Celo.published().lstm());
        places.putAll(conductor(source, lstm, 1));
        places.putAll(oneSchedule(hyper, BEFORE_STATE + 2, "_, _, ws, bs, *_"));
        places.putAll(factoring(false));
        places.put("networks", networks("", hidden));
        places.put("start", "empty(tensor, w)");
        places.put("which", "a");
        places.put("network", "layers(w, THETA, LAYERS)[-6:]");
        places.put("state", "s");
        if (!scheduled) {
            int size = hidden * (ALL_INPUTS + hidden + 5) + 3;
            places.put("theta", base64(Arrays.copyOfRange(source.theta(), source.theta().length - size, source.theta().length), "    "));
            places.put("size_of", places.get("size_of").replace("lead[\"size\"]", "1.0"));
            return of(List.of("alone", "network", "factored", "hyper"), places);
        }
        return of(List.of("conductor", "factored", "hyper"), places);
    }

    private static RuleText celoAdam(LearnedOptimizerPackage source, Hyper hyper) {
        CeloAdam usual = CeloAdam.published();
        Map<String, String> places = conductor(source, (int) hyper.number("lstm", usual.lstm()), 0);
        places.putAll(oneSchedule(hyper, BEFORE_STATE, "ws, bs, *_"));
        places.put("networks", "");
        places.put("rate", hyper.rate(1));
        places.put("step_mult", python(hyper.number("step_mult", usual.stepMult())));
        places.put("adam_betas", hyper.number("adam_beta1", 0.9) + ", " + hyper.number("adam_beta2", 0.999));
        places.put("adam_eps_inside", python(hyper.number("adam_eps_inside", 1e-10)));
        places.put("adam_eps_outside", python(hyper.number("adam_eps_outside", 1e-8)));
        places.put("weight_decay", python(hyper.number("weight_decay", 0)));
        return of(List.of("conductor", "celo_adam"), places);
    }

    /** What the recurrent network of all these rules is. */
    private static Map<String, String> conductor(LearnedOptimizerPackage source, int lstm, int controls) {
        Map<String, String> places = new LinkedHashMap<>();
        places.put("theta", base64(source.theta(), "    "));
        places.put("lstm", String.valueOf(lstm));
        places.put("controls", controls == 0 ? "" : "    *[(UNITS, %1$d), (%1$d,)],\n".formatted(controls));
        return places;
    }

    /** Of those that have one multiplier for all tensors. */
    private static Map<String, String> oneSchedule(Hyper hyper, int state, String unpacked) {
        Map<String, String> places = new LinkedHashMap<>();
        places.put("inputs", String.valueOf(COMMON_INPUTS));
        places.put("told", "");
        places.put("gives", "one step size for all tensors");
        places.put("tells", ": the step size");
        places.put("begin", "{**losses, **{key: 0 + x for key, x in zip(\"hc\", layers(like, THETA, LAYERS)[%d:%d])}}"
                .formatted(state, state + 2));
        places.put("tensor_features", "");
        places.put("unpacked", unpacked);
        places.put("rows", "    x, h, c = xp.stack([xp.concatenate([time, seen])]), expand(shared[\"h\"], 0), expand(shared[\"c\"], 0)");
        places.put("size", hyper.number("head_factor", 0.1) + " * xp.exp(h @ ws + bs)[0, 0]");
        places.put("result", "    return [{\"size\": size} for _ in tensors], {**losses, \"h\": h[0], \"c\": c[0]}");
        return places;
    }

    /** What VeLO and Celo do with elements. */
    private static Map<String, String> elements(LearnedOptimizerPackage source, Hyper hyper, boolean byParameterScale) {
        boolean byScale = hyper.number("by_parameter_scale", byParameterScale ? 1 : 0) != 0;
        Map<String, String> places = new LinkedHashMap<>();
        places.put("hidden", String.valueOf((int) hyper.number("hidden", 4)));
        places.put("exp_mult", python(hyper.number("exp_mult", 0.001)));
        places.put("step_mult", python(hyper.number("step_mult", 0.001)));
        places.put("by_scale", byScale ? "rms(w) " : "");
        places.put("size_of", "lead[\"size\"]" + (byScale ? " * xp.sqrt(xp.mean(w * w) + 1e-9)" : ""));
        places.put("momentum_decays", hyper.decays("momentum").toString());
        places.put("rms_decay", String.valueOf(hyper.number("rms_decay", 0.999)));
        places.put("factored_decays", hyper.decays("adafactor").toString());
        places.put("rate", hyper.rate(1));
        places.put("weight_decay", python(hyper.number("weight_decay", 0)));
        return places;
    }

    /** The layers of the network for one element; {@code axis} comes before each layer's own. */
    private static String networks(String axis, int hidden) {
        String one = axis.isEmpty() ? "," : "";
        return "    *[(%1$s%2$d, %3$d), (%1$s%3$d%4$s), (%1$s%3$d, %3$d), (%1$s%3$d%4$s), (%1$s%3$d, 3), (%1$s3%4$s)],\n"
                .formatted(axis, ALL_INPUTS, hidden, one);
    }

    private static RuleText learnableSgd(LearnedOptimizerPackage source) {
        float[] theta = source.theta();
        Map<String, String> places = new LinkedHashMap<>();
        places.put("with", theta.length > 1 ? " with momentum" : "");
        places.put("rate", python(StrictMath.exp(theta[0])));
        places.put("momentum", python(theta.length > 1 ? decay(theta[1]) : 0));
        return of(List.of("alone", "learnable_sgd"), places);
    }

    private static RuleText learnableAdam(LearnedOptimizerPackage source, Hyper hyper) {
        float[] theta = source.theta();
        Map<String, String> places = new LinkedHashMap<>();
        places.put("rate", python(StrictMath.exp(theta[0])));
        places.put("betas", decay(theta[1]) + ", " + decay(theta[2]));
        places.put("epsilon", python(StrictMath.exp(theta[3])));
        places.put("inside", python(hyper.number("adam_eps_inside", 0)));
        return of(List.of("alone", "learnable_adam"), places);
    }

    /** Whose ln(1 − decay) is that. */
    private static double decay(float log) {
        return Math.clamp(1 - StrictMath.exp(log), 0, Math.nextDown(1f));
    }

    /** What becomes of a gradient before small_fc reads it. */
    private static String gradient(Hyper hyper) {
        return (hyper.flag("finite_gradients") ? "    g = xp.nan_to_num(g)\n" : "")
                + (hyper.flag("level_gradients") ? "    g = g * tensor.gradient\n" : "");
    }

    /** A text beside this class. */
    static String resource(String name) {
        try (InputStream in = RuleText.class.getResourceAsStream(name + ".py")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String moved(List<Double> bases, List<Double> offsets) {
        List<Double> decays = new ArrayList<>();
        for (int i = 0; i < bases.size(); i++) {
            decays.add(moved(bases.get(i), offsets.get(i)));
        }
        return decays.toString();
    }

    /** The decay under a learned offset, as {@code SmallFc} has it. */
    private static double moved(double base, double offset) {
        return (float) Math.clamp(1 - StrictMath.exp(10 * (StrictMath.log(1 - base) / 10 + offset)), 0.0, 1.0);
    }

    /** The shortest text that is that float. */
    private static String python(float value) {
        return String.valueOf(value).toLowerCase(Locale.ROOT);
    }

    private static String python(double value) {
        return String.valueOf(value).toLowerCase(Locale.ROOT);
    }

    static String python(boolean value) {
        return value ? "True" : "False";
    }

    /** Little-endian floats as Python strings, one under the other. */
    static String base64(float[] values, String indent) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        String text = Base64.getEncoder().encodeToString(bytes.array());
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < text.length(); i += LINE) {
            lines.add("\"" + text.substring(i, Math.min(text.length(), i + LINE)) + "\"");
        }
        return lines.stream().collect(Collectors.joining("\n" + indent, indent, ""));
    }
}
