package io.evolo.optimizers.dl4j;

import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/**
 * Hands the loss of a network to its updaters, which run after it on the same thread: for copies that are not attached, where the rule
 * looks at the loss. Above all for replicas, which nobody can attach:
 *
 * <pre>
 * wrapper.setListeners(new LossListener());   // of a ParallelWrapper
 * </pre>
 *
 * <p>An attached network needs none. Stateless; one serves all replicas.
 */
public final class LossListener extends BaseTrainingListener {
    private static final ThreadLocal<Optional<Float>> LOSS = ThreadLocal.withInitial(Optional::empty);

    /** The loss of the iteration that runs on this thread; empty if nobody listens. */
    static Optional<Float> current() {
        return LOSS.get();
    }

    @Override
    public void onGradientCalculation(Model model) {
        LOSS.set(Optional.of((float) model.score()));
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        LOSS.remove();
    }
}
