package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Prodigy with Schedule-Free (LoganBooker/prodigy-plus-schedule-free 2.0.1): {@link Prodigy}'s estimate d of the distance sets the rate, the
 * sequences of {@link ScheduleFreeAdamW} take the place of the first moment. Gradients are taken at y, which is what {@code step.params()}
 * holds; z takes the steps from the initial p₀:
 *
 * <pre>
 * γ = d η;  v ← β2 v + (1 − β2) d² g²;  u = d g/(√v + d ε)        ε = 0: u = 4/π · atan2(d g, √v)
 * stable: u ← u/√max(1, rms(u)), rms over a tensor
 * s ← β3 s + d²/√d₀ · g;  den = ‖s‖₁;  inc = d²/√d₀ ⟨g, p₀ − z⟩
 * W ← W + γ²;  c = γ²/W (freeC &gt; 0: at most c (1 − β1) freeC, and 1);  a = 1 − β1 (1 − c)
 * y ← y + c (z − y) − γ a (u + λ y);  z ← z − γ (u + λ y)
 * num ← β3 num + inc (inc only if d &gt; d₀ or inc &gt; 0);  d̂ = num/den, limited: at most 2^¼ d;  d ← max(d, coefficient · d̂)
 * </pre>
 *
 * <p>Sums for d run over all tensors, but of each only over one of so many elements; p₀ and s are kept for those alone. The order of
 * ADOPT takes √v from before the step, and its first step only sets v = d² g². The correction of RAdam (Liu et al. 2020) multiplies γ by
 * its factor, 0 in the first steps, and takes 1 − (1 − β2)/(1 − β2^t) in place of β2. η is 1, or a warm-up that ends there. The network is
 * to be judged at x = (y − (1 − β1) z)/β1, which {@link #evaluationParams} gives. Groups with a d each and the reference's experiments are
 * left out. muP factor {@code Scaling.adam} on u in the last line but one alone, so that d is of the whole network; the decay is not
 * scaled.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param beta3 β3; 0: √β2
 * @param epsilon ε
 * @param weightDecay λ
 * @param decayByRate how λ acts: as above, or z ← z − λ y and y ← y − a λ y
 * @param d0 d₀
 * @param coefficient on d̂
 * @param limit whether d̂ is limited
 * @param estimateSteps steps in which d may change; 0: all
 * @param freeC see above; 0: c as it is
 * @param radam whether the first steps are corrected
 * @param stable see above
 * @param adopt whether moments come in the order of ADOPT
 * @param every of how many elements one counts for d
 */
@RuleName("prodigy-schedule-free")
public record ProdigyScheduleFree(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.OPEN_DECAY, meaning = "where between z and x gradients are taken") double beta1,
        @Hyper(standard = 0.99, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 0, range = Range.DECAY, meaning = "decay of the sums that d comes from, 0: the root of beta2") double beta3,
        @Hyper(standard = 1e-8, range = Range.NOT_NEGATIVE, meaning = "added to the root, times d; 0: an arc tangent instead") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate and d") double weightDecay,
        @Hyper(standard = 1, meaning = "whether weight decay is times the rate and d") boolean decayByRate,
        @Hyper(standard = 1e-6, range = Range.POSITIVE, meaning = "first estimate of the distance") double d0,
        @Hyper(standard = 1, range = Range.POSITIVE, meaning = "factor on estimates of the distance") double coefficient,
        @Hyper(standard = 1, meaning = "whether an estimate is at most 1.19 times the one before") boolean limit,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "steps in which the distance is estimated, 0: all") int estimateSteps,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "bound of the newest step's weight in the mean, 0: none") double freeC,
        @Hyper(standard = 0, meaning = "whether the first steps are corrected as RAdam's") boolean radam,
        @Hyper(standard = 1, meaning = "whether steps of a root mean square above 1 are shortened") boolean stable,
        @Hyper(standard = 0, meaning = "whether a gradient is divided by the second moment before it") boolean adopt,
        @Hyper(standard = 11, range = Range.FROM_ONE, meaning = "of how many elements one counts for the distance") int every)
        implements Optimizer {
    private static final int Z = 0;
    private static final int SQUARE = 1;
    private static final int START = 2;
    private static final int SUM = 3;
    private static final int ESTIMATE = 4;

    public ProdigyScheduleFree {
        Description.of(ProdigyScheduleFree.class)
                .require(beta1, beta2, beta3, epsilon, weightDecay, d0, coefficient, estimateSteps, freeC, every);
        if (epsilon > 0) {
            Description.of(ProdigyScheduleFree.class).requireFloat("d0 times epsilon", d0 * epsilon);
        }
    }

    /** Slots: z, v, p₀ and s of the elements that count, and in the last d, num and W, each as two floats; scratch for one tensor's u. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        int counted = layout.specs().stream().mapToInt(spec -> counted(spec.shape().size())).sum();
        float[] estimate = new float[6];
        Twofold.write(d0, estimate, 0);
        float[][] slots = {new float[layout.size()], new float[layout.size()], new float[counted], new float[counted], estimate};
        return new OptimizerState(layout, horizon, slots, new float[Elementwise.largest(layout)])
                .holding(Z, OptimizerState.Content.ITERATE)
                .holding(START, OptimizerState.Content.COPY)
                .holding(SUM, OptimizerState.Content.SUM);
    }

    private int counted(int size) {
        return Math.ceilDiv(size, every);
    }

    /** d, the current estimate of the distance. */
    public static double distance(OptimizerState state) {
        return Twofold.read(state.slot(ESTIMATE), 0);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        if (state.t() == 0) {
            start(state, step.params());
        }
        double d = distance(state);
        if (adopt && state.t() == 0) {
            square(step.gradient(), state.slot(SQUARE), layout.size(), (float) d);
            state.advance();
            return;
        }
        double gamma = d * rate.rate(state.t(), state.horizon()) * rectification(state.t() + 1);
        double sum = Twofold.read(state.slot(ESTIMATE), 4) + gamma * gamma;
        double increment = 0;
        int counted = 0;
        for (int i = 0; i < layout.tensors(); i++) {
            if (isEstimating(state)) {
                increment += along(state, step, layout.offset(i), layout.offset(i + 1), counted, d);
                counted += counted(layout.offset(i + 1) - layout.offset(i));
            }
            move(state, step, i, d, gamma, share(gamma, sum));
        }
        Twofold.write(sum, state.slot(ESTIMATE), 4);
        estimate(state, d, increment);
        state.advance();
    }

    private void start(OptimizerState state, float[] params) {
        ParamLayout layout = state.layout();
        System.arraycopy(params, 0, state.slot(Z), 0, layout.size());
        int counted = 0;
        for (int i = 0; i < layout.tensors(); i++) {
            for (int at = layout.offset(i); at < layout.offset(i + 1); at += every) {
                state.slot(START)[counted++] = params[at];
            }
        }
    }

    private boolean isEstimating(OptimizerState state) {
        return estimateSteps == 0 || state.t() + 1 < estimateSteps;
    }

    /** The factor of RAdam; 0 while the variance of the step is not defined. */
    private double rectification(int t) {
        if (!radam) {
            return 1;
        }
        double limit = 2 / (1 - beta2) - 1;
        double power = Powers.whole(beta2, t);
        double rho = limit - 2 * t * power / (1 - power);
        return rho > 4 ? Math.sqrt((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho)) : 0;
    }

    /** c. */
    private double share(double gamma, double sum) {
        double share = sum == 0 ? 0 : gamma * gamma / sum;
        return freeC > 0 ? Math.min(1, share * (1 - beta1) * freeC) : share;
    }

    /** Takes one tensor's gradient into s; its part of inc. */
    private double along(OptimizerState state, Step step, int begin, int end, int counted, double d) {
        float b3 = (float) decay();
        double factor = d * d / Math.sqrt(d0);
        float share = (float) factor;
        float[] s = state.slot(SUM);
        double sum = 0;
        int k = counted;
        for (int i = begin; i < end; i += every) {
            float g = step.gradient()[i];
            sum += (double) g * (state.slot(START)[k] - state.slot(Z)[i]);
            s[k] = b3 * s[k] + share * g;
            k++;
        }
        return factor * sum;
    }

    private double decay() {
        return beta3 > 0 ? beta3 : Math.sqrt(beta2);
    }

    private void move(OptimizerState state, Step step, int tensor, double d, double gamma, double c) {
        int begin = state.layout().offset(tensor);
        int end = state.layout().offset(tensor + 1);
        float[] u = state.scratch();
        direction(state, step.gradient(), begin, end, d);
        double rms = stable ? Norms.rms(u, 0, end - begin) : 1;
        double scaling = state.layout().spec(tensor).scaling().adam() / Math.sqrt(Math.max(1, rms));
        double a = 1 - beta1 * (1 - c);
        double decay = decayByRate ? gamma * weightDecay : weightDecay;
        move(step.params(), state.slot(Z), u, begin, end, (float) c, (float) (gamma * scaling), (float) decay, (float) a);
    }

    /** Writes one tensor's u and updates v. */
    private void direction(OptimizerState state, float[] gradient, int begin, int end, double d) {
        double decay = radam ? 1 - (1 - beta2) / Powers.correction(beta2, state.t() + 1) : beta2;
        float[] v = state.slot(SQUARE);
        float b2 = (float) decay;
        float a2 = (float) (1 - decay);
        float by = (float) d;
        float outside = (float) (d * epsilon);
        for (int i = begin; i < end; i++) {
            float g = by * gradient[i];
            float old = v[i];
            v[i] = b2 * old + a2 * (g * g);
            float root = (float) Math.sqrt(adopt ? old : v[i]);
            state.scratch()[i - begin] = epsilon > 0 ? g / (root + outside) : (float) (4 / Math.PI * StrictMath.atan2(g, root));
        }
    }

    /** v ← (d g)². */
    private static void square(float[] gradient, float[] v, int size, float d) {
        for (int i = 0; i < size; i++) {
            float g = d * gradient[i];
            v[i] = g * g;
        }
    }

    private static void move(float[] y, float[] z, float[] u, int begin, int end, float c, float rate, float decay, float a) {
        for (int i = begin; i < end; i++) {
            float s = rate * u[i - begin] + decay * y[i];
            y[i] = y[i] + c * (z[i] - y[i]) - a * s;
            z[i] -= s;
        }
    }

    private void estimate(OptimizerState state, double d, double increment) {
        float[] slot = state.slot(ESTIMATE);
        double numerator = decay() * Twofold.read(slot, 2);
        if (d > first() || increment > 0) {
            numerator += increment;
        }
        Twofold.write(numerator, slot, 2);
        double denominator = isEstimating(state) ? absoluteSum(state.slot(SUM)) : 0;
        if (denominator > 0) {
            double estimated = numerator / denominator;
            double limited = limit ? Math.min(Math.sqrt(Math.sqrt(2)) * d, estimated) : estimated;
            Twofold.write(Math.max(d, coefficient * limited), slot, 0);
        }
    }

    /** d₀ as two floats hold it. */
    private double first() {
        float high = (float) d0;
        return (double) high + (float) (d0 - high);
    }

    private static double absoluteSum(float[] x) {
        double sum = 0;
        for (float value : x) {
            sum += Math.abs(value);
        }
        return sum;
    }

    /** x = (y − (1 − β1) z)/β1. */
    @Override
    public boolean averages() {
        return true;
    }

    @Override
    public void evaluationParams(OptimizerState state, float[] params, float[] out) {
        Optimizer.super.evaluationParams(state, params, out);
        if (state.t() == 0) {
            return;
        }
        float[] z = state.slot(Z);
        float shift = (float) (1 - 1 / beta1);
        for (int i = 0; i < out.length; i++) {
            out[i] = params[i] + shift * (z[i] - params[i]);
        }
    }
}
