package io.evolo.optimizers.learned;

import io.evolo.optimizers.designed.AdamUpdate;
import io.evolo.schema.Names;
import io.evolo.tasks.ParamLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The learned rules by name and hyperparameters: what recipes and packages write down. */
public final class LearnedOptimizers {
    private static final List<String> NAMES = List.of("small_fc", "mlp_lopt", "celo", "celo_adam", "celo2", "velo",
            "muvelo", "learnable_sgd", "learnable_sgdm", "learnable_adam", "tuned_soap", "evolved_soap", "element");

    private LearnedOptimizers() {}

    public static List<String> names() {
        return NAMES;
    }

    /**
     * The rule of that name with these hyperparameters; those not given are the published ones. Flags are 0 and 1.
     *
     * <ul>
     *   <li>all but the learnable ones: {@code rate}; with {@code warmup_fraction} or {@code end_rate}, the rate rises linearly and falls
     *       as a cosine; with {@code over_cosine} 1, the cosine spans the whole run and the warm-up begins at {@code initial_rate};
     *       with {@code rate_horizon}, all is multiplied by min(6, √(rate_horizon/T))
     *   <li>all with a network: {@code hidden}, {@code exp_mult}, {@code step_mult} (not celo2)
     *   <li>small_fc, celo2, velo and celo: {@code weight_decay}, and the decays of the accumulators {@code momentum_decay_1} to
     *       {@code _3}, {@code rms_decay}, {@code adafactor_decay_1} to {@code _3}
     *   <li>small_fc: {@code learned_decays}, {@code decay_with_step}, {@code clip} (0: none), {@code finite_gradients},
     *       {@code adafactor_start}; see {@link SmallFc.Form}
     *   <li>small_fc and celo2: {@code level_gradients}
     *   <li>mlp_lopt: {@code momentum_decay_1} to {@code _6}
     *   <li>celo2: {@code orthogonalize}, {@code adam_for_1d}, {@code adam_for_embeddings}, {@code adam_rate_multiplier},
     *       {@code adam_beta1}, {@code adam_beta2}, {@code adam_eps_inside}, {@code adam_eps_outside} (of the root)
     *   <li>velo, and muvelo, which is velo with other defaults: {@code lstm}, {@code basis}, {@code blend},
     *       {@code by_parameter_scale}, {@code earlier_axis_wins} (of two equal axes in the factored moments)
     *   <li>celo: {@code lstm}, {@code scheduled} (0 in its first phase), {@code head_factor}, {@code by_parameter_scale}
     *   <li>celo_adam: {@code lstm}, {@code step_mult}, {@code head_factor}, {@code weight_decay}, {@code adam_beta1},
     *       {@code adam_beta2}, {@code adam_eps_inside}, {@code adam_eps_outside}
     *   <li>learnable_sgd: {@code initial_rate}; learnable_sgdm: {@code initial_momentum} too; learnable_adam: {@code initial_rate},
     *       {@code initial_beta1}, {@code initial_beta2}, {@code initial_epsilon}, {@code adam_eps_inside}
     *   <li>tuned_soap, evolved_soap: {@code frequency}, {@code one_sided}; evolved_soap: {@code longest}, {@code any_time} and
     *       {@code rate} too, a multiplier
     *   <li>element: {@code eigenbasis}, with it {@code frequency} and {@code one_sided}; {@code hidden}, {@code reach}, {@code fitted},
     *       and a flag for every {@link io.evolo.optimizers.learned.element.Feature feature}
     * </ul>
     *
     * @throws IllegalArgumentException if name, key or value is not right; the message names the nearest one
     */
    public static LearnedOptimizer of(String name, Map<String, Double> hyperparameters) {
        Hyperparameters given = new Hyperparameters(name, hyperparameters);
        LearnedOptimizer rule = switch (name) {
            case "small_fc" -> smallFc(given);
            case "mlp_lopt" -> mlpLopt(given);
            case "celo2" -> celo2(given);
            case "velo" -> velo(given, Velo.published());
            case "muvelo" -> velo(given, Velo.mu());
            case "celo" -> celo(given);
            case "celo_adam" -> celoAdam(given);
            case "learnable_sgd" -> new LearnableSgd(given.number("initial_rate", 0.01), false, 0);
            case "learnable_sgdm" -> new LearnableSgd(given.number("initial_rate", 0.01), true, given.number("initial_momentum", 0.9));
            case "learnable_adam" -> learnableAdam(given);
            case "tuned_soap" -> new TunedSoap(given.count("frequency", 10), given.flag("one_sided", false));
            case "evolved_soap" -> evolvedSoap(given);
            case "element" -> ElementRule.read(given);
            default -> throw new IllegalArgumentException(Names.unknown("learned optimizer", name, NAMES));
        };
        given.requireNoOthers();
        return rule;
    }

    private static EvolvedSoap evolvedSoap(Hyperparameters given) {
        EvolvedSoap usual = EvolvedSoap.standard();
        return new EvolvedSoap(given.count("frequency", usual.frequency()), given.flag("one_sided", usual.oneSided()),
                given.count("longest", usual.longest()), given.flag("any_time", usual.anyTime()), given.number("rate", usual.rate()));
    }

    private static SmallFc smallFc(Hyperparameters given) {
        double clip = given.number("clip", 0);
        SmallFc.Form form = new SmallFc.Form(given.flag("decay_with_step", false), clip == 0 ? Double.POSITIVE_INFINITY : clip,
                given.flag("finite_gradients", false), given.flag("level_gradients", false),
                given.flag("adafactor_start", false));
        return new SmallFc(given.count("hidden", 4), given.number("exp_mult", 0.001), given.number("step_mult", 0.001),
                given.flag("learned_decays", true), given.rate(1), given.number("weight_decay", 0),
                given.decays(BaseDecays.published()), form);
    }

    private static MlpLopt mlpLopt(Hyperparameters given) {
        MlpLopt otherwise = MlpLopt.of(32);
        List<Double> momenta = IntStream.range(0, MlpLopt.K)
                .mapToObj(k -> given.number("momentum_decay_" + (k + 1), otherwise.momenta().get(k)))
                .toList();
        return new MlpLopt(given.count("hidden", otherwise.hidden()), given.number("exp_mult", otherwise.expMult()),
                given.number("step_mult", otherwise.stepMult()), momenta, given.rate(1));
    }

    private static LearnableAdam learnableAdam(Hyperparameters given) {
        LearnableAdam otherwise = LearnableAdam.published();
        return new LearnableAdam(given.number("initial_rate", otherwise.rate()), given.number("initial_beta1", otherwise.beta1()),
                given.number("initial_beta2", otherwise.beta2()), given.number("initial_epsilon", otherwise.epsilon()),
                given.number("adam_eps_inside", otherwise.epsInside()));
    }

    private static Celo2 celo2(Hyperparameters given) {
        AdamUpdate adam = new AdamUpdate(given.number("adam_beta1", 0.9), given.number("adam_beta2", 0.95),
                given.number("adam_eps_inside", 1e-8), given.number("adam_eps_outside", 0), 0, Celo2.LIMIT);
        boolean vectors = given.flag("adam_for_1d", true);
        boolean embeddings = given.flag("adam_for_embeddings", vectors);
        if (embeddings && !vectors) {
            throw new IllegalArgumentException("celo2: adam_for_embeddings is 1 where adam_for_1d is 0, expected Adam for vectors too");
        }
        Celo2.ByAdam byAdam = new Celo2.ByAdam(given.number("adam_rate_multiplier", 20), adam, embeddings);
        return new Celo2(given.count("hidden", 8), given.flag("orthogonalize", true),
                vectors ? byAdam : new Celo2.ByNetwork(), given.rate(0.001),
                given.number("weight_decay", 0), given.decays(Celo2.DECAYS), given.flag("level_gradients", false));
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
            case MlpLopt mlpLopt -> "mlp_lopt";
            case LearnableSgd sgd -> sgd.withMomentum() ? "learnable_sgdm" : "learnable_sgd";
            case LearnableAdam adam -> "learnable_adam";
            case TunedSoap soap -> "tuned_soap";
            case EvolvedSoap soap -> "evolved_soap";
            case ElementRule element -> "element";
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
            case MlpLopt mlpLopt -> put(mlpLopt, out);
            case LearnableSgd sgd -> put(sgd, out);
            case LearnableAdam adam -> put(adam, out);
            case TunedSoap soap -> putSoap(soap.frequency(), soap.oneSided(), out);
            case EvolvedSoap soap -> {
                putSoap(soap.frequency(), soap.oneSided(), out);
                out.put("longest", (double) soap.longest());
                out.put("any_time", soap.anyTime() ? 1.0 : 0);
                out.put("rate", soap.rate());
            }
            case ElementRule element -> element.put(out);
            default -> throw notHere(rule);
        }
        if (!of(name(rule), out).equals(rule)) {
            throw new IllegalArgumentException("the rule " + rule + " cannot be written as hyperparameters, only " + out);
        }
        return out;
    }

    private static void putSoap(int frequency, boolean oneSided, Map<String, Double> out) {
        out.put("frequency", (double) frequency);
        out.put("one_sided", oneSided ? 1.0 : 0);
    }

    private static void put(SmallFc rule, Map<String, Double> out) {
        out.put("hidden", (double) rule.hidden());
        out.put("exp_mult", rule.expMult());
        out.put("step_mult", rule.stepMult());
        out.put("learned_decays", rule.learnedDecays() ? 1.0 : 0);
        out.put("weight_decay", rule.weightDecay());
        out.put("decay_with_step", rule.form().decayWithStep() ? 1.0 : 0);
        out.put("clip", Double.isInfinite(rule.form().clip()) ? 0 : rule.form().clip());
        out.put("finite_gradients", rule.form().finiteGradients() ? 1.0 : 0);
        out.put("level_gradients", rule.form().levelGradients() ? 1.0 : 0);
        out.put("adafactor_start", rule.form().adafactorStart() ? 1.0 : 0);
        Hyperparameters.putDecays(out, rule.decays());
        Hyperparameters.putRate(out, rule.rate());
    }

    private static void put(MlpLopt rule, Map<String, Double> out) {
        out.put("hidden", (double) rule.hidden());
        out.put("exp_mult", rule.expMult());
        out.put("step_mult", rule.stepMult());
        for (int k = 0; k < MlpLopt.K; k++) {
            out.put("momentum_decay_" + (k + 1), rule.momenta().get(k));
        }
        Hyperparameters.putRate(out, rule.rate());
    }

    private static void put(LearnableSgd rule, Map<String, Double> out) {
        out.put("initial_rate", rule.rate());
        if (rule.withMomentum()) {
            out.put("initial_momentum", rule.momentum());
        }
    }

    private static void put(LearnableAdam rule, Map<String, Double> out) {
        out.put("initial_rate", rule.rate());
        out.put("initial_beta1", rule.beta1());
        out.put("initial_beta2", rule.beta2());
        out.put("initial_epsilon", rule.epsilon());
        out.put("adam_eps_inside", rule.epsInside());
    }

    private static void put(Celo2 rule, Map<String, Double> out) {
        out.put("hidden", (double) rule.hidden());
        out.put("orthogonalize", rule.orthogonalize() ? 1.0 : 0);
        out.put("weight_decay", rule.weightDecay());
        out.put("level_gradients", rule.levelGradients() ? 1.0 : 0);
        Hyperparameters.putDecays(out, rule.decays());
        Hyperparameters.putRate(out, rule.rate());
        switch (rule.vectors()) {
            case Celo2.ByNetwork network -> out.put("adam_for_1d", 0.0);
            case Celo2.ByAdam(double rateMultiplier, AdamUpdate adam, boolean embeddings) -> {
                out.put("adam_for_1d", 1.0);
                out.put("adam_for_embeddings", embeddings ? 1.0 : 0);
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
