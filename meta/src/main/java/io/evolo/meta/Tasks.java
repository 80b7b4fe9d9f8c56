package io.evolo.meta;

import io.evolo.meta.config.Default;
import io.evolo.meta.config.Variant;
import io.evolo.tasks.TaskFamily;

/**
 * One entry of a recipe's task list: a family of tasks, named by the key {@code family}, whose own keys stand beside it.
 *
 * @param kind which family
 * @param reparametrize augmentation
 */
public record Tasks(
        @Variant(key = "family", standard = "mlp") FamilySpec kind, @Default("{}") Augmentation reparametrize) {

    /** Loads the data. The augmentation is not part of it. */
    public TaskFamily family() {
        return kind.family();
    }

    /**
     * The family, where it is one of networks: these have widths and a parametrization, which evaluation varies.
     *
     * @throws IllegalArgumentException if it is not
     */
    public ScaledFamily networks() {
        return switch (kind) {
            case ScaledFamily networks -> networks;
            case AnalyticFamily _ -> throw new IllegalArgumentException(
                    "family is one of formulas, without widths; expected one of networks, as mlp");
        };
    }

    /** The same tasks on other data, prepared alike. */
    public Tasks on(String source) {
        return new Tasks(kind.on(source), reparametrize);
    }
}
