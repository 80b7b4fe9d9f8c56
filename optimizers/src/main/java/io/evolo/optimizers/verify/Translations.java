package io.evolo.optimizers.verify;

import static io.evolo.optimizers.verify.Translation.to;

import java.util.Map;
import java.util.Optional;

/**
 * The names under which recorded runs keep their rules, and what the hyperparameters of the reference implementations are called here.
 * The learning rate, key {@code lr}, is read by the format.
 */
final class Translations {

    private static final Map<String, Translation> BY_NAME = Map.ofEntries(
            Map.entry("AdaGrad", to("adagrad")
                    .number("lr_decay", "rate_decay")
                    .number("weight_decay")
                    .number("initial_accumulator_value", "initial_square")
                    .number("eps", "epsilon")),
            Map.entry("RMSProp", to("rmsprop")
                    .number("alpha")
                    .number("eps", "epsilon")
                    .number("weight_decay")
                    .number("momentum")
                    .flag("centered", "centred")),
            Map.entry("RMSProp (TensorFlow style)", to("rmsprop-tf")
                    .number("alpha")
                    .number("eps", "epsilon")
                    .number("weight_decay")
                    .number("momentum")
                    .flag("centered", "centred")
                    .flag("decoupled_decay", "decoupled")
                    .flag("lr_in_momentum", "rate_inside")
                    .number("square_avg_initial", "initial_square")),
            Map.entry("Adam", adam("adam").flag("amsgrad", "amsgrad")),
            Map.entry("AdamW", adam("adamw").flag("amsgrad", "amsgrad")),
            Map.entry("NAdam", adam("nadam")
                    .number("momentum_decay")
                    // The product is a float here in any case.
                    .withoutEffect("mu_product_float32")),
            Map.entry("NAdamW", adam("nadamw")),
            Map.entry("NAdamW (learned_optimization)", to("nadamw-velo")
                    .number("beta1")
                    .number("beta2")
                    .number("epsilon")
                    .number("adamw_weight_decay", "weight_decay")
                    .number("l2_weight_decay", "l2")
                    .flag("use_nesterov", "nesterov")
                    // Forced on by the reference, whatever its value.
                    .withoutEffect("use_bias_correction")),
            Map.entry("Adafactor", to("adafactor")
                    .numbers("eps", "epsilon1", "epsilon2")
                    .number("clip_threshold", "clip")
                    .number("decay_rate", "decay", rate -> -rate)
                    .numberOr("beta1", "beta1", 0)
                    .number("weight_decay")
                    .flag("scale_parameter", "scale_parameter")
                    .flag("relative_step", "relative_step")
                    .flag("warmup_init", "warmup")),
            Map.entry("Adafactor (Kempner study: Adam with rank-one second moment)", adam("adafactor-kempner")
                    .flag("neuron_only", "neuron_only")),
            Map.entry("Lion", to("lion").numbers("betas", "beta1", "beta2").number("weight_decay")),
            Map.entry("Signum", to("signum").number("beta").number("weight_decay")),
            Map.entry("Adalayer", adalayer()),
            Map.entry("Adalayer, frozen scales", adalayer()
                    .flag("update_last", "update_last")
                    .flag("update_norm", "update_norm")
                    .number("t_freeze", "freeze")),
            Map.entry("SGD + Adalayer on last layer and LayerNorm", adam("adalayer-last")
                    .fixed("outputs_are_rows", 1)
                    // The reference's fused attention matrices are not adaptive, cut or not.
                    .withoutEffect("att_correction")
                    .flag("lastlayer_correction", "last_layer")
                    .flag("firstlayer_correction", "first_layer")
                    .flag("update_norm", "update_norm")
                    .part((keys, out) -> out.put("last_factor", keys.get("lr_last").number() / keys.get("lr").number()))),
            Map.entry("LARS", lars("lars")),
            Map.entry("TVLARS", lars("tvlars").number("lmbda", "fall")),
            Map.entry("LARS (LARC form)", to("larc")
                    .number("momentum")
                    .number("dampening")
                    .number("weight_decay")
                    .flag("nesterov", "nesterov")
                    .number("trust_coeff", "trust")
                    .number("eps", "epsilon")
                    .flag("trust_clip", "trust_clip")
                    .flag("always_adapt", "always_adapt")
                    .fixed("exclude_vectors", 0)),
            Map.entry("LAMB (NVIDIA/apex form)", adam("lamb")
                    .flag("bias_correction", "bias_correction")
                    .flag("grad_averaging", "gradient_averaging")
                    .numberOr("max_grad_norm", "clip", Double.POSITIVE_INFINITY)
                    .flag("trust_clip", "trust_clip")
                    .flag("always_adapt", "always_adapt")
                    .flag("decoupled_decay", "decoupled")
                    .fixed("exclude_vectors", 0)),
            Map.entry("LAMB (paper v3, no debiasing)", adam("lamb-paper")
                    .numbers("weight_norm_clamp", "low_norm", "high_norm")
                    .fixed("exclude_vectors", 0)),
            Map.entry("Adaptive optimisation of arXiv 2412.04718 (Adam + exponential LR decay + global-norm clip)",
                    to("adam-exp-clip")
                            .numbers("betas", "beta1", "beta2")
                            .number("eps", "epsilon")
                            .number("gamma")
                            .numberOr("clip_norm", "clip", Double.POSITIVE_INFINITY)),
            Map.entry("Schedule-Free AdamW", adam("schedule-free-adamw")
                    .number("warmup_steps", "warmup")
                    .number("r")
                    .number("weight_lr_power", "rate_power")
                    .flag("decay_at_z", "decay_at_z")
                    .only("inner_momentum", 0)),
            Map.entry("Prodigy", adam("prodigy")
                    .numberOr("beta3", "beta3", 0)
                    .flag("decouple", "decouple")
                    .flag("use_bias_correction", "bias_correction")
                    .flag("safeguard_warmup", "safeguard_warmup")
                    .number("d_coef", "coefficient")
                    .number("growth_rate", "growth")
                    .number("d0")),
            Map.entry("AdEMAMix", to("ademamix")
                    .numbers("betas", "beta1", "beta2", "beta3")
                    .number("alpha")
                    .numberOr("beta3_warmup", "beta3_warmup", 0)
                    .numberOr("alpha_warmup", "alpha_warmup", 0)
                    .number("eps", "epsilon")
                    .number("weight_decay")),
            Map.entry("C-AdamW (cautious)", cautiousAdamW()),
            Map.entry("C-AdamW (cautious), no bias correction", cautiousAdamW()),
            Map.entry("C-Lion (cautious)", to("lion+cautious")
                    .numbers("betas", "beta1", "beta2")
                    .number("weight_decay")
                    .fixed("cautious_older_scale", 1)),
            Map.entry("Grokfast-EMA + AdamW", adam("adamw+grokfast")
                    .number("alpha", "grokfast_alpha")
                    .number("lamb", "grokfast_strength")
                    // Said by the rule's name.
                    .withoutEffect("filter")),
            Map.entry("Grokfast-MA + AdamW", adam("adamw+grokfast-ma")
                    .number("window_size", "grokfast_ma_window")
                    .number("lamb", "grokfast_ma_strength")
                    .opposite("warmup", "grokfast_ma_from_start")
                    .part((keys, out) -> out.put("grokfast_ma_sum", keys.get("filter_type").text().equals("sum") ? 1.0 : 0))
                    .withoutEffect("filter")),
            Map.entry("Lookahead around AdamW", lookahead(adam("adamw+lookahead"))),
            Map.entry("Lookahead around SGD momentum, momentum reset",
                    lookahead(to("momentum+lookahead").number("momentum").number("weight_decay"))),
            Map.entry("Simplified AdEMAMix", simplifiedAdEmaMix()),
            Map.entry("Simplified AdEMAMix, beta1 warm-up", simplifiedAdEmaMix()),
            Map.entry("ADOPT", adopt()),
            Map.entry("ADOPT, no clipping, coupled decay", adopt()),
            Map.entry("Adan", adan()),
            Map.entry("Adan, decay first", adan()),
            Map.entry("MARS-AdamW", mars("mars").number("eps", "epsilon").flag("amsgrad", "amsgrad").numbers("betas", "beta1", "beta2")),
            Map.entry("MARS-AdamW, all ranks, amsgrad",
                    mars("mars").number("eps", "epsilon").flag("amsgrad", "amsgrad").numbers("betas", "beta1", "beta2")),
            Map.entry("MARS-Lion", mars("mars-lion")
                    .number("eps", "aux_epsilon")
                    .only("amsgrad", 0)
                    .part((keys, out) -> out.put("beta1", keys.get("betas").get(0).number()))),
            Map.entry("Prodigy + Schedule-Free", prodigyScheduleFree()),
            Map.entry("Prodigy + Schedule-Free, ADOPT order, no d limiter", prodigyScheduleFree()),
            Map.entry("Prodigy + Schedule-Free, atan2, RAdam correction", prodigyScheduleFree()));

    private Translations() {}

    /** Of the rule with these hyperparameters; empty where this project has none. torch has one class for three rules. */
    static Optional<Translation> of(String name, JsonValue hyper) {
        return switch (name) {
            case "SGD", "Momentum", "Nesterov" -> Optional.of(torchSgd(hyper));
            default -> Optional.ofNullable(BY_NAME.get(name));
        };
    }

    private static Translation torchSgd(JsonValue hyper) {
        if (hyper.number("momentum", 0) == 0) {
            return to("sgd").number("weight_decay").withoutEffect("momentum").withoutEffect("dampening").only("nesterov", 0);
        }
        if (hyper.flag("nesterov")) {
            return to("nesterov").number("momentum").number("weight_decay").only("dampening", 0).withoutEffect("nesterov");
        }
        return to("momentum").number("momentum").number("weight_decay").number("dampening").withoutEffect("nesterov");
    }

    private static Translation adam(String rule) {
        return to(rule).numbers("betas", "beta1", "beta2").number("eps", "epsilon").number("weight_decay");
    }

    private static Translation adalayer() {
        return adam("adalayer")
                .fixed("outputs_are_rows", 1)
                .flag("att_correction", "attention")
                .flag("lastlayer_correction", "last_layer")
                .flag("firstlayer_correction", "first_layer");
    }

    private static Translation cautiousAdamW() {
        return adam("adamw-transformers+cautious")
                .flag("correct_bias", "bias_correction")
                .number("mask_mean_floor", "cautious_floor");
    }

    private static Translation lookahead(Translation base) {
        return base.number("k", "lookahead_every")
                .number("alpha", "lookahead_alpha")
                // Said by the rule's name.
                .withoutEffect("base")
                .part((keys, out) -> {
                    String momentum = keys.get("pullback_momentum").text();
                    out.put("lookahead_reset_momentum", momentum.equals("reset") ? 1.0 : 0);
                    out.put("lookahead_pull_momentum", momentum.equals("pullback") ? 1.0 : 0);
                });
    }

    private static Translation simplifiedAdEmaMix() {
        return adam("simplified-ademamix")
                .number("alpha")
                .numberOr("beta1_warmup", "beta1_warmup", 0)
                .number("min_beta1", "least_beta1")
                .flag("bias_correction1", "mean_correction")
                .flag("bias_correction2", "square_correction");
    }

    private static Translation adopt() {
        return adam("adopt")
                .flag("decouple", "decouple")
                // The power as text, or null.
                .part((keys, out) -> out.put("clip", keys.get("clip").node().isNull() ? 0.0 : 1));
    }

    private static Translation adan() {
        return to("adan")
                .numbers("betas", "beta1", "beta2", "beta3")
                .number("eps", "epsilon")
                .number("weight_decay")
                .flag("no_prox", "decay_first")
                .only("max_grad_norm", 0);
    }

    private static Translation mars(String rule) {
        return to(rule)
                .number("weight_decay")
                .number("gamma")
                .flag("optimize_1d", "every_rank")
                .numbers("betas_1d", "aux_beta1", "aux_beta2")
                .number("weight_decay_1d", "aux_weight_decay")
                .part((keys, out) -> out.put("aux_ratio", keys.get("lr_1d").number() / keys.get("lr").number()))
                .only("is_approx", 1)
                // Said by the rule's name.
                .withoutEffect("mars_type");
    }

    private static Translation prodigyScheduleFree() {
        return to("prodigy-schedule-free")
                .numbers("betas", "beta1", "beta2")
                .numberOr("beta3", "beta3", 0)
                .numberOr("eps", "epsilon", 0)
                .number("weight_decay")
                .flag("weight_decay_by_lr", "decay_by_rate")
                .number("d0")
                .number("d_coef", "coefficient")
                .flag("d_limiter", "limit")
                .number("prodigy_steps", "estimate_steps")
                .number("schedulefree_c", "free_c")
                .flag("use_bias_correction", "radam")
                .flag("use_stableadamw", "stable")
                .flag("use_adopt", "adopt")
                .only("use_cautious", 0)
                .number("slice", "every");
    }

    private static Translation lars(String rule) {
        return to(rule)
                .number("momentum")
                .number("weight_decay")
                .number("eta", "trust")
                .opposite("weight_decay_filter", "decay_vectors")
                .opposite("lars_adaptation_filter", "adapt_vectors");
    }
}
