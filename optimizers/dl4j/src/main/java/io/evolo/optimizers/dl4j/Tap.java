package io.evolo.optimizers.dl4j;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Hands the parameters to the updater that runs next on the same thread. DL4J shows parameters to regularizations and only gradients
 * to updaters, and calls the one right before the other; a regularization is configuration, so that copies of a network have it too.
 * Changes nothing and adds nothing to the score.
 */
public final class Tap implements Regularization {
    private static final long serialVersionUID = 1;
    private static final ThreadLocal<Tapped> LAST = new ThreadLocal<>();

    /** The arrays that DL4J showed: of one variable, or of one SameDiff variable. */
    record Tapped(INDArray parameters, INDArray gradient) {}

    /** What was shown last on this thread, once. */
    static Optional<Tapped> take() {
        Optional<Tapped> last = Optional.ofNullable(LAST.get());
        LAST.remove();
        return last;
    }

    @Override
    public ApplyStep applyStep() {
        return ApplyStep.BEFORE_UPDATER;
    }

    @Override
    public void apply(INDArray parameters, INDArray gradient, double rate, int iteration, int epoch) {
        LAST.set(new Tapped(parameters, gradient));
    }

    @Override
    public double score(INDArray parameters, int iteration, int epoch) {
        return 0;
    }

    @Override
    public Tap clone() {
        return this;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tap;
    }

    @Override
    public int hashCode() {
        return Tap.class.hashCode();
    }
}
