package io.evolo.optimizers.dl4j;

import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * An updater of this project in a network's configuration: {@link LearnedUpdater} or {@link HandDesignedUpdater}. Immutable.
 * {@link Attach#to} tells it the network's tensors once; copies of the network know them from its configuration.
 */
public sealed interface RuleUpdater extends IUpdater permits LearnedUpdater, HandDesignedUpdater {

    /** The rule with what is known of the network. */
    BoundRule bound();

    /** The same updater for a network with these tensors. */
    RuleUpdater with(NetworkPlan plan);

    /** The same updater for networks of this family, of which a package may say something; see {@link NetworkFamily}. */
    default RuleUpdater inFamily(String family) {
        return this;
    }

    /** For rules that plan over the run: its number of iterations, at least 1. DL4J's iteration is a batch, or a segment of one. */
    RuleUpdater horizon(int iterations);

    /** What the rule's updates are multiplied by. */
    default double multiplier(int iteration, int epoch) {
        return 1;
    }

    /** Whether it is asked this for the first time; so that a run beyond its horizon is warned of once. */
    boolean firstBeyondHorizon();

    /** Whether it is asked this for the first time; so that it is warned of once that rails have acted. */
    default boolean firstHeldBack() {
        return false;
    }

    @Override
    RuleUpdater clone();

    /** Values of state for a tensor of so many parameters; 0 before the updater is attached, and for tensors that it does not move. */
    @Override
    default long stateSize(long parameters) {
        return bound().stateValues().getOrDefault(parameters, 0L);
    }

    @Override
    default GradientUpdater<RuleUpdater> instantiate(INDArray state, boolean initialize) {
        return new BlockUpdater(this, Optional.ofNullable(state), initialize);
    }

    @Override
    default GradientUpdater<RuleUpdater> instantiate(Map<String, INDArray> state, boolean initialize) {
        BlockUpdater updater = new BlockUpdater(this, Optional.empty(), false);
        updater.setState(state, initialize);
        return updater;
    }

    /** Of all of them, so that setting another rate is not passed over in silence. */
    @Override
    default boolean hasLearningRate() {
        return true;
    }

    @Override
    default void setLrAndSchedule(double rate, ISchedule schedule) {
        throw new UnsupportedOperationException("updater " + bound().name()
                + " takes no learning rate this way; a learned one takes a multiplier by Attach.rate(network, multiplier), any other is"
                + " set anew in the configuration, and then Attach.to(network) called");
    }
}
