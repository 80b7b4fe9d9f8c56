package io.evolo.optimizers.verify;

import static io.evolo.optimizers.verify.Translation.to;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.designed.Dion;
import io.evolo.optimizers.designed.KlShampoo;
import io.evolo.optimizers.designed.KlSoap;
import io.evolo.optimizers.designed.PsgdKron;
import io.evolo.optimizers.designed.Scion;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Shape;
import java.util.List;
import java.util.Map;

/**
 * Trajectories of the rules that move matrices in their own way and the rest by an auxiliary rule, whose hyperparameters have names that
 * begin with {@code aux_}. Keys as in {@link MatrixFormat}; {@code notes} says where a kernel was handed over as a matrix.
 */
final class HiddenMatrixFormat {
    /** Of float32. */
    private static final double FLOAT = 2e-4;

    /** Of decompositions of float32 matrices. */
    private static final double FACTORS = 1e-3;

    private static final Map<String, Translation> BY_NAME = Map.ofEntries(
            Map.entry("Muon, Polar Express, spectral scale", dion("muon")),
            Map.entry("Muon, Polar Express, AdamW-matched scale, cautious decay", dion("muon")),
            Map.entry("Muon, Polar Express, no scale, unflattened", dion("muon").part(HiddenMatrixFormat::slices)),
            Map.entry("Muon, five-triple coefficient list, spectral scale", dion("muon")),
            Map.entry("Muon, 12 Newton-Schulz steps (Track 3 baseline)", keller("muon").number("mu", "momentum")),
            Map.entry("NorMuon (+ auxiliary AdamW for ndim<2)", normuon()),
            Map.entry("NorMuon, Polar Express, spectral scale, cautious decay", dion("normuon")
                    .number("muon_beta2", "beta2")
                    .fixed("row_epsilon", 1e-8)
                    .fixed("kernel_slices", 1)),
            Map.entry("NorMuon with update/weight floor (Track 3 #9)", keller("normuon")
                    .number("mu", "momentum")
                    .number("beta2")
                    .number("target_uw", "least_ratio")
                    .fixed("short_side", 1)
                    // There the floor of v, 1e-10, here added to its root.
                    .withoutEffect("row_floor_eps")),
            Map.entry("Muon^2 (Adam-normalised momentum before orthogonalisation)", keller("muon-squared")
                    .number("mu", "momentum")
                    .number("beta2")
                    .number("eps", "epsilon")),
            Map.entry("AdaMuon (sign-stabilised)", keller("adamuon")
                    .number("momentum")
                    .number("eps", "epsilon")
                    .fixed("kernel_sides", 1)),
            Map.entry("KL-Shampoo", kl("kl-shampoo").only("klsoap", 0)),
            Map.entry("KL-Shampoo, damping, normalised", kl("kl-shampoo").only("klsoap", 0)),
            Map.entry("KL-SOAP", kl("kl-soap").only("klsoap", 1)),
            Map.entry("SOAP-Muon (Track 3 #46 matrix step)", soapMuon()),
            Map.entry("SOAP-Muon with trust gate", soapMuon()),
            Map.entry("Shampoo, no grafting, default roots (1/(2 order) per dim)", shampoo()),
            Map.entry("Shampoo, summed statistics, root 2, blocks", shampoo()),
            Map.entry("Dion (single device), full rank 3, plain QR", simpleDion()),
            Map.entry("Dion (single device), rank 1", simpleDion()),
            Map.entry("Scion, constrained, Auto norms", scion()),
            Map.entry("Scion, unconstrained, mixed norms", scion()),
            Map.entry("Scion, constrained, column and unnormalised norms, no momentum", scion()),
            Map.entry("PSGD-Kron", kron()),
            Map.entry("PSGD-Kron, unmerged, sparse updates", kron()),
            Map.entry("PSGD-Kron, size limit for triangular factors", kron()));

    private HiddenMatrixFormat() {}

    static boolean reads(JsonValue root) {
        return BY_NAME.containsKey(root.get("optimizer").text());
    }

    /** Whether a layout has this project's order of axes, where the file has torch's. */
    static boolean inTorchOrder(ParamLayout layout) {
        return layout.specs().stream().anyMatch(spec -> spec.role() == Role.HIDDEN);
    }

    static Trajectory read(JsonValue root) {
        String name = root.get("optimizer").text();
        JsonValue hyper = root.get("hyperparameters");
        // Of PSGD-Kron the probes are recorded, too, in the order of the file's axes.
        ParamLayout layout = root.has("initial_sketch") ? flattened(root) : MatrixFormat.layout(root, !root.has("probes"));
        Optimizer rule = translation(name, root).apply(new Keys(hyper), MatrixFormat.rate(root, hyper));
        double tolerance = List.of("KL", "SOAP", "PSGD", "Dion").stream().anyMatch(name::startsWith) ? FACTORS : FLOAT;
        return MatrixFormat.trajectory(root, asRecorded(rule, root, layout), layout, MatrixFormat.gradients(root, layout), tolerance, Evidence.NONE);
    }

    /** The authors' NorMuon normalises a kernel slice by slice, unless it was handed over as a matrix. */
    private static Translation translation(String name, JsonValue root) {
        boolean sliced = name.startsWith("NorMuon (+") && !root.get("notes").text().contains("handed over as a 4x12 matrix");
        return sliced ? normuon().fixed("kernel_slices", 1).fixed("kernel_aspect", 1) : BY_NAME.get(name);
    }

    /** The rule with what chance, or the rounding of a null space, chose in the recorded run. */
    private static Optimizer asRecorded(Optimizer rule, JsonValue root, ParamLayout layout) {
        return switch (rule) {
            case KlShampoo shampoo -> new GivenBases<>(shampoo, GivenBases.recorded(root, layout, true));
            case KlSoap soap -> new GivenBases<>(soap, GivenBases.recorded(root, layout, true));
            case PsgdKron kron -> kron.with(new Recorded(root.get("probes").elements(), layout));
            case Dion dion -> dion.with((tensor, q, at, size) ->
                    root.get("initial_sketch").get(layout.spec(tensor).name()).copyTo(q, at, size));
            case Scion scion -> scion.with(layout.specs().stream()
                    .map(spec -> ball(root.get("hyperparameters").get("groups").get(spec.name()), scion.iterations()))
                    .toList());
            default -> rule;
        };
    }

    /** Recorded probes: per step {@code balance} and {@code v}, name → numbers. */
    private record Recorded(List<JsonValue> steps, ParamLayout layout) implements PsgdKron.Probes {
        @Override
        public boolean balances(int t) {
            return steps.get(t).flag("balance");
        }

        @Override
        public void draw(int t, int tensor, float[] v, int at, int size) {
            steps.get(t).get("v").get(layout.spec(tensor).name()).copyTo(v, at, size);
        }
    }

    /** Kernels as the matrices that the reference was given, so that the rows of sketches are in order. */
    private static ParamLayout flattened(JsonValue root) {
        return new ParamLayout(MatrixFormat.layout(root, true).specs().stream()
                .map(spec -> {
                    Shape shape = spec.shape();
                    int out = shape.rank() == 0 ? 1 : shape.axis(shape.rank() - 1);
                    Shape flat = shape.rank() < 3 ? shape : Shape.of(shape.size() / out, out);
                    return new ParamSpec(spec.name(), flat, spec.role(), spec.fanIn(), 0, spec.scaling());
                })
                .toList());
    }

    private static Translation simpleDion() {
        return withAuxiliary("dion")
                .withoutEffect("form")
                .number("rank")
                .number("mu", "momentum")
                .number("weight_decay")
                .number("epsilon")
                .part((keys, out) -> out.put("aux_lion", keys.get("aux_algorithm").text().equals("lion") ? 1.0 : 0));
    }

    private static Translation scion() {
        return to("scion")
                .withoutEffect("lr")
                .number("ns_steps", "iterations")
                .withoutEffect("ns_coefficients")
                .number("ns_eps", "epsilon")
                .only("norm_eps", 1e-8)
                .number("momentum", "alpha")
                .flag("unconstrained", "unconstrained")
                .withoutEffect("groups");
    }

    /** Of one recorded group; torch's columns are this project's rows. */
    private static Scion.Ball ball(JsonValue group, int iterations) {
        JsonValue name = group.get("norm");
        Scion.Norm norm = switch (name.text()) {
            case "Spectral" -> Scion.Norm.SPECTRAL;
            case "SpectralConv" -> Scion.Norm.KERNEL;
            case "Sign" -> Scion.Norm.SIGN;
            case "ColNorm" -> Scion.Norm.COLUMN;
            case "BiasRMS" -> Scion.Norm.ROOT_MEAN_SQUARE;
            default -> throw name.wrong("got '" + name.text() + "', which this project's scion has not");
        };
        boolean options = group.has("kwargs");
        JsonValue kwargs = options ? group.get("kwargs") : group;
        boolean columns = norm == Scion.Norm.COLUMN;
        return new Scion.Ball(
                norm,
                group.get("scale").number(),
                kwargs.has("normalized") ? kwargs.flag("normalized") : !columns,
                kwargs.has("max") && kwargs.flag("max"),
                kwargs.has("transpose") && kwargs.flag("transpose"),
                kwargs.has("steps") ? (int) kwargs.get("steps").number() : iterations);
    }

    private static Translation kron() {
        return to("psgd-kron")
                .withoutEffect("lr")
                .number("b1", "beta1")
                .number("weight_decay")
                .number("update_probability", "probability")
                .number("update_probability", "least_probability")
                .number("max_size_triangular", "max_size")
                .number("min_ndim_triangular", "least_axes")
                .part((keys, out) -> {
                    JsonValue mode = keys.get("memory_save_mode");
                    out.put("diagonal", mode.node().isNull() ? 0.0 : switch (mode.text()) {
                        case "one_diag" -> 1.0;
                        case "smart_one_diag" -> 2.0;
                        case "all_diag" -> 3.0;
                        default -> throw mode.wrong("got '" + mode.text() + "', expected one_diag, smart_one_diag, all_diag or null");
                    });
                })
                .flag("momentum_into_precond_update", "of_momentum")
                .number("precond_lr", "factor_rate")
                .number("precond_init_scale", "initial")
                .flag("merge_dims", "merge_dims")
                .withoutEffect("dither")
                .only("rms_clip", 1.1)
                .fixed("noisy_step", 1);
    }

    private static Translation normuon() {
        return keller("normuon").number("momentum").number("beta2").number("row_eps", "row_epsilon");
    }

    /** The recorded convolution is a matrix without preconditioner, and has a longer side than the square. */
    private static Translation soapMuon() {
        return to("soap-muon")
                .withoutEffect("lr")
                .part((keys, out) -> out.put("aux_ratio", keys.get("aux_lr").number() / keys.get("lr").number()))
                .numbers("aux_betas", "aux_beta1", "aux_beta2")
                .number("aux_eps", "aux_epsilon")
                .only("ns_steps", 12)
                .withoutEffect("ns_coefficients")
                .withoutEffect("ns_norm")
                .number("mu", "momentum")
                .number("soap_beta2", "beta")
                .number("soap_denom_power", "power")
                .number("precondition_frequency", "frequency")
                .number("target_uw", "least_ratio")
                .flag("row_floor", "row_floor")
                .number("row_floor_rho", "row_power")
                .number("cautious_weight_decay", "weight_decay")
                .number("radial_outward_scale", "outward")
                .number("radial_inward_scale", "inward")
                .number("trust_floor", "gate_floor")
                .number("trust_cap", "gate_cap")
                .number("trust_floor_end", "gate_floor_end")
                .number("trust_fade_end", "gate_end")
                .number("trust_min_agree", "gate_agreement")
                .number("trust_min_grad_align", "gate_alignment")
                .number("trust_power", "gate_power")
                .fixed("max_dim", 4)
                .part((keys, out) -> out.put("gated", keys.get("s1_role").text().equals("mlp") ? 0.0 : 1));
    }

    private static Translation shampoo() {
        return to("shampoo")
                .withoutEffect("lr")
                .numbers("betas", "beta1", "beta2")
                .number("beta3")
                .number("epsilon")
                .number("weight_decay")
                .part((keys, out) -> out.put("decoupled", keys.get("weight_decay_kind").text().equals("decoupled") ? 1.0 : 0))
                .number("max_preconditioner_dim", "block")
                .number("precondition_frequency", "frequency")
                .number("start_preconditioning_step", "start")
                .flag("use_bias_correction", "correct_bias")
                .part((keys, out) -> {
                    JsonValue override = keys.get("inverse_exponent_override");
                    out.put("matrix_root", override.has("2") ? 1 / override.get("2").number() : 4.0);
                })
                .part((keys, out) -> out.put("merge_dims", keys.get("target_dims").node().isTextual() ? 0.0 : 1))
                .withoutEffect("grafting");
    }

    private static Translation kl(String rule) {
        return withAuxiliary(rule)
                .numbers("betas", "beta1", "beta2")
                .number("shampoo_beta")
                .number("eps", "epsilon")
                .number("weight_decay")
                .number("precondition_frequency", "frequency")
                .flag("normalize_grads", "normalize")
                .number("init_factor", "initial")
                .flag("using_damping", "damping")
                .flag("using_clamping", "clamping")
                .only("max_clamp_value", 4000)
                .fixed("three_axes", 1);
    }

    private static Translation withAuxiliary(String rule) {
        return to(rule)
                .withoutEffect("lr")
                .part((keys, out) -> out.put("aux_ratio", keys.get("aux_lr").number() / keys.get("lr").number()))
                .numbers("aux_betas", "aux_beta1", "aux_beta2")
                .number("aux_eps", "aux_epsilon")
                .number("aux_weight_decay");
    }

    /** Keys of the scripts in the manner of Muon's first one. */
    private static Translation keller(String rule) {
        String normEpsilon = List.of("muon-squared", "adamuon").contains(rule) ? "norm_epsilon" : "epsilon";
        return withAuxiliary(rule)
                .number("ns_eps", normEpsilon)
                .flag("nesterov", "nesterov")
                .number("weight_decay")
                .part(HiddenMatrixFormat::steps);
    }

    private static void steps(Keys keys, Map<String, Double> out) {
        List<Double> triple = keys.get("ns_coefficients").elements().stream().map(JsonValue::number).toList();
        double steps = keys.get("ns_steps").number();
        if (steps == 5 && triple.equals(List.of(3.4445, -4.775, 2.0315))) {
            out.put("list", 0.0);
        } else if (steps == 12 && triple.equals(List.of(2.0, -1.5, 0.5))) {
            out.put("list", 3.0);
        } else {
            throw keys.get("ns_coefficients").wrong("got " + steps + " times " + triple + ", expected Muon's five or the twelve that converge");
        }
    }

    /** Keys of microsoft/dion. */
    private static Translation dion(String rule) {
        return withAuxiliary(rule)
                .withoutEffect("kind")
                .withoutEffect("coefficients")
                .withoutEffect("norm_factor")
                .withoutEffect("flatten")
                .withoutEffect("aux_algorithm")
                .number("mu", "momentum")
                .flag("nesterov", "nesterov")
                .number("epsilon")
                .number("weight_decay")
                .flag("cautious_wd", "cautious")
                .fixed("sum", 1)
                .fixed("kernel_aspect", 0)
                .part(HiddenMatrixFormat::namedSteps)
                .part(HiddenMatrixFormat::scale);
    }

    private static void slices(Keys keys, Map<String, Double> out) {
        out.put("kernel_slices", keys.flag("flatten") ? 0.0 : 1);
    }

    private static void namedSteps(Keys keys, Map<String, Double> out) {
        JsonValue name = keys.get("orthogonalisation");
        out.put("list", switch (name.text()) {
            case "polar_express" -> 1.0;
            case "five_triples" -> 2.0;
            default -> throw name.wrong("got '" + name.text() + "', expected polar_express or five_triples");
        });
    }

    private static void scale(Keys keys, Map<String, Double> out) {
        JsonValue form = keys.get("adjust_lr");
        out.put("scale", form.node().isNull() ? 0.0 : switch (form.text()) {
            case "spectral_norm" -> 2.0;
            case "rms_norm" -> 3.0;
            default -> throw form.wrong("got '" + form.text() + "', expected spectral_norm, rms_norm or null");
        });
    }
}
