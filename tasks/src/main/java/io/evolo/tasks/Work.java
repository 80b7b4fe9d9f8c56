package io.evolo.tasks;

/**
 * What one loss with its gradient costs, counted and not measured.
 *
 * @param multiplies multiply-adds of products, forward and backward
 * @param values numbers that are computed, forward and backward
 */
public record Work(double multiplies, double values) {

    public Work plus(Work other) {
        return new Work(multiplies + other.multiplies, values + other.values);
    }
}
