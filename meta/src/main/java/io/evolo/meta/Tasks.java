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

    /** The family, where it is one of networks: these have widths and a parametrization, which evaluation varies. */
    public NetworkFamilySpec networks() {
        return switch (kind) {
            case NetworkFamilySpec networks -> networks;
        };
    }

    /** The same tasks on other data, prepared alike. */
    public Tasks on(String source) {
        return new Tasks(kind.on(source), reparametrize);
    }
}
