package io.evolo.optimizers.learned;

import io.evolo.optimizers.ChangedGradient;
import io.evolo.optimizers.GlobalNormClip;
import io.evolo.optimizers.GradientChange;
import io.evolo.optimizers.LevelGradients;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The learned rule "small_fc": for every element of a parameter, 39 features of its gradient history go through a network
 * 39 → hidden → hidden → 2, whose outputs (dir, mag) give step = dir · exp(mag·expMult) · stepMult. Source: Metz et al. 2022
 * (arXiv 2203.11860), {@code adafac_mlp_lopt}; with muP scaling and stepMult .01: muLO, Thérien et al. 2024 (arXiv 2406.00153).
 *
 * <p>The update is p ← p − rate·s·step, then p ← p·(1 − rate·weightDecay), where s is the tensor's muP factor {@code Scaling.adam}.
 * The loss and the horizon do not enter, but through the rate.
 *
 * <p>Deviations from the source: all seven decays are clipped to [0, 1], the momenta's too; gradients that are not finite are used as
 * they are and give parameters that are not finite (divergence is counted where the run is watched), where muLO's code replaces them
 * by numbers; {@link Form} asks for that. The update above is that of PyLO, and {@link Form} has the others.
 *
 * @param hidden units per hidden layer, at least 1; 4 in the source, 32 in muLO
 * @param expMult factor on mag, .001 in all published rules
 * @param stepMult factor on the step: .001 in the source, .01 in muLO
 * @param learnedDecays whether theta has offsets of the seven decays; otherwise these are {@code decays}
 * @param rate multiplies the step; constant 1 in the published rules
 * @param weightDecay decoupled decay per unit of rate, at least 0; not scaled by muP
 * @param decays before the learned offsets; .9, .99, .999 (momenta, factored second moments) and .999 (second moment) in the source
 * @param form in what the published forms differ
 */
public record SmallFc(
        int hidden,
        double expMult,
        double stepMult,
        boolean learnedDecays,
        Schedule rate,
        double weightDecay,
        BaseDecays decays,
        Form form)
        implements LearnedOptimizer {

    /**
     * In what the published forms differ.
     *
     * @param decayWithStep weight decay is added to the step, p ← p − rate·(s·step + weightDecay·p), as in ELO and in newer forms of
     *     muLO; otherwise it shrinks what the step has left
     * @param clip largest global norm of the gradient, as {@link GlobalNormClip} has it; ∞: none
     * @param finiteGradients a gradient's NaN count as 0 and its infinities as ±3.4e38, as in muLO's code, after the clip; this hides
     *     divergence
     * @param levelGradients gradients are seen at the size that they have at the base width, as {@link LevelGradients} has it. The
     *     published forms do not do that: gradients shrink with the width, those below some 10⁻³ are lost under the 1e-5 in the
     *     normalisation of features, and what the rule does depends on the width
     * @param adafactorStart meta-training begins with a theta that is Adafactor with momentum: dir is the mean of the gradient and of
     *     its momentum (decay .9), both over the root of the factored second moment (decay .9), both brought to root mean square 1 in
     *     every tensor. The published forms begin with a random theta
     */
    public record Form(boolean decayWithStep, double clip, boolean finiteGradients, boolean levelGradients, boolean adafactorStart) {
        public Form {
            if (!(clip > 0)) {
                throw new IllegalArgumentException("small_fc: clip is " + clip + ", expected a positive number");
            }
        }

        /** Gradients of the size that they have. */
        public Form(boolean decayWithStep, double clip, boolean finiteGradients) {
            this(decayWithStep, clip, finiteGradients, false, false);
        }

        /** Decay after the step, no clip, gradients as they are. */
        public static Form plain() {
            return new Form(false, Double.POSITIVE_INFINITY, false);
        }
    }

    /** The rule with the base decays of the source, in its plain form. */
    public SmallFc(int hidden, double expMult, double stepMult, boolean learnedDecays, Schedule rate, double weightDecay) {
        this(hidden, expMult, stepMult, learnedDecays, rate, weightDecay, BaseDecays.published(), Form.plain());
    }

    /** Normalised features per element. */
    static final int COLUMNS = 28;

    /** Time features, the same for every element of a step. */
    static final int TIMES = 11;

    static final int INPUTS = COLUMNS + TIMES;

    /** What the inputs are, in their order; factored is what Adafactor makes of a row's second moment r and a column's c. */
    private static final List<InputGroup.Kind> KINDS = List.of(
            new InputGroup.Kind("g", 1),
            new InputGroup.Kind("w", 1),
            new InputGroup.Kind("m", 3),
            new InputGroup.Kind("v", 1),
            new InputGroup.Kind("m/√v", 3),
            new InputGroup.Kind("1/√v", 1),
            new InputGroup.Kind("g factored", 3),
            new InputGroup.Kind("r", 3),
            new InputGroup.Kind("c", 3),
            new InputGroup.Kind("1/√r", 3),
            new InputGroup.Kind("1/√c", 3),
            new InputGroup.Kind("m factored", 3),
            new InputGroup.Kind("time", TIMES));

    /** The first of three columns each. */
    private static final int FACTORED_GRADIENT = 10;
    private static final int FACTORED_MOMENTUM = 25;

    static final int OUTPUTS = 2;

    private static final float[] TIMESCALES = {1, 3, 10, 30, 100, 300, 1000, 3000, 1e4f, 3e4f, 1e5f};

    public SmallFc {
        if (hidden < 1) {
            throw new IllegalArgumentException("small_fc: hidden is " + hidden + ", expected at least 1");
        }
        if (!Double.isFinite(expMult) || !Double.isFinite(stepMult)) {
            throw new IllegalArgumentException(
                    "small_fc: expMult is " + expMult + ", stepMult is " + stepMult + ", expected finite numbers");
        }
        if (hidden < 2 && form.adafactorStart()) {
            throw new IllegalArgumentException("small_fc: hidden is 1, expected at least 2 for adafactor_start");
        }
        if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
            throw new IllegalArgumentException("small_fc: weight decay is " + weightDecay + ", expected 0 or a positive number");
        }
    }

    /** The rule of the source with that many hidden units: both multipliers .001, learned decays, rate 1, no weight decay. */
    public static SmallFc of(int hidden) {
        return new SmallFc(hidden, 0.001, 0.001, true, Schedules.constant(1), 0);
    }

    /** muLO's variant: 32 hidden units, stepMult .01. */
    public static SmallFc mulo() {
        return new SmallFc(32, 0.001, 0.01, true, Schedules.constant(1), 0);
    }

    public SmallFc withRate(Schedule newRate) {
        return new SmallFc(hidden, expMult, stepMult, learnedDecays, newRate, weightDecay, decays, form);
    }

    public SmallFc withWeightDecay(double newWeightDecay) {
        return new SmallFc(hidden, expMult, stepMult, learnedDecays, rate, newWeightDecay, decays, form);
    }

    public SmallFc withForm(Form newForm) {
        return new SmallFc(hidden, expMult, stepMult, learnedDecays, rate, weightDecay, decays, newForm);
    }

    /**
     * Weights and biases of the network (w0, b0, w1, b1, w2, b2; matrices are (in, out)); then, if decays are learned, their offsets
     * {@code momentum_decays} [3], {@code rms_decays} [1], {@code adafactor_decays} [3].
     */
    @Override
    public ParamLayout thetaLayout() {
        List<ParamSpec> specs = new ArrayList<>(Mlp.specs(INPUTS, hidden, OUTPUTS));
        if (learnedDecays) {
            specs.add(ParamSpec.plain("momentum_decays", Shape.of(3)));
            specs.add(ParamSpec.plain("rms_decays", Shape.of(1)));
            specs.add(ParamSpec.plain("adafactor_decays", Shape.of(3)));
        }
        return new ParamLayout(specs);
    }

    @Override
    public List<InputGroup> inputs() {
        return InputGroup.inOrder(0, hidden, KINDS);
    }

    /** Matrices N_trunc(1/√fan-in), biases and decay offsets 0; what {@link Form#adafactorStart} asks for comes on top. */
    @Override
    public float[] initTheta(Rng rng) {
        ParamLayout layout = thetaLayout();
        float[] theta = new float[layout.size()];
        layout.init(rng, theta);
        if (form.adafactorStart()) {
            startAsAdafactor(layout, theta);
        }
        return theta;
    }

    /**
     * dir ← half the sum of the two features, through a unit for its positive part and one for its negative part; mag ← 0. All other
     * units stay as they are, but for their weights into the outputs, which begin at 0.
     */
    private void startAsAdafactor(ParamLayout layout, float[] theta) {
        int w0 = layout.offset(0);
        int w1 = layout.offset(2);
        int w2 = layout.offset(4);
        Arrays.fill(theta, w2, w2 + hidden * OUTPUTS, 0);
        for (int unit = 0; unit < 2; unit++) {
            for (int i = 0; i < INPUTS; i++) {
                theta[w0 + i * hidden + unit] = 0;
            }
            for (int i = 0; i < hidden; i++) {
                theta[w1 + i * hidden + unit] = 0;
            }
            float sign = 1 - 2 * unit;
            theta[w0 + FACTORED_GRADIENT * hidden + unit] = sign / 2;
            theta[w0 + FACTORED_MOMENTUM * hidden + unit] = sign / 2;
            theta[w1 + unit * hidden + unit] = 1;
            theta[w2 + unit * OUTPUTS] = sign;
        }
    }

    @Override
    public Optimizer bind(float[] theta, Twin twin) {
        LearnedOptimizers.requireTheta("small_fc", theta, thetaLayout());
        Optimizer bound = switch (twin) {
            case PLAIN -> new SmallFcPlain(this, theta.clone());
            case VECTOR -> new SmallFcVector(this, theta);
        };
        List<GradientChange> changes = new ArrayList<>();
        if (form.levelGradients()) {
            changes.add(new LevelGradients());
        }
        if (form.finiteGradients()) {
            changes.add(new FiniteGradient());
        }
        changes.add(new SquarableGradient());
        Optimizer changed = new ChangedGradient(bound, changes);
        return form.clip() < Double.POSITIVE_INFINITY ? new GlobalNormClip(changed, form.clip()) : changed;
    }

    /** The decays under a theta. */
    Decays decays(float[] theta) {
        return learnedDecays ? Decays.learned(decays, theta, theta.length - Decays.OFFSETS) : Decays.of(decays);
    }

    /**
     * Writes tanh(t/x − 1) for the {@link #TIMES} time scales x.
     *
     * @param t completed steps
     */
    static void timeFeatures(int t, float[] out, int at) {
        for (int i = 0; i < TIMES; i++) {
            out[at + i] = (float) StrictMath.tanh(t / (double) TIMESCALES[i] - 1);
        }
    }
}
