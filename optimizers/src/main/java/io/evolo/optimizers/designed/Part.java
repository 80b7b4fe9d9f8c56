package io.evolo.optimizers.designed;

import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import java.util.Locale;

/** What a tensor is to {@link Adalayer}, which treats some tensors differently. */
enum Part {
    /** The matrix of the output: role OUTPUT. */
    LAST,
    /** Gain or bias of a normalisation: a vector with "norm" or "gain" in its name. */
    NORM,
    /** Queries, keys and values in one matrix: "qkv" in its name. */
    FUSED_ATTENTION,
    /** A row per token: "embed" in its name. */
    EMBEDDING,
    /** The others. */
    OTHER;

    static Part of(ParamSpec spec) {
        String name = spec.name().toLowerCase(Locale.ROOT);
        if (spec.shape().rank() < 2) {
            return name.contains("norm") || name.contains("gain") ? NORM : OTHER;
        }
        if (spec.role() == Role.OUTPUT) {
            return LAST;
        }
        if (name.contains("qkv")) {
            return FUSED_ATTENTION;
        }
        return name.contains("embed") ? EMBEDDING : OTHER;
    }
}
