package io.evolo.meta.tune;

import java.util.Comparator;
import java.util.List;

/**
 * How final losses depend on one hyperparameter, the others as in the chosen setting (Kempner, 2407.07972).
 *
 * @param center the chosen setting
 * @param axis learning rate, momentum or weight decay
 * @param hyperparameter the rule's name for it
 * @param points by ascending value
 */
public record StabilityCurve(Candidate center, Axis axis, String hyperparameter, List<Tried> points) {
    /** Share of the best setting's gain over no training that a setting must keep to count as good. */
    public static final double KEPT = 0.9;

    /** What the figure's horizontal axis is. */
    public enum Axis {
        RATE,
        MOMENTUM,
        DECAY
    }

    public StabilityCurve {
        points = points.stream().sorted(Comparator.comparingDouble(point -> value(point, hyperparameter))).toList();
    }

    private static double value(Tried point, String hyperparameter) {
        return point.candidate().values().get(hyperparameter);
    }

    /** The hyperparameter's value at a point. */
    public double value(Tried point) {
        return value(point, hyperparameter);
    }

    public Tried best(Selection selection) {
        return points.stream().min(Tried.bestFirst(selection)).orElseThrow();
    }

    /** The points that keep {@link #KEPT} of what the best one gains over the loss before the first step; none if all diverged. */
    public List<Tried> good(Selection selection) {
        Tried best = best(selection);
        if (best.diverged() > 0) {
            return List.of();
        }
        double bound = best.initialLoss() - KEPT * (best.initialLoss() - best.loss(selection));
        return points.stream().filter(point -> point.loss(selection) <= bound).toList();
    }
}
