package io.evolo.optimizers.designed;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;

/**
 * The arithmetic of Adam on one tensor, for the rules that have an Adam inside (Kingma & Ba 2015, algorithm 1), with a bound on the
 * gradient's elements that {@link AdamLoop} has not. With t = 1, 2, …:
 *
 * <pre>
 * g ← clip(g, ±limit) + coupledDecay·w
 * m ← β1 m + (1 − β1) g;  v ← β2 v + (1 − β2) g²
 * w ← keep·w − rate · m/(1 − β1^t) / (√(v/(1 − β2^t) + epsInside) + epsOutside)
 * </pre>
 *
 * <p>Powers are taken in double. Loops over arrays by one index: the compiler turns them into vector instructions by itself, which
 * change no bit, so there is one twin.
 *
 * @param beta1 decay of the mean, in [0, 1)
 * @param beta2 decay of the mean square, in [0, 1)
 * @param epsInside added under the root
 * @param epsOutside added to the root, as torch does; one of the two must be positive as a float, or an element without gradient gives
 *     0/0
 * @param coupledDecay weight decay that enters the gradient
 * @param limit bound of the gradient's elements; may be infinite
 */
public record AdamUpdate(
        double beta1, double beta2, double epsInside, double epsOutside, double coupledDecay, double limit) {

    public AdamUpdate {
        requireIn("beta1", beta1, beta1 >= 0 && beta1 < 1, "[0, 1)");
        requireIn("beta2", beta2, beta2 >= 0 && beta2 < 1, "[0, 1)");
        requireIn("epsilon", epsInside, epsInside >= 0, "0 or more");
        boolean divides = (float) epsInside >= Float.MIN_NORMAL || (float) epsOutside >= Float.MIN_NORMAL;
        requireIn("epsilon", epsOutside, epsOutside >= 0 && divides, "a positive number of at least 1.2e-38");
        requireIn("weight decay", coupledDecay, coupledDecay >= 0, "0 or more");
        requireIn("gradient limit", limit, limit > 0, "a positive number");
    }

    /** As torch has it: ε outside the root, no coupled decay, no limit. */
    public static AdamUpdate torch(double beta1, double beta2, double epsilon) {
        return new AdamUpdate(beta1, beta2, 0, epsilon, 0, Double.POSITIVE_INFINITY);
    }

    private static void requireIn(String name, double value, boolean in, String range) {
        if (!in) {
            throw new IllegalArgumentException("Adam: " + name + " is " + value + ", expected " + range);
        }
    }

    /**
     * One step of one tensor, in place; does not advance the state.
     *
     * @param moments where m and v are
     * @param rate this tensor's rate
     * @param keep factor on the parameters before the step: 1 − decoupled decay
     */
    public void apply(OptimizerState state, Step step, int tensor, Moments moments, double rate, double keep) {
        apply(state, step, tensor, moments, 0, rate, keep);
    }

    /**
     * As {@link #apply(OptimizerState, Step, int, Moments, double, double)}, for a state whose slot of v leaves some tensors out.
     *
     * @param left how many values before this tensor's the slot has less than the layout
     */
    void apply(OptimizerState state, Step step, int tensor, Moments moments, int left, double rate, double keep) {
        int t = state.t() + 1;
        double c1 = Powers.correction(beta1, t);
        double c2 = Powers.correction(beta2, t);
        float[] m = state.slot(moments.mean());
        float[] v = state.slot(moments.meanSquare());
        int end = state.layout().offset(tensor + 1);
        int begin = state.layout().offset(tensor);
        average(step, m, v, left, begin, end);
        move(step.params(), m, v, left, begin, end, (float) (rate / c1), (float) (1 / c2), (float) keep);
    }

    /** Which slots of a state hold Adam's moments. */
    public record Moments(int mean, int meanSquare) {
        static final Moments FIRST_TWO = new Moments(0, 1);
    }

    private void average(Step step, float[] m, float[] v, int left, int begin, int end) {
        float[] w = step.params();
        float[] gradient = step.gradient();
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float a1 = (float) (1 - beta1);
        float a2 = (float) (1 - beta2);
        float decay = (float) coupledDecay;
        float bound = (float) limit;
        for (int i = begin; i < end; i++) {
            float g = Math.max(-bound, Math.min(bound, gradient[i])) + decay * w[i];
            m[i] = b1 * m[i] + a1 * g;
            v[i - left] = b2 * v[i - left] + a2 * (g * g);
        }
    }

    private void move(
            float[] w, float[] m, float[] v, int left, int begin, int end, float rate, float vScale, float keep) {
        float inside = (float) epsInside;
        float outside = (float) epsOutside;
        for (int i = begin; i < end; i++) {
            w[i] = keep * w[i] - rate * (m[i] / ((float) Math.sqrt(v[i - left] * vScale + inside) + outside));
        }
    }
}
