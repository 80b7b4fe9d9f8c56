package io.evolo.optimizers.python;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.Usage;
import io.evolo.optimizers.learned.Packages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A package as one Python file that needs nothing but its framework: rule, theta, muP's factors, provenance, and recorded steps that the
 * file repeats as its self-test. Put together from texts beside this class; {@code xp} and {@code sc} in a rule's text become the
 * framework's modules, so that all three frameworks have the same formulas.
 */
public final class PythonFile {
    private static final List<String> SHORT_PROVENANCE = List.of("recipe");

    private PythonFile() {}

    /**
     * The file's text.
     *
     * @throws IllegalArgumentException if the package's rule cannot be written so; the message says why and what can be done
     */
    public static String of(LearnedOptimizerPackage source, Framework framework) {
        RuleText rule = RuleText.of(source);
        Map<String, String> places = places(source, framework, rule);
        String prefix = framework.name().toLowerCase(Locale.ROOT);
        String text = Stream.of(List.of("head", prefix + "_head"), rule.resources(), List.of(prefix + "_tail", "golden"))
                .flatMap(List::stream)
                .map(RuleText::resource)
                .collect(Collectors.joining());
        for (Map.Entry<String, String> place : places.entrySet()) {
            text = text.replace("{{" + place.getKey() + "}}", place.getValue());
        }
        text = text.replaceAll("\\bxp\\.", framework.arrays() + ".").replaceAll("\\bsc\\.", framework.scalars() + ".");
        int left = text.indexOf("{{");
        if (left >= 0) {
            throw new IllegalStateException("nothing stands for " + text.substring(left, text.indexOf("}}", left) + 2));
        }
        return text;
    }

    private static Map<String, String> places(LearnedOptimizerPackage source, Framework framework, RuleText rule) {
        Map<String, String> places = new LinkedHashMap<>(Map.of("takes_nan", RuleText.python(false)));
        places.putAll(rule.places());
        Optional<Usage> usage = source.usage();
        Usage.Scaling networks = usage.map(Usage::networks).orElse(new Usage.Scaling("sp", 1));
        places.put("docstring", docstring(source, framework, networks));
        places.put("standard", framework == Framework.TORCH ? "import warnings\n" : "");
        places.put("dataclass", framework == Framework.TORCH ? "dataclass, field" : "dataclass");
        places.put("needs_loss", RuleText.python(rule.needsLoss()));
        places.put("typing", framework == Framework.OPTAX ? "Any, NamedTuple" : "Any");
        places.put("imports", framework.imports());
        places.put("array", framework.array());
        places.put("name", source.name());
        places.put("class", words(source.name()).map(PythonFile::capital).collect(Collectors.joining()));
        places.put("function", words(source.name()).collect(Collectors.joining("_")));
        places.put("summary", "The learned optimizer " + source.name() + ".");
        places.put("needs_horizon", RuleText.python(usage.map(u -> u.needs().contains("horizon")).orElse(true)));
        places.put("base_widths", baseWidths(usage));
        places.put("base_width", width(networks));
        places.put("provenance", provenance(source));
        places.put("licence", source.licence());
        places.put("golden_tensors", String.join("\n", GoldenSteps.tensors()));
        places.put("golden_horizon", String.valueOf(GoldenSteps.HORIZON));
        places.put("golden", GoldenSteps.of(Packages.bind(source)).entrySet().stream()
                .map(e -> "    " + e.getKey() + ": (\n" + RuleText.base64(e.getValue(), "        ") + "\n    ),")
                .collect(Collectors.joining("\n")));
        places.put("first_tolerance", rule.firstTolerance());
        places.put("tolerance", rule.tolerance());
        return places;
    }

    private static String width(Usage.Scaling scaling) {
        return scaling.kind().equals("mup") ? String.valueOf(scaling.baseWidth()) : "None";
    }

    private static String baseWidths(Optional<Usage> usage) {
        List<String> widths = new ArrayList<>();
        usage.ifPresent(said -> {
            widths.add("\"default\": " + width(said.networks()));
            said.families().forEach((family, scaling) -> widths.add("\"" + family + "\": " + width(scaling)));
        });
        return widths.isEmpty() ? "{}" : widths.stream().collect(Collectors.joining(",\n    ", "{\n    ", ",\n}"));
    }

    private static Stream<String> words(String name) {
        return Arrays.stream(name.split("[^A-Za-z0-9]+")).filter(word -> !word.isEmpty()).map(String::toLowerCase);
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    private static String provenance(LearnedOptimizerPackage source) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("rule", source.rule());
        facts.put("theta_sha256", source.sha256OfTheta());
        source.provenance().forEach((key, value) -> {
            if (!SHORT_PROVENANCE.contains(key) && !value.contains("\n")) {
                facts.put(key, value);
            }
        });
        return facts.entrySet().stream()
                .map(fact -> "    " + quoted(fact.getKey()) + ": " + quoted(fact.getValue()) + ",")
                .collect(Collectors.joining("\n", "{\n", "\n}"));
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String docstring(LearnedOptimizerPackage source, Framework framework, Usage.Scaling networks) {
        String use = switch (framework) {
            case NUMPY -> """
                        optimizer = Optimizer(arrays, [Tensor(shape, role), ...], total_steps)
                        optimizer.step(gradients)""";
            case TORCH -> """
                        optimizer = {{class}}(model, total_steps=1000)
                        loss.backward(); optimizer.step()
                        print(explain(model))  # what it takes each parameter for""";
            case OPTAX -> """
                        optimizer = {{function}}(total_steps=1000)
                        state = optimizer.init(params)
                        updates, state = optimizer.update(gradients, state, params)""";
        };
        return """
                %s: a learned optimizer in one file, generated by Evolo.

                %s

                There is nothing to tune. It was learned under %s. Run this file to repeat recorded steps of the original as a self-test.
                How good it is, and where it fails: docs/packages/%s.md of Evolo, where it is one of those that ship.
                """.formatted(source.name(), use.indent(4).stripTrailing(), networks.kind().equals("mup")
                        ? "muP with base width " + networks.baseWidth() : "the standard parametrization", source.name());
    }
}
