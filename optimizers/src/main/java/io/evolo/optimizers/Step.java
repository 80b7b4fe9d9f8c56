package io.evolo.optimizers;

/**
 * What a rule sees of one inner step. One instance serves a whole run: the arrays are written anew, the loss is set anew.
 */
public final class Step {
    private final float[] params;
    private final float[] gradient;
    private float loss;

    /**
     * @param params parameters, changed in place by the rule
     * @param gradient their gradient, not changed by the rule
     */
    public Step(float[] params, float[] gradient) {
        if (params.length != gradient.length) {
            throw new IllegalArgumentException(
                    "got " + params.length + " parameters and " + gradient.length + " gradients, expected as many");
        }
        this.params = params;
        this.gradient = gradient;
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

    /** Sets the loss and returns this. */
    public Step at(float newLoss) {
        loss = newLoss;
        return this;
    }
}
