package io.evolo.tasks.data;

/** What inner problems are trained on. Immutable, thread-safe, in parts ({@link io.evolo.tasks.Split}) that never overlap. */
public sealed interface TaskData permits Dataset, TokenData, RegressionData {

    /** For reports, for instance {@code strokes8}. */
    String name();

    /** SHA-256 in hexadecimal of the content of all parts; the name is not part of it. */
    String sha256();
}
