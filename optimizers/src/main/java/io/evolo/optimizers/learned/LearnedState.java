package io.evolo.optimizers.learned;

import io.evolo.optimizers.OptimizerState;
import io.evolo.tasks.ParamLayout;
import java.util.List;

/**
 * What {@link SmallFc}, {@link Celo2}, {@link Velo} and {@link Celo} remember, the same for every twin, so that a state of one can be continued by another
 * ({@code copyFrom}): slots 0–2 hold the three momenta and slot 3 the second moment, each [D] in parameter order; slots 4–6 hold the
 * three factored second moments, each concatenated as {@link Factoring} says. The plan is each twin's own.
 */
final class LearnedState {
    /** Momenta, and factored second moments. */
    static final int K = 3;

    /** First of the three momenta; Adam's m where a rule leaves a tensor to Adam. */
    static final int MOMENTUM = 0;

    /** The second moment; Adam's v where a rule leaves a tensor to Adam. */
    static final int SECOND_MOMENT = 3;

    /** First of the three factored second moments. */
    static final int FACTORED = 4;

    /** First of the slots that a rule has beside these. */
    static final int MORE = FACTORED + K;

    private LearnedState() {}

    /**
     * The state before the first step: zeros.
     *
     * @param plan the twin's own
     * @param scratch length of the scratch array
     */
    static OptimizerState init(ParamLayout layout, int horizon, Factoring factoring, Object plan, int scratch) {
        return init(layout, horizon, factoring, plan, scratch, List.of());
    }

    /** @param more further slots, which follow from {@link #MORE} on; owned by the state */
    static OptimizerState init(
            ParamLayout layout, int horizon, Factoring factoring, Object plan, int scratch, List<float[]> more) {
        float[][] slots = new float[MORE + more.size()][];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = i >= MORE ? more.get(i - MORE) : new float[i < FACTORED ? layout.size() : factoring.accumulators()];
        }
        return new OptimizerState(layout, horizon, slots, new float[scratch], plan);
    }
}
