package io.evolo.meta.cuda;

import io.evolo.schema.ConfigException;

/**
 * What stands behind {@code --executor cuda:}, as in {@code cuda:1}, {@code cuda:tf32} or {@code cuda:1,tf32}.
 *
 * @param ordinal of the GPU, from 0
 * @param precision of small_fc's network
 */
record Address(int ordinal, Precision precision) {
    /** The first GPU, in float32. */
    static final Address FIRST = new Address(0, Precision.FLOAT32);

    /** @throws ConfigException if it is none */
    static Address of(String text) {
        if (!text.matches("|[0-9]{1,4}|([0-9]{1,4},)?(tf32|bf16)")) {
            throw new ConfigException("--executor cuda:" + text
                    + ": expected the number of a GPU, or tf32 or bf16 for small_fc on tensor cores, or both, as in cuda:1,tf32");
        }
        int ordinal = 0;
        Precision precision = Precision.FLOAT32;
        for (String part : text.isEmpty() ? new String[0] : text.split(",")) {
            if (Character.isDigit(part.charAt(0))) {
                ordinal = Integer.parseInt(part);
            } else {
                precision = part.equals(Precision.TF32.key()) ? Precision.TF32 : Precision.BF16;
            }
        }
        return new Address(ordinal, precision);
    }
}
