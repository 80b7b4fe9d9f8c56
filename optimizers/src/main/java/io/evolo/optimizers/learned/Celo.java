package io.evolo.optimizers.learned;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/**
 * The learned rule "celo": VeLO's network for one element, but one for all tensors, and an LSTM that is told of time and loss alone
 * and gives one multiplier for all tensors, a learned schedule. The step is
 * m · dir · exp(mag·expMult) · stepMult · √(mean p² + 1e-9) with m = headFactor·exp(the LSTM's output). Source: Celo, Moudgil et al.
 * 2025 (arXiv 2501.12670).
 *
 * <p>It is trained in two phases: in the first the schedule is left out (m = 1) and only {@code ff_mod_stack} learns, in the second
 * only {@code rnn_params} and {@code lstm_init_state} do.
 *
 * <p>The update is p ← p − rate·s·step, then p ← p·(1 − rate·weightDecay), where s is the tensor's muP factor {@code Scaling.adam}.
 * Gradients are clipped to ±1000 elementwise first. The horizon and the loss are inputs.
 *
 * <p>Theta's first mixing layer, its layer to the controls (whose softmax over one network is 1) and the third output take no part;
 * they are there so that published weights fit.
 *
 * @param lstm units of the LSTM, at least 1; 64 in the source
 * @param hidden units per hidden layer, at least 1; 4 in the source
 * @param scheduled whether the LSTM takes part, as in the second phase and in use
 * @param expMult factor on mag, .001 in the source
 * @param stepMult factor on the step, .001 in the source
 * @param headFactor of the schedule, .1 in the source
 * @param byParameterScale whether steps are multiplied by √(mean p² + 1e-9), as in the source
 * @param decays of the accumulators
 * @param rate multiplies the step; constant 1 in the source
 * @param weightDecay decoupled decay per unit of rate, at least 0; not scaled by muP
 */
public record Celo(
        int lstm,
        int hidden,
        boolean scheduled,
        double expMult,
        double stepMult,
        double headFactor,
        boolean byParameterScale,
        BaseDecays decays,
        Schedule rate,
        double weightDecay)
        implements LearnedOptimizer {

    static final List<String> LAYERS = List.of("rnn_params/linear", "rnn_params/linear_1", "rnn_params/linear_2",
            "rnn_params/rnn/linear", "rnn_params/rnn_to_controls", "rnn_params/step_size");

    static final List<String> STATES = List.of("lstm_init_state/hidden", "lstm_init_state/cell");

    /** Inputs of the groups of features, which have weights of their own in theta. */
    private static final int[] GROUPS = {1, 1, 1, 3, 1, 3, 1, 3, 1, 3, 3, 3, 3, 3};

    public Celo {
        Velo.requireUnits("celo", "lstm", lstm);
        Velo.requireUnits("celo", "hidden", hidden);
        Velo.requireMultipliers("celo", expMult, stepMult, weightDecay);
        requireHead("celo", headFactor);
    }

    static void requireHead(String rule, double headFactor) {
        if (!(headFactor > 0) || Double.isInfinite(headFactor)) {
            throw new IllegalArgumentException(rule + ": headFactor is " + headFactor + ", expected a finite positive number");
        }
    }

    /** Celo of the source, second phase: 37,089 meta-parameters. */
    public static Celo published() {
        return new Celo(64, 4, true, 0.001, 0.001, 0.1, true, BaseDecays.published(), Schedules.constant(1), 0);
    }

    public Celo withRate(Schedule newRate) {
        return new Celo(lstm, hidden, scheduled, expMult, stepMult, headFactor, byParameterScale, decays, newRate, weightDecay);
    }

    public Celo withWeightDecay(double newWeightDecay) {
        return new Celo(lstm, hidden, scheduled, expMult, stepMult, headFactor, byParameterScale, decays, rate, newWeightDecay);
    }

    /** The rule with or without its schedule: the second phase, or the first. */
    public Celo withSchedule(boolean nowScheduled) {
        return new Celo(lstm, hidden, nowScheduled, expMult, stepMult, headFactor, byParameterScale, decays, rate, weightDecay);
    }

    private RecurrentTheta places() {
        return new RecurrentTheta(Conductor.COMMON, lstm, 1, 1, hidden);
    }

    /**
     * The names of the published file, its nested maps joined by {@code /}; matrices are (in, out):
     * {@code rnn_params/linear} (takes no part), {@code linear_1}, {@code linear_2}, {@code rnn/linear}, {@code rnn_to_controls}
     * (takes no part) and {@code step_size}, each with {@code /w} and {@code /b}; {@code lstm_init_state/hidden} and {@code /cell};
     * then {@code ff_mod_stack/~/w0__0} to {@code w0__13} [1×features×hidden], {@code b0}, {@code w1}, {@code b1}, {@code w2},
     * {@code b2}, with a first axis of 1 each.
     */
    @Override
    public ParamLayout thetaLayout() {
        List<ParamSpec> specs = new ArrayList<>(places().specs(LAYERS, "/w", "/b", STATES));
        String prefix = "ff_mod_stack/~/";
        for (int i = 0; i < GROUPS.length; i++) {
            specs.add(RecurrentTheta.random(prefix + "w0__" + i, RecurrentTheta.FEATURES, Shape.of(1, GROUPS[i], hidden)));
        }
        specs.add(ParamSpec.plain(prefix + "b0", Shape.of(1, hidden)));
        specs.add(RecurrentTheta.random(prefix + "w1", hidden, Shape.of(1, hidden, hidden)));
        specs.add(ParamSpec.plain(prefix + "b1", Shape.of(1, hidden)));
        specs.add(RecurrentTheta.random(prefix + "w2", hidden, Shape.of(1, hidden, RecurrentTheta.OUTPUTS)));
        specs.add(ParamSpec.plain(prefix + "b2", Shape.of(1, RecurrentTheta.OUTPUTS)));
        return new ParamLayout(specs);
    }

    @Override
    public List<InputGroup> inputs() {
        return InputGroup.inOrder(places().networks(), hidden, Celo2.KINDS);
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
        LearnedOptimizers.requireTheta("celo", theta, thetaLayout());
        HyperRule rule = new HyperRule(places(), scheduled, false, true, headFactor, 0, expMult, stepMult, byParameterScale, decays,
                FactoredTensor.Ties.LATER, rate, weightDecay);
        return switch (twin) {
            case PLAIN -> new HyperPlain(rule, theta);
            case VECTOR -> new HyperVector(rule, theta);
        };
    }
}
