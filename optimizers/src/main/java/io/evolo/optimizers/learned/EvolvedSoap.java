package io.evolo.optimizers.learned;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.EigenView;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The learned rule "evolved_soap": {@link TunedSoap} with more of SOAP left to evolution, namely what becomes of an element of the
 * rotated gradient, how the decays of the averages change over a training, and what a tensor's step follows. With g the rotated gradient,
 * m̂ and v̂ its mean and mean square without bias, and v̄ the mean of v̂ over the tensor:
 *
 * <pre>
 * u = (m̂ + nesterov·(g − m̂))/(√v̂ + 1e-5·√v̄)
 * f = u·|u|^sharp·(v̂/v̄)^spread·(1 + agree·sign(m̂g))/√(1 + squash·u²)
 * w ← w − rate·f rotated back·rms(f)^−norm·(rms(w)/rms(w₀))^trust·exp(late·(i/(D−1) − ½))·(out/in)^aspect
 * ln(1 − β) = that of TunedSoap + slope·(t/T − ½) + power·ln(T/1000) + what vectors have beside it
 * </pre>
 *
 * <p>Rate, decay and all factors of TunedSoap's stand as they are there; {@code trust} is for tensors that do not begin at 0 and are no
 * VECTOR, {@code late} for HIDDEN tensors, of which this is the i-th of D, {@code aspect} for rotated ones. The step of a problem with a
 * rescaled loss is the same but for rounding. As in SOAP, the first step only fills the averages.
 *
 * <p>With {@code longest} 0 no tensor is rotated: the rule is elementwise, and begins as Adam in the same harness. At any time, the
 * rule needs no horizon: T is 2(t + 1), the form of the rate only its warm-up, over that share of 1,000 steps, and the network is judged
 * by a mean x̄ ← x̄ + (x − x̄)·c/(s + c − 1) after the s-th step, which spans about the last 1/c of them. Theta leaves out the numbers
 * that then change nothing: Shampoo's decay, or the form's and the slopes.
 *
 * <p>Not published. Theta begins as the shipped package evolo-start, whose trainings it repeats but for ε and rounding. A step costs some 10 ns per
 * parameter more than SOAP's, on one core; an elementwise one takes some 5 ns in all.
 *
 * @param frequency steps between new bases, at least 1
 * @param oneSided whether only a tensor's shortest axis is rotated
 * @param longest axis that is rotated, from 0, which rotates none, to 10,000
 * @param anyTime whether there is no horizon to be told
 * @param rate multiplies the rate, at least 0; 1 is what theta was evolved with
 */
public record EvolvedSoap(int frequency, boolean oneSided, int longest, boolean anyTime, double rate) implements LearnedOptimizer {
    private static final int LONGEST = 10_000;

    /** The meta-parameters behind TunedSoap's, in the order of theta; all begin at 0, but for the logarithm of a small one. */
    enum Number {
        NESTEROV(0),
        SHARP(0),
        SPREAD(0),
        LOG_SQUASH(-4),
        AGREE(0),
        NORM(0),
        TRUST(0),
        LATE(0),
        ASPECT(0),
        BETA1_SLOPE(0),
        BETA2_SLOPE(0),
        BETA1_HORIZON(0),
        BETA2_HORIZON(0),
        SHAMPOO_HORIZON(0),
        VECTOR_BETA1(0),
        VECTOR_BETA2(0),
        /** ln c of the mean that the network is judged by. */
        LOG_TAIL(StrictMath.log(8));

        private static final int BEHIND = TunedSoap.Number.values().length;

        private final double start;

        Number(double start) {
            this.start = start;
        }

        int index() {
            return BEHIND + ordinal();
        }

        ParamSpec spec() {
            return new ParamSpec(name().toLowerCase(Locale.ROOT), Shape.of(1), Role.VECTOR, 1, start, Scaling.NONE);
        }

        double of(float[] theta) {
            return theta[index()];
        }

        /** As a share, of which evolution's unit of length is too much. */
        double within(float[] theta, double unit, double least, double most) {
            return Math.clamp(unit * of(theta), least, most);
        }
    }

    public EvolvedSoap {
        if (frequency < 1) {
            throw new IllegalArgumentException("evolved_soap: frequency is " + frequency + ", expected at least 1");
        }
        if (longest < 0 || longest > LONGEST) {
            throw new IllegalArgumentException("evolved_soap: longest is " + longest + ", expected 0, which rotates no axis, to " + LONGEST);
        }
        if (!(rate >= 0) || Double.isInfinite(rate)) {
            throw new IllegalArgumentException("evolved_soap: rate is " + rate + ", expected a finite number of at least 0");
        }
    }

    /** Both sides rotated, new bases every 10 steps. */
    public static EvolvedSoap standard() {
        return new EvolvedSoap(10, false, LONGEST, false, 1);
    }

    /** A tensor [1] for each of the numbers that change anything, named as it is. */
    @Override
    public ParamLayout thetaLayout() {
        return new ParamLayout(all().filter(spec -> !idle().contains(spec.name())).toList());
    }

    private static Stream<ParamSpec> all() {
        return Stream.concat(TunedSoap.specs(TunedSoap.fitted()), Arrays.stream(Number.values()).map(Number::spec));
    }

    /** Names of the numbers that change nothing in this form of the rule. */
    private Set<String> idle() {
        Set<String> idle = new HashSet<>();
        if (longest == 0) {
            idle.addAll(List.of("log_one_minus_shampoo_beta", "shampoo_horizon"));
        }
        idle.addAll(anyTime ? List.of("log_shape", "log_end", "beta1_slope", "beta2_slope") : List.of("log_tail"));
        return idle;
    }

    /** Theta with the idle numbers where they begin. */
    private float[] whole(float[] theta) {
        Set<String> idle = idle();
        List<ParamSpec> all = all().toList();
        float[] whole = new float[all.size()];
        int next = 0;
        for (int i = 0; i < whole.length; i++) {
            whole[i] = idle.contains(all.get(i).name()) ? (float) all.get(i).initialMean() : theta[next++];
        }
        return whole;
    }

    /** The beginning; nothing is drawn. */
    @Override
    public float[] initTheta(Rng rng) {
        ParamLayout layout = thetaLayout();
        float[] theta = new float[layout.size()];
        layout.init(rng, theta);
        return theta;
    }

    @Override
    public Optimizer bind(float[] theta, Twin twin) {
        LearnedOptimizers.requireTheta("evolved_soap", theta, thetaLayout());
        return new Bound(this, whole(theta), twin);
    }

    /**
     * 1 − exp of a logarithm that follows time and horizon, in (0, 1).
     *
     * @param log of 1 − β in the middle of 1,000 steps
     * @param slope added to it over the whole training
     * @param power of the horizon
     */
    private record Beta(double log, double slope, double power) {
        double at(int t, int horizon) {
            double done = (double) t / horizon;
            double logarithm = log + slope * (done - 0.5) + power * StrictMath.log(TunedSoap.scale(horizon));
            return -StrictMath.expm1(Math.clamp(logarithm, -9, -0.02));
        }
    }

    /** What a state has beside its arrays. */
    private record Memory(EigenView view, ShapedTensor elements) {}

    /** The rule under one theta. */
    private static final class Bound implements Optimizer {
        private static final EigenView.Slots SLOTS = new EigenView.Slots(0, 1, 2, 3);
        /** ln Πβ for β1 and β2 of rotated tensors and of others, then each tensor's first root mean square. */
        private static final int NOTES = 4;

        private static final int BETAS = 4;
        /** Of Σ g² of a tensor: below it, its view leaves the length alone. */
        private static final double SURELY_SHORT = 1e29;
        /** The mean that the network is judged by, at any time only. */
        private static final int TAIL = 5;

        private final EvolvedSoap rule;
        private final float[] theta;
        private final TunedSoap.Rate rate;
        private final Beta[] betas;
        private final Beta shampoo;
        private final ShapedTensor.Formula formula;
        private final Twin twin;
        private final double tail;

        Bound(EvolvedSoap rule, float[] theta, Twin twin) {
            this.rule = rule;
            this.theta = theta;
            this.rate = TunedSoap.Rate.of(theta);
            this.formula = formula(theta);
            this.twin = twin;
            this.tail = StrictMath.exp(Math.clamp(Number.LOG_TAIL.of(theta), 0, 20));
            Beta mean = beta(TunedSoap.Number.LOG_ONE_MINUS_BETA1, Number.BETA1_SLOPE.of(theta), Number.BETA1_HORIZON);
            Beta square = beta(TunedSoap.Number.LOG_ONE_MINUS_BETA2, Number.BETA2_SLOPE.of(theta), Number.BETA2_HORIZON);
            this.betas = new Beta[] {mean, square, beside(mean, Number.VECTOR_BETA1), beside(square, Number.VECTOR_BETA2)};
            this.shampoo = beta(TunedSoap.Number.LOG_ONE_MINUS_SHAMPOO_BETA, 0, Number.SHAMPOO_HORIZON);
        }

        private static ShapedTensor.Formula formula(float[] theta) {
            return new ShapedTensor.Formula(
                    (float) Number.NESTEROV.within(theta, 1, -2, 3),
                    (float) Number.SHARP.within(theta, 0.5, -0.8, 2),
                    (float) Number.SPREAD.within(theta, 0.25, -0.5, 0.5),
                    (float) StrictMath.exp(Math.min(Number.LOG_SQUASH.of(theta), 10)),
                    (float) Number.AGREE.within(theta, 0.5, -1, 1));
        }

        private Beta beta(TunedSoap.Number log, double slope, Number power) {
            return new Beta(log.of(theta), slope, power.of(theta));
        }

        private Beta beside(Beta beta, Number vectors) {
            return new Beta(beta.log + vectors.of(theta), beta.slope, beta.power);
        }

        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            EigenView view = new EigenView(layout, axes(), SLOTS);
            int squares = view.squares();
            float[][] slots = {
                new float[layout.size()],
                new float[layout.size()],
                new float[squares],
                new float[squares],
                new float[BETAS + layout.tensors()],
                new float[rule.anyTime ? layout.size() : 0]
            };
            int largest = layout.specs().stream().mapToInt(spec -> spec.shape().size()).max().orElse(0);
            float[] scratch = new float[2 * largest];
            ShapedTensor elements = new ShapedTensor(formula, twin, scratch, slots[SLOTS.mean()], slots[SLOTS.meanSquare()]);
            return new OptimizerState(layout, horizon, slots, scratch, new Memory(view, elements))
                    .holding(SLOTS.mean(), OptimizerState.Content.MOMENTUM)
                    .holding(NOTES, OptimizerState.Content.SUM)
                    .holding(TAIL, OptimizerState.Content.SUM);
        }

        private EigenView.Axes axes() {
            return new EigenView.Axes(rule.longest, false, false, rule.oneSided);
        }

        /** T. */
        private int horizon(OptimizerState state) {
            return rule.anyTime ? (int) Math.min(2L * state.t() + 2, Integer.MAX_VALUE) : state.horizon();
        }

        @Override
        public void step(OptimizerState state, Step step) {
            ParamLayout layout = state.layoutOf(step);
            float[] notes = state.slot(NOTES);
            for (int k = 0; k < BETAS && state.t() > 0; k++) {
                notes[k] += (float) StrictMath.log(betas[k].at(state.t(), horizon(state)));
            }
            int hidden = 0;
            for (int i = 0; i < layout.tensors(); i++) {
                if (state.t() == 0) {
                    notes[BETAS + i] = (float) Norms.rms(step.params(), layout.offset(i), layout.offset(i + 1));
                } else {
                    move(state, step, i, hidden);
                }
                hidden += layout.spec(i).role() == Role.HIDDEN ? 1 : 0;
                learnBases(state, step, i);
            }
            state.advance();
            if (rule.anyTime) {
                average(state.slot(TAIL), step.params(), (float) (tail / (state.t() + tail - 1)));
            }
        }

        private void learnBases(OptimizerState state, Step step, int tensor) {
            EigenView view = state.plan(Memory.class).view();
            if (view.rotated(tensor) == 0) {
                return;
            }
            view.load(state, tensor, step.gradient());
            view.average(state, tensor, shampoo.at(state.t(), horizon(state)));
            if (state.t() == 0) {
                view.decompose(state, tensor);
            } else if (state.t() % rule.frequency == 0) {
                view.improve(state, tensor, false);
            }
        }

        private static void average(float[] mean, float[] x, float share) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += share * (x[i] - mean[i]);
            }
        }

        @Override
        public boolean averages() {
            return rule.anyTime;
        }

        @Override
        public void evaluationParams(OptimizerState state, float[] params, float[] out) {
            boolean averaged = rule.anyTime && state.t() > 0;
            System.arraycopy(averaged ? state.slot(TAIL) : params, 0, out, 0, params.length);
        }

        /** @param hidden how many HIDDEN tensors are before it */
        private void move(OptimizerState state, Step step, int tensor, int hidden) {
            ParamLayout layout = state.layout();
            EigenView view = state.plan(Memory.class).view();
            ShapedTensor elements = state.plan(Memory.class).elements();
            turnTo(state, step, tensor);
            double factor = factor(state, step, tensor, shape(state, tensor));
            int update = view.rotateBack(state, tensor, elements.result());

            int horizon = horizon(state);
            double eta = rule.rate * (rule.anyTime ? rate.rateAtAnyTime(state.t(), horizon) : rate.rate(state.t(), horizon));
            int count = TunedSoap.hidden(layout);
            double place = count == 1 ? 0 : (double) hidden / (count - 1) - 0.5;
            double late = StrictMath.exp(place * Number.LATE.within(theta, 1, -8, 8));
            double depth = TunedSoap.power(count, TunedSoap.Number.DEPTH_POWER.of(theta)) * late;
            double usual = eta * TunedSoap.factor(theta, layout.spec(tensor), depth);
            double shrink = layout.spec(tensor).role() == Role.VECTOR ? 0 : Math.min(1, TunedSoap.weightDecay(theta, usual, horizon));
            elements.move(step.params(), update, (float) (usual * factor), (float) shrink);
        }

        /** Shows the elements the tensor's gradient in its view; as it is where nothing is to be rotated or shortened. */
        private void turnTo(OptimizerState state, Step step, int tensor) {
            EigenView view = state.plan(Memory.class).view();
            ShapedTensor elements = state.plan(Memory.class).elements();
            int begin = state.layout().offset(tensor);
            int size = state.layout().offset(tensor + 1) - begin;
            elements.turnTo(begin, size, step.gradient(), begin, 0);
            if (view.rotated(tensor) > 0 || !(elements.squares(step.gradient()) < SURELY_SHORT)) {
                view.load(state, tensor, step.gradient());
                int rotated = view.rotate(state, tensor);
                elements.turnTo(begin, size, state.scratch(), rotated, state.scratch().length / 2 - rotated);
            }
        }

        /** On the step beside what TunedSoap has. */
        private double factor(OptimizerState state, Step step, int tensor, double rms) {
            ParamLayout layout = state.layout();
            ParamSpec spec = layout.spec(tensor);
            boolean rotated = state.plan(Memory.class).view().rotated(tensor) > 0;
            double factor = spec.role() == Role.HIDDEN && rotated ? spec.scaling().orthogonal() : spec.scaling().adam();
            factor *= TunedSoap.power(rms + ShapedTensor.LEAST, -Number.NORM.within(theta, 0.5, -1, 1));
            double first = state.slot(NOTES)[BETAS + tensor];
            if (spec.role() != Role.VECTOR && first > 0) {
                double grown = Math.sqrt(state.plan(Memory.class).elements().squares(step.params()) / spec.shape().size()) / first;
                factor *= TunedSoap.power(Math.clamp(grown, 0.01, 100), Number.TRUST.within(theta, 1, -1, 1.5));
            }
            if (isMatrix(spec)) {
                double out = spec.shape().axis(spec.shape().rank() - 1);
                factor *= TunedSoap.power(out * out / spec.shape().size(), Number.ASPECT.within(theta, 0.5, -1, 1));
            }
            return factor;
        }

        private static boolean isMatrix(ParamSpec spec) {
            return spec.shape().rank() > 1;
        }

        /** Updates the averages by the rotated gradient, makes f of it, and returns the root mean square of f. */
        private double shape(OptimizerState state, int tensor) {
            ShapedTensor elements = state.plan(Memory.class).elements();
            int pair = isMatrix(state.layout().spec(tensor)) ? 0 : 2;
            float[] notes = state.slot(NOTES);
            int horizon = horizon(state);
            elements.average(betas[pair].at(state.t(), horizon), betas[pair + 1].at(state.t(), horizon));
            return elements.shape(-1 / StrictMath.expm1(notes[pair]), -1 / StrictMath.expm1(notes[pair + 1]));
        }

        @Override
        public List<String> remarks(ParamLayout layout) {
            return new EigenView(layout, axes(), SLOTS).remarks("evolved_soap", layout);
        }
    }
}
