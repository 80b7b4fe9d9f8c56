package io.evolo.optimizers.learned;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.AdamUpdate;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/**
 * The learned rule "celo_adam": Adam under {@link Celo}'s learned schedule. Its rate is stepMult · headFactor · exp(the LSTM's
 * output), the same for all tensors. Source: Celo-Adam, Moudgil et al. 2025 (arXiv 2501.12670), whose Adam has ε both under the root
 * (1e-10) and outside it (1e-8).
 *
 * <p>The update is p ← p·(1 − rate·weightDecay) − rate·s·step, where s is the tensor's muP factor {@code Scaling.adam}. Gradients are
 * clipped to Adam's limit elementwise first. The horizon and the loss are inputs.
 *
 * @param lstm units of the LSTM, at least 1; 64 in the source
 * @param stepMult factor on the step, .001 in the source
 * @param headFactor of the schedule, .1 in the source
 * @param adam its arithmetic
 * @param rate multiplies the step; constant 1 in the source
 * @param weightDecay decoupled decay per unit of rate, at least 0; not scaled by muP
 */
public record CeloAdam(int lstm, double stepMult, double headFactor, AdamUpdate adam, Schedule rate, double weightDecay)
        implements LearnedOptimizer {

    public CeloAdam {
        Velo.requireUnits("celo_adam", "lstm", lstm);
        Velo.requireMultipliers("celo_adam", 0, stepMult, weightDecay);
        Celo.requireHead("celo_adam", headFactor);
    }

    /** Celo-Adam of the source: 36,865 meta-parameters. */
    public static CeloAdam published() {
        AdamUpdate adam = new AdamUpdate(0.9, 0.999, 1e-10, 1e-8, 0, HyperRule.LIMIT);
        return new CeloAdam(64, 0.001, 0.1, adam, Schedules.constant(1), 0);
    }

    public CeloAdam withRate(Schedule newRate) {
        return new CeloAdam(lstm, stepMult, headFactor, adam, newRate, weightDecay);
    }

    private RecurrentTheta places() {
        return new RecurrentTheta(Conductor.COMMON, lstm, 0, 0, 0);
    }

    /** As {@link Celo#thetaLayout}, without {@code rnn_to_controls} and {@code ff_mod_stack}. */
    @Override
    public ParamLayout thetaLayout() {
        return new ParamLayout(places().specs(Celo.LAYERS, "/w", "/b", Celo.STATES));
    }

    /** Weights N_trunc(1/√fan-in), biases and the LSTM's initial state 0. */
    @Override
    public float[] initTheta(Rng rng) {
        ParamLayout layout = thetaLayout();
        float[] theta = new float[layout.size()];
        layout.init(rng, theta);
        return theta;
    }

    @Override
    public Optimizer bind(float[] theta, Twin twin) {
        LearnedOptimizers.requireTheta("celo_adam", theta, thetaLayout());
        HyperRule hyper = new HyperRule(places(), true, false, true, headFactor, 0, 0, stepMult, false, BaseDecays.published(),
                FactoredTensor.Ties.LATER, rate, weightDecay);
        return new Bound(this, new Conductor(twin, hyper, theta));
    }

    /** Slots: Adam's two moments, then the conductor's. */
    private record Bound(CeloAdam rule, Conductor conductor) implements Optimizer {
        private static final AdamUpdate.Moments MOMENTS = new AdamUpdate.Moments(0, 1);

        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            List<float[]> slots = new ArrayList<>(List.of(new float[layout.size()], new float[layout.size()]));
            slots.addAll(conductor.slots(layout));
            Conductor.Seat seat = new Conductor.Seat(new LossBuffer(horizon), 2, 0);
            return new OptimizerState(layout, horizon, slots.toArray(float[][]::new), new float[conductor.scratch(layout)], seat);
        }

        @Override
        public void step(OptimizerState state, Step step) {
            Conductor.Seat seat = state.plan(Conductor.Seat.class);
            conductor.conduct(state, step, seat);
            double keep = 1 - rule.rate.rate(state.t(), state.horizon()) * rule.weightDecay;
            for (int i = 0; i < state.layout().tensors(); i++) {
                rule.adam.apply(state, step, i, MOMENTS, state.scratch()[Conductor.stepSize(seat, i)], keep);
            }
            state.advance();
        }
    }
}
