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
 * The learned rule "velo": an LSTM looks at every tensor (how far the run is, how the loss went, how large its gradients are) and
 * mixes for it a network 30 → hidden → hidden → 3 out of {@code basis} ones, which then sees 30 features of every element and gives
 * (dir, mag). The step is lrMult · dir · exp(mag·expMult) · stepMult · √(mean p² + 1e-9), lrMult another output of the LSTM. Source:
 * VeLO, Metz et al. 2022 (arXiv 2211.09760), code {@code hyper_v2}; without the parameter scale and with blend 1 it is muVeLO
 * (Thérien et al. 2024, arXiv 2406.00153).
 *
 * <p>The update is p ← p − rate·s·step, then p ← p·(1 − rate·weightDecay), where s is the tensor's muP factor {@code Scaling.adam}.
 * Gradients are clipped to ±1000 elementwise first. The horizon is an input: a rule that is told of 1,000 steps behaves otherwise than
 * one that is told of 10,000. Losses that are not finite, and gradients that are no numbers, are used as they are.
 *
 * <p>Kept for parity: the spread of the second moment is
 * taken around the momenta's means, and theta has a mixing layer and a third output that take no part.
 *
 * @param lstm units of the LSTM, at least 1; 512 in the source, 16 in muVeLO
 * @param basis networks that are mixed, at least 1; 256 in the source, 8 in muVeLO
 * @param hidden units per hidden layer of each, at least 1; 4 in both
 * @param expMult factor on mag, .001 in both
 * @param stepMult factor on the step, .001 in both
 * @param blend a tensor's network is blend · mean over k of control_k · network_k; 100 in the source, 1 in muVeLO
 * @param byParameterScale whether steps are multiplied by √(mean p² + 1e-9); not in muVeLO, for it would break muP
 * @param decays of the accumulators
 * @param ties which of two equal axes is d0; the source's are LATER
 * @param rate multiplies the step; constant 1 in the source
 * @param weightDecay decoupled decay per unit of rate, at least 0; not scaled by muP
 */
public record Velo(
        int lstm,
        int basis,
        int hidden,
        double expMult,
        double stepMult,
        double blend,
        boolean byParameterScale,
        BaseDecays decays,
        FactoredTensor.Ties ties,
        Schedule rate,
        double weightDecay)
        implements LearnedOptimizer {

    private static final List<String> LAYERS =
            List.of("mix_layer1", "mix_layer2", "final_mix_layer", "lstm.linear", "rnn_to_controls", "step_size");

    public Velo {
        requireUnits("velo", "lstm", lstm);
        requireUnits("velo", "basis", basis);
        requireUnits("velo", "hidden", hidden);
        requireMultipliers("velo", expMult, stepMult, weightDecay);
        if (!Double.isFinite(blend) || blend == 0) {
            throw new IllegalArgumentException("velo: blend is " + blend + ", expected a finite number but 0");
        }
    }

    static void requireUnits(String rule, String name, int units) {
        if (units < 1) {
            throw new IllegalArgumentException(rule + ": " + name + " is " + units + ", expected at least 1");
        }
    }

    static void requireMultipliers(String rule, double expMult, double stepMult, double weightDecay) {
        if (!Double.isFinite(expMult) || !Double.isFinite(stepMult)) {
            throw new IllegalArgumentException(
                    rule + ": expMult is " + expMult + ", stepMult is " + stepMult + ", expected finite numbers");
        }
        if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
            throw new IllegalArgumentException(rule + ": weight decay is " + weightDecay + ", expected 0 or a positive number");
        }
    }

    /** VeLO of the source with an LSTM and a basis of these sizes. */
    public static Velo of(int lstm, int basis) {
        return new Velo(lstm, basis, 4, 0.001, 0.001, 100, true, BaseDecays.published(), FactoredTensor.Ties.LATER,
                Schedules.constant(1), 0);
    }

    /** VeLO of the source: 2,320,385 meta-parameters. */
    public static Velo published() {
        return of(512, 256);
    }

    /** muVeLO: 5,057 meta-parameters. */
    public static Velo mu() {
        return new Velo(16, 8, 4, 0.001, 0.001, 1, false, BaseDecays.published(), FactoredTensor.Ties.LATER,
                Schedules.constant(1), 0);
    }

    public Velo withRate(Schedule newRate) {
        return new Velo(lstm, basis, hidden, expMult, stepMult, blend, byParameterScale, decays, ties, newRate, weightDecay);
    }

    public Velo withWeightDecay(double newWeightDecay) {
        return new Velo(lstm, basis, hidden, expMult, stepMult, blend, byParameterScale, decays, ties, rate, newWeightDecay);
    }

    private RecurrentTheta places() {
        return new RecurrentTheta(Conductor.ALL, lstm, basis, basis, hidden);
    }

    /**
     * The recurrent network's layers, each with {@code .weight} (in, out) and {@code .bias}: {@code mix_layer1} (takes no part),
     * {@code mix_layer2}, {@code final_mix_layer}, {@code lstm.linear}, {@code rnn_to_controls}, {@code step_size}; its initial state
     * {@code lstm_init_state.0} (h) and {@code .1} (c); then the networks: {@code input_weights_} [basis×30×hidden],
     * {@code input_bias_}, {@code hidden_weights_.0} [basis×hidden×hidden], {@code hidden_bias_.0}, {@code output_weights_}
     * [basis×hidden×3], {@code output_bias_}.
     */
    @Override
    public ParamLayout thetaLayout() {
        List<ParamSpec> specs =
                new ArrayList<>(places().specs(LAYERS, ".weight", ".bias", List.of("lstm_init_state.0", "lstm_init_state.1")));
        int ins = RecurrentTheta.FEATURES;
        int outs = RecurrentTheta.OUTPUTS;
        specs.add(RecurrentTheta.random("input_weights_", ins, Shape.of(basis, ins, hidden)));
        specs.add(ParamSpec.plain("input_bias_", Shape.of(basis, hidden)));
        specs.add(RecurrentTheta.random("hidden_weights_.0", hidden, Shape.of(basis, hidden, hidden)));
        specs.add(ParamSpec.plain("hidden_bias_.0", Shape.of(basis, hidden)));
        specs.add(RecurrentTheta.random("output_weights_", hidden, Shape.of(basis, hidden, outs)));
        specs.add(ParamSpec.plain("output_bias_", Shape.of(basis, outs)));
        return new ParamLayout(specs);
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
        LearnedOptimizers.requireTheta("velo", theta, thetaLayout());
        HyperRule rule = new HyperRule(places(), true, true, false, 1, blend, expMult, stepMult, byParameterScale, decays, ties, rate,
                weightDecay);
        return switch (twin) {
            case PLAIN -> new HyperPlain(rule, theta);
            case VECTOR -> new HyperVector(rule, theta);
        };
    }
}
