package io.evolo.optimizers.learned;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.Soap;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The learned rule "tuned_soap": {@link Soap} with a harness whose numbers are meta-parameters, so that it needs no tuning: rates by
 * role, powers of horizon, depth and width that these rates follow, decays of the averages, weight decay and the form of the schedule.
 * With T the horizon, but at least 100, D the number of HIDDEN tensors (at least 1) and r the tensor's growing axis in base widths:
 *
 * <pre>
 * rate = rate(role) · (T/1000)^a · D^b (HIDDEN only) · r^c · form(t/T)
 * form: linear to 1 over the warm-up, then end + (1 − end)·(½ + ½cos πx)^q
 * w ← w − rate·decay·(T/1000)^d·w, but for VECTOR, after the step
 * </pre>
 *
 * <p>Not published; Soap is Vyas et al. 2024. Theta begins as SOAP at its rate 0.01 with 5% warm-up and a cosine to 0.
 *
 * @param frequency steps between new bases, at least 1
 * @param oneSided whether only a tensor's shortest axis is rotated
 */
public record TunedSoap(int frequency, boolean oneSided) implements LearnedOptimizer {
    private static final int SHORTEST = 100;
    private static final double USUAL = 1000;
    /** As Soap has them. */
    private static final double EPSILON = 1e-8;

    private static final int LONGEST = 10_000;

    /** Theta of evolo-start, in the order of {@link Number}. */
    private static final double[] FITTED = {
        -4.1055565, -0.99226975, -0.32111561, 0.30699325, -0.41242328, -0.28768179, 0.14582300, -1.6174568, -3.1722291, -2.5235200, -4.2943878,
        -0.10731229, -2.2968285, -0.43439692, -7.4400220
    };

    /** The meta-parameters, in the order of theta, with the values that they begin with. */
    enum Number {
        LOG_RATE(StrictMath.log(0.01)),
        /** Of tensors that are not rotated, beside the rate. */
        LOG_VECTORS(0),
        LOG_INPUT(0),
        LOG_OUTPUT(0),
        HORIZON_POWER(0),
        DEPTH_POWER(0),
        WIDTH_POWER(0),
        LOG_ONE_MINUS_BETA1(StrictMath.log(0.05)),
        LOG_ONE_MINUS_BETA2(StrictMath.log(0.05)),
        LOG_ONE_MINUS_SHAMPOO_BETA(StrictMath.log(0.05)),
        LOG_DECAY(StrictMath.log(0.01)),
        DECAY_HORIZON_POWER(0),
        LOG_WARMUP(StrictMath.log(0.05)),
        LOG_SHAPE(0),
        LOG_END(StrictMath.log(0.001));

        private final double start;

        Number(double start) {
            this.start = start;
        }

        double of(float[] theta) {
            return theta[ordinal()];
        }

        double exp(float[] theta) {
            return StrictMath.exp(Math.min(of(theta), MOST));
        }
    }

    /** Of a logarithm: beyond it the training diverges at once, and powers of it would not be finite. */
    private static final double MOST = 20;

    public TunedSoap {
        if (frequency < 1) {
            throw new IllegalArgumentException("tuned_soap: frequency is " + frequency + ", expected at least 1");
        }
    }

    /** Both sides rotated, new bases every 10 steps. */
    public static TunedSoap standard() {
        return new TunedSoap(10, false);
    }

    /** A tensor [1] for each of the numbers, named as it is. */
    @Override
    public ParamLayout thetaLayout() {
        return new ParamLayout(specs(usual()).toList());
    }

    /** Theta of SOAP as it is used untuned. */
    static double[] usual() {
        return Arrays.stream(Number.values()).mapToDouble(number -> number.start).toArray();
    }

    /** Theta of the shipped package evolo-start. */
    static double[] fitted() {
        return FITTED.clone();
    }

    /** A tensor [1] for each of the numbers, which begins with that value. */
    static Stream<ParamSpec> specs(double[] values) {
        return Arrays.stream(Number.values())
                .map(number -> new ParamSpec(
                        number.name().toLowerCase(Locale.ROOT), Shape.of(1), Role.VECTOR, 1, values[number.ordinal()], Scaling.NONE));
    }

    /** SOAP as it is used untuned; nothing is drawn. */
    @Override
    public float[] initTheta(Rng rng) {
        ParamLayout layout = thetaLayout();
        float[] theta = new float[layout.size()];
        layout.init(rng, theta);
        return theta;
    }

    /** There is one twin: the vector kernels that Soap's products have give the same bits. */
    @Override
    public Optimizer bind(float[] theta, Twin twin) {
        LearnedOptimizers.requireTheta("tuned_soap", theta, thetaLayout());
        return new Bound(this, theta);
    }

    static double decay(float[] theta, Number number) {
        return LearnableSgd.decay((float) number.of(theta));
    }

    /** A horizon in those that powers are of; what is shorter than 100 steps counts as 100. */
    static double scale(int horizon) {
        return Math.max(horizon, SHORTEST) / USUAL;
    }

    static double power(double base, double exponent) {
        return StrictMath.exp(Math.clamp(exponent * StrictMath.log(base), -MOST, MOST));
    }

    /** Part of the weights that is lost in a step at that rate. */
    static double weightDecay(float[] theta, double rate, int horizon) {
        return rate * Number.LOG_DECAY.exp(theta) * power(scale(horizon), Number.DECAY_HORIZON_POWER.of(theta));
    }

    /** Number of HIDDEN tensors, at least 1. */
    static int hidden(ParamLayout layout) {
        int hidden = 0;
        for (int i = 0; i < layout.tensors(); i++) {
            hidden += layout.spec(i).role() == Role.HIDDEN ? 1 : 0;
        }
        return Math.max(1, hidden);
    }

    /** On the step of a tensor, where {@code depth} is what the depth makes of a HIDDEN one. */
    static double factor(float[] theta, ParamSpec spec, double depth) {
        double role = switch (spec.role()) {
            case INPUT -> Number.LOG_INPUT.exp(theta);
            case HIDDEN -> depth;
            case OUTPUT -> Number.LOG_OUTPUT.exp(theta);
            case VECTOR -> Number.LOG_VECTORS.exp(theta);
        };
        return role * power(spec.scaling().gradient(), Number.WIDTH_POWER.of(theta));
    }

    /** What theta says of the rate over time. */
    record Rate(double rate, double horizonPower, double warmup, double shape, double end) implements Schedule {

        static Rate of(float[] theta) {
            return new Rate(Number.LOG_RATE.exp(theta), Number.HORIZON_POWER.of(theta), Math.min(Number.LOG_WARMUP.exp(theta), 1),
                    Number.LOG_SHAPE.exp(theta), Math.min(Number.LOG_END.exp(theta), 1));
        }

        @Override
        public double rate(int t, int horizon) {
            return rate * power(scale(horizon), horizonPower) * form(t, horizon);
        }

        /**
         * Rises to the constant form over the warm-up's share of 1,000 steps.
         *
         * @param horizon that of the power
         */
        double rateAtAnyTime(int t, int horizon) {
            return rate * power(scale(horizon), horizonPower) * Math.min(1, (t + 1) / (warmup * USUAL + 1));
        }

        private double form(int t, int horizon) {
            double rising = warmup * horizon;
            if (t < rising) {
                return (t + 1) / (rising + 1);
            }
            double done = Math.min(1, (t - rising) / Math.max(1, horizon - rising));
            return end + (1 - end) * StrictMath.pow(0.5 + 0.5 * Schedules.cosOfPi(done), shape);
        }
    }

    /** The rule under one theta; Soap's state with a copy of the parameters as scratch. */
    private static final class Bound implements Optimizer {
        private final float[] theta;
        private final Rate rate;
        private final Soap soap;

        Bound(TunedSoap rule, float[] theta) {
            this.theta = theta.clone();
            this.rate = Rate.of(theta);
            this.soap = new Soap(rate, decay(theta, Number.LOG_ONE_MINUS_BETA1), decay(theta, Number.LOG_ONE_MINUS_BETA2),
                    decay(theta, Number.LOG_ONE_MINUS_SHAMPOO_BETA), EPSILON, 0, LONGEST, false, false, false, true, rule.frequency,
                    rule.oneSided, false, false);
        }

        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            OptimizerState inner = soap.init(layout, horizon);
            return inner.around(layout, new float[0][], new float[layout.size()], inner);
        }

        @Override
        public void step(OptimizerState state, Step step) {
            ParamLayout layout = state.layoutOf(step);
            float[] w = step.params();
            float[] before = state.scratch();
            System.arraycopy(w, 0, before, 0, w.length);
            int horizon = state.horizon();
            double decay = weightDecay(theta, rate.rate(state.t(), horizon), horizon);
            soap.step(state.plan(OptimizerState.class), step);
            double depth = power(hidden(layout), Number.DEPTH_POWER.of(theta));
            for (int i = 0; i < layout.tensors(); i++) {
                double factor = factor(theta, layout.spec(i), depth);
                double shrink = layout.spec(i).role() == Role.VECTOR ? 0 : decay * factor;
                move(w, before, layout.offset(i), layout.offset(i + 1), (float) factor, (float) Math.min(shrink, 1));
            }
        }

        private static void move(float[] w, float[] before, int begin, int end, float factor, float shrink) {
            for (int i = begin; i < end; i++) {
                float moved = before[i] + factor * (w[i] - before[i]);
                w[i] = moved - shrink * moved;
            }
        }

        @Override
        public List<String> remarks(ParamLayout layout) {
            return soap.remarks(layout);
        }
    }
}
