package io.evolo.tasks;

/**
 * How parameters do on one part of the data.
 *
 * @param loss the mean loss (nats for cross-entropy), not normalised; may be NaN or infinite
 * @param accuracy share of examples whose largest output is their class, in [0, 1]
 * @param examples how many were looked at
 */
public record Evaluation(double loss, double accuracy, int examples) {}
