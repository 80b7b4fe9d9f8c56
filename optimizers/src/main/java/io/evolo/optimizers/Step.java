package io.evolo.optimizers;

import io.evolo.tasks.DenseSignals;
import java.util.List;

/**
 * What a rule sees of one inner step. One instance serves a whole run: the arrays are written anew, the loss is set anew. What a rule
 * reads beside parameters, loss and gradient it declares by {@link Optimizer#needs()}, and whoever runs the training checks that by
 * {@link Signals#require} before the first step.
 */
public final class Step {
    private final float[] params;
    private final float[] gradient;
    private final Signals signals;
    private float loss;

    /** A step that shows no signals. */
    public Step(float[] params, float[] gradient) {
        this(params, gradient, Signals.NONE);
    }

    /**
     * @param params parameters, changed in place by the rule
     * @param gradient their gradient, not changed by the rule
     * @param signals what else the training shows
     */
    public Step(float[] params, float[] gradient, Signals signals) {
        if (params.length != gradient.length) {
            throw new IllegalArgumentException(
                    "got " + params.length + " parameters and " + gradient.length + " gradients, expected as many");
        }
        this.params = params;
        this.gradient = gradient;
        this.signals = signals;
    }

    public float[] params() {
        return params;
    }

    public float[] gradient() {
        return gradient;
    }

    /** The batch's loss at the parameters before the step. */
    public float loss() {
        return loss;
    }

    /** What the training shows beside parameters, loss and gradient. */
    public Signals signals() {
        return signals;
    }

    /** Inputs and output gradients of the layout's dense layers, in its order; empty where the training does not show them. */
    public List<DenseSignals> dense() {
        return signals.dense();
    }

    /**
     * The loss of this step's batch at other parameters [D], by another forward pass. Overwrites what {@link #dense()} shows.
     *
     * @throws IllegalStateException if the training does not offer it
     */
    public double lossAt(float[] others) {
        if (signals.lossAt().isEmpty()) {
            throw missing(Need.LOSS_ELSEWHERE);
        }
        return signals.lossAt().getFirst().applyAsDouble(others);
    }

    /**
     * The gradient of the second objective at the parameters before the step [D]; not changed by the rule.
     *
     * @throws IllegalStateException if there is none
     */
    public float[] secondGradient() {
        if (signals.second().length != params.length) {
            throw missing(Need.SECOND_GRADIENT);
        }
        return signals.second();
    }

    private static IllegalStateException missing(Need need) {
        return new IllegalStateException("this training does not offer " + need.words() + "; was it checked by Signals.require?");
    }

    /** Sets the loss and returns this. */
    public Step at(float newLoss) {
        loss = newLoss;
        return this;
    }
}
