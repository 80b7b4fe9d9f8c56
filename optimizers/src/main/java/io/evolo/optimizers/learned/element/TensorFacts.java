package io.evolo.optimizers.learned.element;

import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;

/**
 * What is known of a tensor at a step, from which its features are made. One instance serves a whole training and is written anew for
 * every tensor.
 */
public final class TensorFacts {
    int t;
    int horizon;
    boolean vector;
    double place;
    int layers;
    double widthRatio;
    int fanIn;
    double signal;
    double weight;
    double trend;

    /** Sets what is the same for all tensors of a step. */
    public void time(int completed, int planned, double lossTrend) {
        t = completed;
        horizon = planned;
        trend = lossTrend;
    }

    /** Sets what a tensor is. */
    public void tensor(ParamSpec spec, double placeInDepth, int hiddenTensors) {
        vector = spec.role() == Role.VECTOR;
        place = placeInDepth;
        layers = hiddenTensors;
        widthRatio = spec.scaling().gradient();
        fanIn = spec.fanIn();
    }

    /** Sets the root mean square of its parameters. */
    public void weight(double rms) {
        weight = rms;
    }

    /** Completed steps. */
    public int t() {
        return t;
    }

    /** Planned steps. */
    public int horizon() {
        return horizon;
    }

    /** Whether its role is VECTOR. */
    public boolean isVector() {
        return vector;
    }

    /** Where it stands among the HIDDEN tensors, from −½ to ½; INPUT ones at −½, OUTPUT ones at ½, others at 0. */
    public double place() {
        return place;
    }

    /** Number of HIDDEN tensors, at least 1. */
    public int layers() {
        return layers;
    }

    /** By what its growing axis is longer than at the base width. */
    public double widthRatio() {
        return widthRatio;
    }

    /** Numbers that one output sums over. */
    public int fanIn() {
        return fanIn;
    }

    /** The squares of the mean gradient over the mean squares, each summed over the tensor: 1 without noise; in [0, 1] but for bias. */
    public double signal() {
        return signal;
    }

    /** Root mean square of the parameters. */
    public double weight() {
        return weight;
    }

    /** How far the loss's last ten steps are above its last hundred, in mean distances from these; 0 at the first step. */
    public double trend() {
        return trend;
    }
}
