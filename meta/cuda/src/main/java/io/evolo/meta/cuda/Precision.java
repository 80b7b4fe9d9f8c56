package io.evolo.meta.cuda;

import java.util.Locale;

/** In what inputs of products are that a learned rule's network makes; sums and everything else are float32. */
enum Precision {
    /** All in float32, without tensor cores. */
    FLOAT32,
    /** On tensor cores, inputs rounded to 11 significant bits. */
    TF32,
    /** On tensor cores, inputs rounded to 8 significant bits. */
    BF16;

    boolean onTensorCores() {
        return this != FLOAT32;
    }

    /** Its name as {@code --executor} has it. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
