package io.evolo.meta;

/** Which of a truncation's losses meta-training minimises. */
public enum MetaLoss {
    /** Their mean. */
    MEAN,
    /** The last one. */
    LAST
}
