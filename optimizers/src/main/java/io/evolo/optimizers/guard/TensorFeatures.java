package io.evolo.optimizers.guard;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * What a learned rule sees of one tensor at one step, in a few numbers. The rules bring their inputs to root mean square 1 tensor by
 * tensor, so what can be foreign to them is how large these were before, against their epsilons and against each other, and how they
 * are spread. All numbers are decimal logarithms; one that does not exist (of a tensor of zeros, of an accumulator before the first
 * step) is NaN and counts nowhere.
 *
 * <ul>
 *   <li>{@code gradient}, {@code parameter}: root mean square
 *   <li>{@code gradient_peak}: largest magnitude over root mean square
 *   <li>{@code gradient_per_parameter}: the quotient of the first two
 *   <li>{@code loss}, {@code step}: the loss; completed steps plus 1
 *   <li>{@code accumulator_i}: root mean square of the rule's i-th accumulator with a value per parameter (for small_fc and its
 *       relatives: three momenta and the second moment)
 * </ul>
 */
public final class TensorFeatures {
    static final String ACCUMULATOR = "accumulator_";

    private static final List<String> NAMES =
            List.of("gradient", "parameter", "gradient_peak", "gradient_per_parameter", "loss", "step");

    private TensorFeatures() {}

    /** How many numbers a state with this many accumulators gives. */
    public static int count(int slots) {
        return NAMES.size() + slots;
    }

    /** Their names, in order. */
    public static List<String> names(int slots) {
        List<String> names = new ArrayList<>(NAMES);
        for (int i = 0; i < slots; i++) {
            names.add(ACCUMULATOR + i);
        }
        return names;
    }

    /**
     * Measures one tensor before the rule makes its step. Cost: one pass over the tensor's gradient, parameters and accumulators;
     * allocates nothing.
     *
     * @param out gets {@link #count} numbers, by the number of the state's accumulators
     */
    public static void measure(OptimizerState state, Step step, int tensor, double[] out) {
        int begin = state.layout().offset(tensor);
        int end = state.layout().offset(tensor + 1);
        double gradient = logOfRms(step.gradient(), begin, end);
        double parameter = logOfRms(step.params(), begin, end);
        out[0] = gradient;
        out[1] = parameter;
        out[2] = log(largest(step.gradient(), begin, end)) - gradient;
        out[3] = gradient - parameter;
        out[4] = log(step.loss());
        out[5] = log(state.t() + 1.0);
        for (int i = 0; i < state.slots(); i++) {
            float[] slot = state.slot(i);
            out[NAMES.size() + i] = slot.length == state.layout().size() ? logOfRms(slot, begin, end) : Double.NaN;
        }
    }

    private static double logOfRms(float[] x, int begin, int end) {
        // Four sums: one alone would wait for each addition.
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = begin;
        for (; i + 4 <= end; i += 4) {
            sum0 += (double) x[i] * x[i];
            sum1 += (double) x[i + 1] * x[i + 1];
            sum2 += (double) x[i + 2] * x[i + 2];
            sum3 += (double) x[i + 3] * x[i + 3];
        }
        for (; i < end; i++) {
            sum0 += (double) x[i] * x[i];
        }
        return log(Math.sqrt((sum0 + sum1 + (sum2 + sum3)) / (end - begin)));
    }

    private static float largest(float[] x, int begin, int end) {
        float largest = 0;
        for (int i = begin; i < end; i++) {
            largest = Math.max(largest, Math.abs(x[i]));
        }
        return largest;
    }

    private static double log(double x) {
        return x > 0 && x < Double.POSITIVE_INFINITY ? StrictMath.log10(x) : Double.NaN;
    }
}
