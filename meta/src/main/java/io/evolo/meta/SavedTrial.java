package io.evolo.meta;

/**
 * A training run between two of its steps, with all that its end depends on beside task, rule, horizon and seed. Owns its arrays.
 *
 * @param steps made, at least 1
 * @param lane parameters and the rule's state
 * @param farInARow checks in a row that were far above the loss before the first step
 * @param lastCheck what the last check found, for the reason of a divergence
 * @param bestLoss least validation loss at a check; infinite before the first one
 * @param best the parameters there; empty before the first check
 * @param nanos of training, nanoseconds
 * @param updateNanos what the rule took of them
 */
public record SavedTrial(
        int steps, Lane.State lane, int farInARow, String lastCheck, double bestLoss, float[] best, long nanos, long updateNanos) {}
