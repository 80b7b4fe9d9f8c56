package io.evolo.optimizers;

/** What a rule reads from a {@link Step} beside the parameters and the loss at them. */
public enum Need {
    /** The loss's gradient; a rule that does without it spares the training the backward pass. */
    GRADIENT("the gradient"),
    /** Inputs and output gradients of the dense layers: {@link Step#dense()}. */
    DENSE_SIGNALS("the inputs and output gradients of the network's dense layers"),
    /** The same batch's loss at other parameters: {@link Step#lossAt}. */
    LOSS_ELSEWHERE("the batch's loss at other parameters"),
    /** The gradient of a second objective: {@link Step#secondGradient()}. */
    SECOND_GRADIENT("the gradient of a second objective");

    private final String words;

    Need(String words) {
        this.words = words;
    }

    /** What it is, for messages. */
    public String words() {
        return words;
    }
}
