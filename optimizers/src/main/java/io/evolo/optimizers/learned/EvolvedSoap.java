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
import io.evolo.tasks.kernels.FloatMath;
import io.evolo.tasks.kernels.Twin;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
 * <p>Not published. Theta begins as the shipped package evolo-start, whose trainings it repeats but for ε and rounding. A step costs some 10 ns per
 * parameter more than SOAP's, on one core.
 *
 * @param frequency steps between new bases, at least 1
 * @param oneSided whether only a tensor's shortest axis is rotated
 */
public record EvolvedSoap(int frequency, boolean oneSided) implements LearnedOptimizer {
    private static final int LONGEST = 10_000;
    /** ε over the root of the tensor's mean square. */
    private static final float EPSILON = 1e-5f;
    /** What |u| and v̂/v̄ are kept above, before their logarithms are taken. */
    private static final float LEAST = 1e-12f;

    private static final float STEEPEST = 10;

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
        VECTOR_BETA2(0);

        private static final int BEHIND = TunedSoap.Number.values().length;

        private final double start;

        Number(double start) {
            this.start = start;
        }

        int index() {
            return BEHIND + ordinal();
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
    }

    /** Both sides rotated, new bases every 10 steps. */
    public static EvolvedSoap standard() {
        return new EvolvedSoap(10, false);
    }

    /** A tensor [1] for each of the numbers, named as it is. */
    @Override
    public ParamLayout thetaLayout() {
        Stream<ParamSpec> tuned = TunedSoap.specs(TunedSoap.fitted());
        return new ParamLayout(Stream.concat(tuned, Arrays.stream(Number.values()).map(number -> spec(number, number.start))).toList());
    }

    private static ParamSpec spec(Enum<?> number, double start) {
        return new ParamSpec(number.name().toLowerCase(Locale.ROOT), Shape.of(1), Role.VECTOR, 1, start, Scaling.NONE);
    }

    /** The beginning; nothing is drawn. */
    @Override
    public float[] initTheta(Rng rng) {
        ParamLayout layout = thetaLayout();
        float[] theta = new float[layout.size()];
        layout.init(rng, theta);
        return theta;
    }

    /** There is one twin: the vector kernels that the rotation has give the same bits. */
    @Override
    public Optimizer bind(float[] theta, Twin twin) {
        LearnedOptimizers.requireTheta("evolved_soap", theta, thetaLayout());
        return new Bound(this, theta.clone());
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

    /** What becomes of an element. */
    private record Element(float nesterov, float sharp, float spread, float squash, float agree) {
        static Element of(float[] theta) {
            return new Element(
                    (float) Number.NESTEROV.within(theta, 1, -2, 3),
                    (float) Number.SHARP.within(theta, 0.5, -0.8, 2),
                    (float) Number.SPREAD.within(theta, 0.25, -0.5, 0.5),
                    (float) StrictMath.exp(Math.min(Number.LOG_SQUASH.of(theta), 10)),
                    (float) Number.AGREE.within(theta, 0.5, -1, 1));
        }

        /** @param share v̂/v̄ */
        float of(float g, float m, float root, float share) {
            float u = (m + nesterov * (g - m)) / root;
            float powers = sharp * FloatMath.log(Math.abs(u) + LEAST) + spread * FloatMath.log(share + LEAST);
            float shaped = u * FloatMath.exp(Math.clamp(powers, -STEEPEST, STEEPEST));
            return shaped * (1 + agree * Math.signum(m * g)) / (float) Math.sqrt(1 + squash * u * u);
        }
    }

    /** The rule under one theta. */
    private static final class Bound implements Optimizer {
        private static final EigenView.Slots SLOTS = new EigenView.Slots(0, 1, 2, 3);
        /** ln Πβ for β1 and β2 of rotated tensors and of others, then each tensor's first root mean square. */
        private static final int NOTES = 4;

        private static final int BETAS = 4;

        private final EvolvedSoap rule;
        private final float[] theta;
        private final TunedSoap.Rate rate;
        private final Beta[] betas;
        private final Beta shampoo;
        private final Element element;

        Bound(EvolvedSoap rule, float[] theta) {
            this.rule = rule;
            this.theta = theta;
            this.rate = TunedSoap.Rate.of(theta);
            this.element = Element.of(theta);
            Beta mean = beta(TunedSoap.Number.LOG_ONE_MINUS_BETA1, Number.BETA1_SLOPE.of(theta), Number.BETA1_HORIZON);
            Beta square = beta(TunedSoap.Number.LOG_ONE_MINUS_BETA2, Number.BETA2_SLOPE.of(theta), Number.BETA2_HORIZON);
            this.betas = new Beta[] {mean, square, beside(mean, Number.VECTOR_BETA1), beside(square, Number.VECTOR_BETA2)};
            this.shampoo = beta(TunedSoap.Number.LOG_ONE_MINUS_SHAMPOO_BETA, 0, Number.SHAMPOO_HORIZON);
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
                new float[BETAS + layout.tensors()]
            };
            int largest = layout.specs().stream().mapToInt(spec -> spec.shape().size()).max().orElse(0);
            return new OptimizerState(layout, horizon, slots, new float[2 * largest], view)
                    .holding(SLOTS.mean(), OptimizerState.Content.MOMENTUM)
                    .holding(NOTES, OptimizerState.Content.SUM);
        }

        private EigenView.Axes axes() {
            return new EigenView.Axes(LONGEST, false, false, rule.oneSided);
        }

        @Override
        public void step(OptimizerState state, Step step) {
            ParamLayout layout = state.layoutOf(step);
            EigenView view = state.plan(EigenView.class);
            float[] notes = state.slot(NOTES);
            for (int k = 0; k < BETAS && state.t() > 0; k++) {
                notes[k] += (float) StrictMath.log(betas[k].at(state.t(), state.horizon()));
            }
            int hidden = 0;
            for (int i = 0; i < layout.tensors(); i++) {
                int begin = layout.offset(i);
                int size = layout.offset(i + 1) - begin;
                if (state.t() == 0) {
                    notes[BETAS + i] = (float) Norms.rms(step.params(), begin, begin + size);
                } else {
                    move(state, step, i, hidden);
                }
                hidden += layout.spec(i).role() == Role.HIDDEN ? 1 : 0;
                view.load(state, i, step.gradient());
                view.average(state, i, shampoo.at(state.t(), state.horizon()));
                if (state.t() == 0) {
                    view.decompose(state, i);
                } else if (state.t() % rule.frequency == 0) {
                    view.improve(state, i, false);
                }
            }
            state.advance();
        }

        /** @param hidden how many HIDDEN tensors are before it */
        private void move(OptimizerState state, Step step, int tensor, int hidden) {
            ParamLayout layout = state.layout();
            EigenView view = state.plan(EigenView.class);
            int begin = layout.offset(tensor);
            int size = layout.offset(tensor + 1) - begin;
            float[] scratch = state.scratch();
            view.load(state, tensor, step.gradient());
            int rotated = view.rotate(state, tensor);
            int direction = scratch.length / 2 - rotated;
            shape(state, tensor, rotated, direction);
            double factor = factor(state, step, tensor, Norms.rms(scratch, direction, direction + size));
            int update = view.rotateBack(state, tensor, direction);

            double eta = rate.rate(state.t(), state.horizon());
            int count = TunedSoap.hidden(layout);
            double place = count == 1 ? 0 : (double) hidden / (count - 1) - 0.5;
            double late = StrictMath.exp(place * Number.LATE.within(theta, 1, -8, 8));
            double depth = TunedSoap.power(count, TunedSoap.Number.DEPTH_POWER.of(theta)) * late;
            double usual = eta * TunedSoap.factor(theta, layout.spec(tensor), depth);
            double shrink = layout.spec(tensor).role() == Role.VECTOR ? 0 : Math.min(1, TunedSoap.weightDecay(theta, usual, state.horizon()));
            apply(step.params(), begin, scratch, update, size, (float) (usual * factor), (float) shrink);
        }

        /** On the step beside what TunedSoap has. */
        private double factor(OptimizerState state, Step step, int tensor, double rms) {
            ParamLayout layout = state.layout();
            ParamSpec spec = layout.spec(tensor);
            boolean rotated = state.plan(EigenView.class).rotated(tensor) > 0;
            double factor = spec.role() == Role.HIDDEN && rotated ? spec.scaling().orthogonal() : spec.scaling().adam();
            factor *= TunedSoap.power(rms + LEAST, -Number.NORM.within(theta, 0.5, -1, 1));
            double first = state.slot(NOTES)[BETAS + tensor];
            if (spec.role() != Role.VECTOR && first > 0) {
                double grown = Norms.rms(step.params(), layout.offset(tensor), layout.offset(tensor + 1)) / first;
                factor *= TunedSoap.power(Math.clamp(grown, 0.01, 100), Number.TRUST.within(theta, 1, -1, 1.5));
            }
            if (rotated) {
                double out = spec.shape().axis(spec.shape().rank() - 1);
                factor *= TunedSoap.power(out * out / (layout.offset(tensor + 1) - layout.offset(tensor)), Number.ASPECT.within(theta, 0.5, -1, 1));
            }
            return factor;
        }

        /** Updates the averages by the rotated gradient and writes f to {@code direction} of the scratch. */
        private void shape(OptimizerState state, int tensor, int rotated, int direction) {
            ParamLayout layout = state.layout();
            int begin = layout.offset(tensor);
            int size = layout.offset(tensor + 1) - begin;
            int pair = state.plan(EigenView.class).rotated(tensor) > 0 ? 0 : 2;
            float[] notes = state.slot(NOTES);
            double sum = average(state, begin, size, rotated, pair);
            float one = (float) (-1 / StrictMath.expm1(notes[pair]));
            float two = (float) (-1 / StrictMath.expm1(notes[pair + 1]));
            float mean = Math.max((float) (sum / size) * two, Float.MIN_NORMAL);
            float epsilon = EPSILON * (float) Math.sqrt(mean);
            float[] x = state.scratch();
            float[] m = state.slot(SLOTS.mean());
            float[] v = state.slot(SLOTS.meanSquare());
            for (int i = 0; i < size; i++) {
                float square = v[begin + i] * two;
                x[direction + i] = element.of(x[rotated + i], m[begin + i] * one, (float) Math.sqrt(square) + epsilon, square / mean);
            }
        }

        /** Returns the sum of v. */
        private double average(OptimizerState state, int begin, int size, int rotated, int pair) {
            float[] x = state.scratch();
            float[] m = state.slot(SLOTS.mean());
            float[] v = state.slot(SLOTS.meanSquare());
            double beta1 = betas[pair].at(state.t(), state.horizon());
            double beta2 = betas[pair + 1].at(state.t(), state.horizon());
            float b1 = (float) beta1;
            float b2 = (float) beta2;
            float a1 = (float) (1 - beta1);
            float a2 = (float) (1 - beta2);
            double sum = 0;
            for (int i = 0; i < size; i++) {
                float g = x[rotated + i];
                m[begin + i] = b1 * m[begin + i] + a1 * g;
                v[begin + i] = b2 * v[begin + i] + a2 * (g * g);
                sum += v[begin + i];
            }
            return sum;
        }

        private static void apply(float[] w, int begin, float[] update, int at, int size, float rate, float shrink) {
            for (int i = 0; i < size; i++) {
                float moved = w[begin + i] - rate * update[at + i];
                w[begin + i] = moved - shrink * moved;
            }
        }

        @Override
        public List<String> remarks(ParamLayout layout) {
            return new EigenView(layout, axes(), SLOTS).remarks("evolved_soap", layout);
        }
    }
}
