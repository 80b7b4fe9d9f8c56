package io.evolo.optimizers.python;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.NamedTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A rule's part of a generated file: which text, and what stands in its places.
 *
 * @param resource the text's name
 * @param places values by name
 * @param firstTolerance of two golden steps, over the distance moved: 1e-4 where eigenvectors are found in another order of sums
 * @param tolerance of fifty
 */
record RuleText(String resource, Map<String, String> places, String firstTolerance, String tolerance) {
    private static final int LINE = 128;

    /** @throws IllegalArgumentException if there is no text for such a rule; says why */
    static RuleText of(LearnedOptimizerPackage source) {
        Hyper hyper = new Hyper(source);
        return switch (source.rule()) {
            case "tuned_soap" -> soap(source, hyper, "1e-8 * xp.sqrt(correction)", true);
            case "evolved_soap" -> soap(source, hyper, "1e-5 * xp.sqrt(mean)", false);
            case "small_fc" -> smallFc(source, hyper);
            case "celo2" -> celo2(source, hyper);
            default -> throw new IllegalArgumentException("package '" + source.name() + "': a rule of the kind '" + source.rule()
                    + "' cannot be written as a Python file, only small_fc, celo2, tuned_soap and evolved_soap; export it as safetensors");
        };
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
        List<String> numbers = new ArrayList<>();
        float[] theta = source.theta();
        for (int i = 0; i < theta.length; i++) {
            numbers.add("    \"" + source.thetaTensors().get(i).name() + "\": " + python(theta[i]) + ",");
        }
        Map<String, String> places = new LinkedHashMap<>();
        places.put("frequency", String.valueOf((int) hyper.number("frequency", 10)));
        places.put("longest", String.valueOf((int) hyper.number("longest", 10_000)));
        places.put("one_sided", python(hyper.flag("one_sided")));
        places.put("numbers", String.join("\n", numbers));
        places.put("rate", python(hyper.number("rate", 1)));
        places.put("epsilon", epsilon);
        places.put("first", decaysAtOnce ? "w - shrink * w" : "w");
        places.put("first_comment", decaysAtOnce ? ", and decays" : "");
        return new RuleText("soap", places, "1e-4", "1e-2");
    }

    private static RuleText smallFc(LearnedOptimizerPackage source, Hyper hyper) {
        hyper.requireNot("clip");
        hyper.requireNot("finite_gradients");
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
        places.put("level", hyper.flag("level_gradients") ? "    g = g * tensor.gradient\n" : "");
        places.put("update", shrunk.formatted(direction));
        return new RuleText("small_fc", places, "3e-5", "1e-3");
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
        return new RuleText("celo2", places, "3e-5", "1e-3");
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
