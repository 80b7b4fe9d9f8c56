package io.evolo.optimizers.weights;

import static io.evolo.optimizers.weights.Part.permuted;
import static io.evolo.optimizers.weights.Part.same;
import static io.evolo.optimizers.weights.Part.slices;
import static io.evolo.optimizers.weights.Part.transposed;

import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.schema.Names;
import io.evolo.tasks.ParamLayout;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How one published family of weights names and lays out its tensors, and what its files do not say. All that {@code evolo import}
 * and {@code evolo export} know of names stands here.
 *
 * @param name what {@code --as} takes
 * @param about it, in a line
 * @param rule the learned rule that the weights are for
 * @param hyper hyperparameters of the published rule; others have the rule's own defaults
 * @param parts names and places of the tensors; those of tensors that the rule does not have under its hyperparameters are left out;
 *     none where no names are published, see {@link #parts(ParamLayout)}
 * @param sizes hyperparameters that can be seen in a file
 * @param constants values of theta's tensors that are not in the published files
 * @param parametrization of the networks that the weights are for: {@code sp} or {@code mup}
 * @param ignored names that the published files have, but that no part of the rule is made of
 */
record PublishedFormat(
        String name,
        String about,
        String rule,
        Map<String, Double> hyper,
        List<Part> parts,
        List<Size> sizes,
        Map<String, List<Double>> constants,
        String parametrization,
        Set<String> ignored) {

    /**
     * A hyperparameter that is the length of an axis; with axis −1 a flag: whether the tensor is there.
     *
     * @param tensor name in the file
     */
    record Size(String hyper, String tensor, int axis) {}

    /** PyTorch's names of the 39-input network, with our own for the decay offsets, which the published files do not have. */
    private static final List<Part> SMALL_FC = List.of(
            transposed("network.input.weight", "w0"),
            same("network.input.bias", "b0"),
            transposed("network.linear_0.weight", "w1"),
            same("network.linear_0.bias", "b1"),
            transposed("network.output.weight", "w2"),
            same("network.output.bias", "b2"),
            same("momentum_decays", "momentum_decays"),
            same("rms_decays", "rms_decays"),
            same("adafactor_decays", "adafactor_decays"));

    private static final List<Size> SMALL_FC_SIZES =
            List.of(new Size("hidden", "network.input.bias", 0), new Size("learned_decays", "momentum_decays", -1));

    /** The first layer comes in a block of rows per group of features. */
    private static final List<Part> CELO2 = concat(
            slices("w0.%d", "w0", 0, 1, 1, 1, 3, 1, 3, 1, 3, 1, 3, 3, 3, 3, 3),
            List.of(
                    same("b0", "b0"),
                    same("dense_w.0", "w1"),
                    same("dense_b.0", "b1"),
                    same("dense_w.1", "w2"),
                    same("dense_b.1", "b2")));

    /** As the tensors are named where the published weights are flax msgpack. */
    private static final Pattern CELO2_IN_FLAX = Pattern.compile("ff_mod_stack/(?:~/)?(w0__(\\d+)|b0|w1|b1|w2|b2)");

    private static final List<Size> CELO2_SIZES = List.of(new Size("hidden", "b0", 0));

    /** Two files in PyTorch: the recurrent network, and the basis of networks, whose layers are (basis, out, in). */
    private static final List<Part> VELO = concat(
            Stream.of("mix_layer1", "mix_layer2", "final_mix_layer", "lstm.linear", "rnn_to_controls", "step_size")
                    .flatMap(layer -> Stream.of(
                            transposed(layer + ".weight", layer + ".weight"), same(layer + ".bias", layer + ".bias")))
                    .toList(),
            List.of(
                    same("lstm_init_state.0", "lstm_init_state.0"),
                    same("lstm_init_state.1", "lstm_init_state.1"),
                    permuted("input_weights_", "input_weights_", 0, 2, 1),
                    same("input_bias_", "input_bias_"),
                    permuted("hidden_weights_.0", "hidden_weights_.0", 0, 2, 1),
                    same("hidden_bias_.0", "hidden_bias_.0"),
                    permuted("output_weights_", "output_weights_", 0, 2, 1),
                    same("output_bias_", "output_bias_")));

    private static final List<Size> VELO_SIZES = List.of(
            new Size("lstm", "lstm_init_state.0", 1), new Size("basis", "input_bias_", 0), new Size("hidden", "input_bias_", 1));

    /** Copies of the mixed network that the file's writer happened to hold. */
    private static final Set<String> VELO_SCRATCH =
            Set.of("input_weights", "input_bias", "hidden_weights.0", "hidden_bias.0", "output_weights", "output_bias");

    /** The names of flax, by which theta's own tensors are named: (in, out). */
    private static final List<Part> CELO_ADAM = Stream.of(
                    "rnn_params/linear",
                    "rnn_params/linear_1",
                    "rnn_params/linear_2",
                    "rnn_params/rnn/linear",
                    "rnn_params/rnn_to_controls",
                    "rnn_params/step_size",
                    "lstm_init_state")
            .flatMap(layer -> layer.equals("lstm_init_state")
                    ? Stream.of(layer + "/hidden", layer + "/cell")
                    : Stream.of(layer + "/w", layer + "/b"))
            .map(name -> same(name, name))
            .toList();

    private static final List<Part> CELO = concat(
            CELO_ADAM,
            Stream.concat(
                            IntStream.range(0, 14).mapToObj(i -> "w0__" + i),
                            Stream.of("b0", "w1", "b1", "w2", "b2"))
                    .map(name -> same("ff_mod_stack/~/" + name, "ff_mod_stack/~/" + name))
                    .toList());

    private static final Size CELO_LSTM = new Size("lstm", "lstm_init_state/hidden", 1);

    /** The first format of a rule is the one that it is exported in. */
    private static final List<PublishedFormat> PUBLISHED = List.of(
            new PublishedFormat(
                    "small_fc",
                    "39 → h → h → 2 of learned_optimization; without decays in the file, the base decays",
                    "small_fc",
                    Map.of(),
                    SMALL_FC,
                    SMALL_FC_SIZES,
                    Map.of(),
                    "sp",
                    Set.of()),
            new PublishedFormat(
                    "mulo",
                    "muLO: small_fc with step_mult .01 and its published decays; for networks under muP",
                    "small_fc",
                    Map.of("step_mult", 0.01, "learned_decays", 1.0),
                    SMALL_FC,
                    List.of(SMALL_FC_SIZES.getFirst()),
                    Map.of(
                            "momentum_decays", List.of(.15216392, .14245212, .06812963),
                            "rms_decays", List.of(.01079706),
                            "adafactor_decays", List.of(.18621896, -.10864615, -.06185547)),
                    "mup",
                    Set.of()),
            new PublishedFormat(
                    "elo",
                    "ELO's small_fc: base decays, step = dir·exp(.001·mag) per unit of rate; set rate",
                    "small_fc",
                    Map.of("step_mult", 1.0, "learned_decays", 0.0, "rate", 0.001),
                    SMALL_FC,
                    List.of(SMALL_FC_SIZES.getFirst()),
                    Map.of(),
                    "sp",
                    Set.of()),
            new PublishedFormat(
                    "celo2",
                    "Celo2, and ELO's: orthogonalised, Adam for vectors; set rate",
                    "celo2",
                    Map.of(),
                    CELO2,
                    CELO2_SIZES,
                    Map.of(),
                    "sp",
                    Set.of()),
            new PublishedFormat(
                    "celo2-base",
                    "Celo2-base: the network for every tensor, no orthogonalisation; set rate",
                    "celo2",
                    Map.of("orthogonalize", 0.0, "adam_for_1d", 0.0),
                    CELO2,
                    CELO2_SIZES,
                    Map.of(),
                    "sp",
                    Set.of()),
            new PublishedFormat(
                    "velo",
                    "VeLO, of any LSTM and basis: give the files of the recurrent network and of the basis together",
                    "velo",
                    Map.of(),
                    VELO,
                    VELO_SIZES,
                    Map.of(),
                    "sp",
                    VELO_SCRATCH),
            new PublishedFormat(
                    "muvelo",
                    "muVeLO: VeLO's tensors, muVeLO's multipliers; for networks under muP",
                    "muvelo",
                    Map.of(),
                    VELO,
                    VELO_SIZES,
                    Map.of(),
                    "mup",
                    VELO_SCRATCH),
            new PublishedFormat(
                    "celo",
                    "Celo, in flax msgpack",
                    "celo",
                    Map.of(),
                    CELO,
                    List.of(CELO_LSTM, new Size("hidden", "ff_mod_stack/~/b0", 1)),
                    Map.of(),
                    "sp",
                    Set.of()),
            new PublishedFormat(
                    "celo_adam",
                    "Celo-Adam, in flax msgpack: the learned scheduler around Adam's direction",
                    "celo_adam",
                    Map.of(),
                    CELO_ADAM,
                    List.of(CELO_LSTM),
                    Map.of(),
                    "sp",
                    Set.of()));

    /** The name of a tensor in {@link #parts}, whichever of the published names of its rule the file has. */
    String canonical(String name) {
        Matcher flax = CELO2_IN_FLAX.matcher(name);
        if (!rule.equals("celo2") || !flax.matches()) {
            return name;
        }
        return switch (flax.group(1)) {
            case "b0" -> "b0";
            case "w1" -> "dense_w.0";
            case "b1" -> "dense_b.0";
            case "w2" -> "dense_w.1";
            case "b2" -> "dense_b.1";
            default -> "w0." + Integer.parseInt(flax.group(2));
        };
    }

    /** Those of a theta: all of its tensors under their own names, where none are published. */
    List<Part> parts(ParamLayout layout) {
        return parts.isEmpty() ? layout.specs().stream().map(spec -> same(spec.name(), spec.name())).toList() : parts;
    }

    private static List<Part> concat(Collection<Part> first, Collection<Part> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    PublishedFormat {
        hyper = Map.copyOf(hyper);
        parts = List.copyOf(parts);
        sizes = List.copyOf(sizes);
        constants = Map.copyOf(constants);
        ignored = Set.copyOf(ignored);
    }

    /** The published ones, and theta's own names for the rules that nobody has published weights of. */
    static List<PublishedFormat> all() {
        Stream<String> others = LearnedOptimizers.names().stream()
                .filter(rule -> PUBLISHED.stream().noneMatch(format -> format.rule.equals(rule)));
        return Stream.concat(PUBLISHED.stream(), others.map(PublishedFormat::ownNames)).toList();
    }

    private static PublishedFormat ownNames(String rule) {
        return new PublishedFormat(rule, "no published names: those of theta", rule, Map.of(), List.of(), List.of(), Map.of(), "sp", Set.of());
    }

    /** @throws IllegalArgumentException if there is none of that name; the message names the nearest one */
    static PublishedFormat named(String name) {
        List<PublishedFormat> all = all();
        List<String> names = all.stream().map(PublishedFormat::name).toList();
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the file does not say whose weights it holds; name the format (--as), one of "
                    + String.join(", ", names));
        }
        return all.stream()
                .filter(format -> format.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(Names.unknown("format of published weights", name, names)));
    }

    /** The one that a rule is exported in. */
    static PublishedFormat of(String rule) {
        return all().stream().filter(format -> format.rule.equals(rule)).findFirst().orElseThrow();
    }
}
