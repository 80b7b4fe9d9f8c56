package io.evolo.optimizers.learned;

import io.evolo.optimizers.designed.AdamUpdate;
import io.evolo.optimizers.Names;
import io.evolo.tasks.ParamLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The learned rules by name and hyperparameters: what recipes and packages write down. */
public final class LearnedOptimizers {
    private static final List<String> NAMES = List.of("small_fc", "celo2", "velo", "muvelo", "celo", "celo_adam");

    private LearnedOptimizers() {}

    public static List<String> names() {
        return NAMES;
    }

    /**
     * The rule of that name with these hyperparameters; those not given are the published ones ({@link SmallFc#of} with 4 hidden
     * units, {@link Celo2#published}). Flags are 0 and 1.
     *
     * <ul>
     *   <li>all: {@code weight_decay}, {@code rate}; with {@code warmup_fraction} or {@code end_rate}, the rate rises linearly and
     *       falls as a cosine; all with a network: {@code hidden}
     *   <li>small_fc: {@code exp_mult}, {@code step_mult}, {@code learned_decays}
     *   <li>celo2: {@code orthogonalize}, {@code adam_for_1d}, {@code adam_rate_multiplier}, {@code adam_beta1}, {@code adam_beta2},
     *       {@code adam_eps_inside}, {@code adam_eps_outside} (of the root)
     *   <li>velo, and muvelo, which is velo with other defaults: {@code lstm}, {@code basis}, {@code exp_mult}, {@code step_mult},
     *       {@code blend}, {@code by_parameter_scale}, {@code earlier_axis_wins} (of two equal axes in the factored moments), and the
     *       decays {@code momentum_decay_1} to {@code _3}, {@code rms_decay}, {@code adafactor_decay_1} to {@code _3}
     *   <li>celo: {@code lstm}, {@code scheduled} (0 in its first phase), {@code exp_mult}, {@code step_mult}, {@code head_factor},
     *       {@code by_parameter_scale}, the decays
     *   <li>celo_adam: {@code lstm}, {@code step_mult}, {@code head_factor}, {@code adam_beta1}, {@code adam_beta2},
     *       {@code adam_eps_inside}, {@code adam_eps_outside}
     * </ul>
     *
     * @throws IllegalArgumentException if name, key or value is not right; the message names the nearest one
     */
    public static LearnedOptimizer of(String name, Map<String, Double> hyperparameters) {
        Hyperparameters given = new Hyperparameters(name, hyperparameters);
        LearnedOptimizer rule = switch (name) {
            case "small_fc" -> smallFc(given);
            case "celo2" -> celo2(given);
            case "velo" -> velo(given, Velo.published());
            case "muvelo" -> velo(given, Velo.mu());
            case "celo" -> celo(given);
            case "celo_adam" -> celoAdam(given);
            default -> throw new IllegalArgumentException(Names.unknown("learned optimizer", name, NAMES));
        };
        given.requireNoOthers();
        return rule;
    }

    private static SmallFc smallFc(Hyperparameters given) {
        return new SmallFc(given.count("hidden", 4), given.number("exp_mult", 0.001), given.number("step_mult", 0.001),
                given.flag("learned_decays", true), given.rate(1), given.number("weight_decay", 0));
    }

    private static Celo2 celo2(Hyperparameters given) {
        AdamUpdate adam = new AdamUpdate(given.number("adam_beta1", 0.9), given.number("adam_beta2", 0.95),
                given.number("adam_eps_inside", 1e-8), given.number("adam_eps_outside", 0), 0, Celo2.LIMIT);
        Celo2.ByAdam byAdam = new Celo2.ByAdam(given.number("adam_rate_multiplier", 20), adam);
        return new Celo2(given.count("hidden", 8), given.flag("orthogonalize", true),
                given.flag("adam_for_1d", true) ? byAdam : new Celo2.ByNetwork(), given.rate(0.001),
                given.number("weight_decay", 0));
    }

    private static Velo velo(Hyperparameters given, Velo otherwise) {
        return new Velo(given.count("lstm", otherwise.lstm()), given.count("basis", otherwise.basis()),
                given.count("hidden", otherwise.hidden()), given.number("exp_mult", otherwise.expMult()),
                given.number("step_mult", otherwise.stepMult()), given.number("blend", otherwise.blend()),
                given.flag("by_parameter_scale", otherwise.byParameterScale()), given.decays(otherwise.decays()),
                given.flag("earlier_axis_wins", false) ? FactoredTensor.Ties.EARLIER : FactoredTensor.Ties.LATER, given.rate(1),
                given.number("weight_decay", 0));
    }

    private static Celo celo(Hyperparameters given) {
        return new Celo(given.count("lstm", 64), given.count("hidden", 4), given.flag("scheduled", true),
                given.number("exp_mult", 0.001), given.number("step_mult", 0.001), given.number("head_factor", 0.1),
                given.flag("by_parameter_scale", true), given.decays(BaseDecays.published()), given.rate(1),
                given.number("weight_decay", 0));
    }

    private static CeloAdam celoAdam(Hyperparameters given) {
        AdamUpdate adam = new AdamUpdate(given.number("adam_beta1", 0.9), given.number("adam_beta2", 0.999),
                given.number("adam_eps_inside", 1e-10), given.number("adam_eps_outside", 1e-8), 0, HyperRule.LIMIT);
        return new CeloAdam(given.count("lstm", 64), given.number("step_mult", 0.001), given.number("head_factor", 0.1), adam,
                given.rate(1), given.number("weight_decay", 0));
    }

    /** The name under which {@link #of} makes the rule. */
    public static String name(LearnedOptimizer rule) {
        return switch (rule) {
            case SmallFc smallFc -> "small_fc";
            case Celo2 celo2 -> "celo2";
            case Velo velo -> "velo";
            case Celo celo -> "celo";
            case CeloAdam celoAdam -> "celo_adam";
            default -> throw notHere(rule);
        };
    }

    /**
     * All hyperparameters with which {@link #of} makes an equal rule.
     *
     * @throws IllegalArgumentException if there are none, for instance because of an unusual schedule
     */
    public static Map<String, Double> hyperparameters(LearnedOptimizer rule) {
        Map<String, Double> out = new TreeMap<>();
        switch (rule) {
            case SmallFc smallFc -> put(smallFc, out);
            case Celo2 celo2 -> put(celo2, out);
            case Velo velo -> put(velo, out);
            case Celo celo -> put(celo, out);
            case CeloAdam celoAdam -> put(celoAdam, out);
            default -> throw notHere(rule);
        }
        if (!of(name(rule), out).equals(rule)) {
            throw new IllegalArgumentException("the rule " + rule + " cannot be written as hyperparameters, only " + out);
        }
        return out;
    }

    private static void put(SmallFc rule, Map<String, Double> out) {
        out.put("hidden", (double) rule.hidden());
        out.put("exp_mult", rule.expMult());
        out.put("step_mult", rule.stepMult());
        out.put("learned_decays", rule.learnedDecays() ? 1.0 : 0);
        out.put("weight_decay", rule.weightDecay());
        Hyperparameters.putRate(out, rule.rate());
    }

    private static void put(Celo2 rule, Map<String, Double> out) {
        out.put("hidden", (double) rule.hidden());
        out.put("orthogonalize", rule.orthogonalize() ? 1.0 : 0);
        out.put("weight_decay", rule.weightDecay());
        Hyperparameters.putRate(out, rule.rate());
        switch (rule.vectors()) {
            case Celo2.ByNetwork network -> out.put("adam_for_1d", 0.0);
            case Celo2.ByAdam(double rateMultiplier, AdamUpdate adam) -> {
                out.put("adam_for_1d", 1.0);
                out.put("adam_rate_multiplier", rateMultiplier);
                out.put("adam_beta1", adam.beta1());
                out.put("adam_beta2", adam.beta2());
                out.put("adam_eps_inside", adam.epsInside());
                out.put("adam_eps_outside", adam.epsOutside());
            }
        }
    }

    private static void put(Velo rule, Map<String, Double> out) {
        out.put("lstm", (double) rule.lstm());
        out.put("basis", (double) rule.basis());
        out.put("hidden", (double) rule.hidden());
        out.put("exp_mult", rule.expMult());
        out.put("step_mult", rule.stepMult());
        out.put("blend", rule.blend());
        out.put("by_parameter_scale", rule.byParameterScale() ? 1.0 : 0);
        out.put("earlier_axis_wins", rule.ties() == FactoredTensor.Ties.EARLIER ? 1.0 : 0);
        out.put("weight_decay", rule.weightDecay());
        Hyperparameters.putDecays(out, rule.decays());
        Hyperparameters.putRate(out, rule.rate());
    }

    private static void put(Celo rule, Map<String, Double> out) {
        out.put("lstm", (double) rule.lstm());
        out.put("hidden", (double) rule.hidden());
        out.put("scheduled", rule.scheduled() ? 1.0 : 0);
        out.put("exp_mult", rule.expMult());
        out.put("step_mult", rule.stepMult());
        out.put("head_factor", rule.headFactor());
        out.put("by_parameter_scale", rule.byParameterScale() ? 1.0 : 0);
        out.put("weight_decay", rule.weightDecay());
        Hyperparameters.putDecays(out, rule.decays());
        Hyperparameters.putRate(out, rule.rate());
    }

    private static void put(CeloAdam rule, Map<String, Double> out) {
        out.put("lstm", (double) rule.lstm());
        out.put("step_mult", rule.stepMult());
        out.put("head_factor", rule.headFactor());
        out.put("adam_beta1", rule.adam().beta1());
        out.put("adam_beta2", rule.adam().beta2());
        out.put("adam_eps_inside", rule.adam().epsInside());
        out.put("adam_eps_outside", rule.adam().epsOutside());
        out.put("weight_decay", rule.weightDecay());
        Hyperparameters.putRate(out, rule.rate());
    }

    private static IllegalArgumentException notHere(LearnedOptimizer rule) {
        return new IllegalArgumentException("a " + rule.getClass().getName() + " has no name here; there are " + NAMES);
    }

    static void requireTheta(String rule, float[] theta, ParamLayout layout) {
        if (theta.length != layout.size()) {
            throw new IllegalArgumentException(rule + ": theta has " + theta.length + " values, expected " + layout.size() + " ("
                    + layout.tensors() + " tensors); does the number of hidden units match?");
        }
    }

}
