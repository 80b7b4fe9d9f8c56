package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * PSGD with Kronecker factors (Li 2015 to 2024; {@code evanatyourservice/kron_torch}): momentum whitened by factors that are fitted by
 * gradient steps of their own, without a decomposition. Of a tensor with D axes, one factor Q_k each, "times" along the axis:
 *
 * <pre>
 * m ← β1 m + (1 − β1)g;  x = m/(1 − β1^t)
 * if due:  y = x, or g;  V Gaussian;  y ← y + δ mean|y| V;  A = y times all Q_k;  B = V times all Q_k^−T
 *          T = A_k A_kᵀ + B_k B_kᵀ;  Q_k ← Q_k − (ρ/l(T)) triu(A_k A_kᵀ − B_k B_kᵀ) Q_k,  l a lower bound of the largest singular value
 *          diagonal Q_k:  a, b = sums of squares along the axis;  Q_k ← Q_k − ρ (a − b)/max(a + b) Q_k
 * u = x times all Q_kᵀQ_k;  u ← u min(1, 1.1/rms(u))
 * w ← w − η(u + λw),  λ of tensors with at least two axes
 * </pre>
 *
 * <p>A kernel is a matrix [rest, out]; the reference compares sizes with their signs when it merges, and makes 6144×3 of a kernel
 * 64×32×3×3. Its noise δ mean|y| V stays in the step, which {@code noisy_step} does. Deviation: a tensor whose gradients were all 0 keeps its
 * factors, which would grow without end, and a gradient longer than 1e15 counts as one of that length.
 *
 * <p>Updates of factors are due with a probability of {@code probability} for {@code flat} steps, which then falls by {@code fall} per step
 * to {@code leastProbability}: whenever the sum of ones since the last reaches its inverse. In a hundredth of them, at random, the factors
 * of a tensor are brought to one largest entry. V and that come from streams by {@code seed}, step and tensor, so steps that update
 * factors allocate.
 *
 * <p>All tensors, vectors with one diagonal factor. Under muP HIDDEN matrices have {@code Scaling.orthogonal}, others {@code Scaling.adam},
 * and gradients count as at the base width, {@code Scaling.gradient} times as large: steps are linear in them until factors are fitted.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param weightDecay λ
 * @param factorRate ρ
 * @param initial D-th power of the entries of the first Q
 * @param probability of an update of the factors, at first
 * @param leastProbability of it in the end
 * @param flat steps until it falls
 * @param fall by which part it falls per step
 * @param maxSize longest axis with a triangular factor
 * @param leastAxes of a tensor with triangular factors
 * @param diagonal which axes have diagonal factors in any case: 0 none, 1 the longest, 2 the longest if no other is as long, 3 all
 * @param ofMomentum whether factors are fitted to x; else to g
 * @param noisyStep whether the noise stays in the step
 * @param mergeDims whether kernels are matrices; else every axis has a factor
 * @param seed of the streams
 */
@RuleName("psgd-kron")
public record PsgdKron(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, of tensors with two axes or more") double weightDecay,
        @Hyper(standard = 0.1, range = Range.NOT_NEGATIVE, meaning = "rate of the factors") double factorRate,
        @Hyper(standard = 1, range = Range.POSITIVE, meaning = "size of the first preconditioner's root") double initial,
        @Hyper(standard = 1, range = Range.FRACTION, meaning = "probability of an update of the factors, at first") double probability,
        @Hyper(standard = 0.03, range = Range.FRACTION, meaning = "probability of an update of the factors, in the end") double leastProbability,
        @Hyper(standard = 500, range = Range.NOT_NEGATIVE, meaning = "steps until that probability falls") int flat,
        @Hyper(standard = 0.001, range = Range.NOT_NEGATIVE, meaning = "by which part it then falls in a step") double fall,
        @Hyper(standard = 8192, range = Range.NOT_NEGATIVE, meaning = "longest axis with a triangular factor") int maxSize,
        @Hyper(standard = 2, range = Range.FROM_ONE, meaning = "axes of a tensor with triangular factors, at least") int leastAxes,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "diagonal: 0 none, 1 the longest axis, 2 if no other is as long, 3 all")
        int diagonal,
        @Hyper(standard = 1, meaning = "factors fitted to the mean gradient") boolean ofMomentum,
        @Hyper(standard = 0, meaning = "noise of the fit kept in the step, as the reference does") boolean noisyStep,
        @Hyper(standard = 1, meaning = "kernels as matrices") boolean mergeDims,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = "of the random probes") int seed)
        implements Optimizer {
    private static final int MEAN = 0;
    private static final int FACTORS = 1;
    private static final int SINCE = 2;
    private static final double NOISE = Math.sqrt(0x1p-23);
    private static final double MOST_RMS = 1.1;
    private static final double BALANCED = 0.01;

    /** What is random in the updates of factors. */
    public interface Probes {
        /** Whether factors are balanced in the step with {@code t} steps before it. */
        boolean balances(int t);

        /** Writes a tensor's Gaussians to [at, at + size). */
        void draw(int t, int tensor, float[] v, int at, int size);
    }

    public PsgdKron {
        Description.of(PsgdKron.class)
                .require(beta1, weightDecay, factorRate, initial, probability, leastProbability, flat, fall, maxSize, leastAxes, diagonal,
                        seed);
        if (diagonal > 3) {
            throw new IllegalArgumentException("psgd-kron: diagonal is " + diagonal + ", expected 0 to 3");
        }
        if (initial < 1e-20 || initial > 1e20) {
            throw new IllegalArgumentException("psgd-kron: initial is " + initial + ", expected a number in [1e-20, 1e20]");
        }
        if (leastProbability > probability || leastProbability == 0) {
            throw new IllegalArgumentException("psgd-kron: least_probability is " + leastProbability + " and probability " + probability
                    + ", expected a positive one below the other");
        }
    }

    /** This rule by other probes, such as recorded ones. */
    public Optimizer with(Probes probes) {
        return new Probed(this, probes);
    }

    /** Slots: m; all Q behind each other; steps since the last update of them. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        List<Tensor> tensors = new ArrayList<>();
        Map<Integer, PowerStep> powers = new HashMap<>();
        int values = 0;
        int largest = 1;
        for (int i = 0; i < layout.tensors(); i++) {
            ParamSpec spec = layout.spec(i);
            List<Integer> axes = axes(spec.shape());
            List<KronFactor> factors = new ArrayList<>();
            for (int k = 0; k < axes.size(); k++) {
                int outer = product(axes.subList(0, k));
                int inner = product(axes.subList(k + 1, axes.size()));
                int n = axes.get(k);
                factors.add(isDiagonal(axes, k)
                        ? new KronFactor.Diagonal(new TensorAxis(outer, n, inner), values)
                        : new KronFactor.Triangle(
                                new AxisBasis(k, outer, n, inner, values, powers.computeIfAbsent(n, PowerStep::new))));
                values = Math.addExact(values, factors.getLast().size());
            }
            tensors.add(new Tensor(i, layout.offset(i), product(axes), factors, mup(spec), spec.shape().rank() > 1));
            largest = Math.max(largest, product(axes));
        }
        float[][] slots = {new float[layout.size()], new float[values], new float[1]};
        for (Tensor tensor : tensors) {
            float scale = (float) Powers.real(initial, 1.0 / tensor.factors.size());
            tensor.factors.forEach(factor -> factor.set(slots[FACTORS], scale));
        }
        return new OptimizerState(layout, horizon, slots, new float[4 * largest], new Plan(List.copyOf(tensors), largest, new Streams(seed)))
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    private List<Integer> axes(Shape shape) {
        if (shape.rank() == 0) {
            return List.of(1);
        }
        int out = shape.axis(shape.rank() - 1);
        return mergeDims && shape.rank() > 2 ? List.of(shape.size() / out, out) : shape.axes();
    }

    private static int product(List<Integer> axes) {
        return axes.stream().reduce(1, (a, b) -> a * b);
    }

    private boolean isDiagonal(List<Integer> axes, int k) {
        int n = axes.get(k);
        int longest = Collections.max(axes);
        boolean chosen = switch (diagonal) {
            case 1 -> k == axes.lastIndexOf(longest);
            case 2 -> n == longest && Collections.frequency(axes, longest) == 1;
            case 3 -> true;
            default -> false;
        };
        return chosen || n == 1 || n > maxSize || axes.size() < leastAxes;
    }

    private static double mup(ParamSpec spec) {
        Scaling scaling = spec.scaling();
        return spec.role() == Role.HIDDEN ? scaling.orthogonal() : scaling.adam();
    }

    @Override
    public void step(OptimizerState state, Step step) {
        step(state, step, state.plan(Plan.class).streams);
    }

    private void step(OptimizerState state, Step step, Probes probes) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        boolean due = isDue(state);
        boolean balanced = due && probes.balances(state.t());
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < plan.tensors.size(); i++) {
            Tensor tensor = plan.tensors.get(i);
            average(state, step, tensor, plan.largest);
            if (balanced && tensor.factors.size() > 1) {
                balance(state.slot(FACTORS), tensor.factors);
            }
            if (due) {
                follow(state, tensor, probes, plan.largest);
            }
            move(state, step, tensor, eta, plan.largest);
        }
        state.advance();
    }

    private boolean isDue(OptimizerState state) {
        double past = Math.max(0, state.t() - flat);
        double chance = Math.min(probability, Math.max(leastProbability, probability * StrictMath.exp(-fall * past)));
        float[] since = state.slot(SINCE);
        since[0]++;
        if (since[0] < 1 / chance) {
            return false;
        }
        since[0] = 0;
        return true;
    }

    /** Updates m; x comes to area 0, and what the factors are fitted to to area 1. */
    private void average(OptimizerState state, Step step, Tensor tensor, int area) {
        float[] m = state.slot(MEAN);
        float[] x = state.scratch();
        double baseWidth = state.layout().spec(tensor.number).scaling().gradient();
        BoundedGradient.copy(step.gradient(), tensor.begin, tensor.size, baseWidth, x, area);
        float b1 = (float) beta1;
        float a1 = (float) (1 - beta1);
        float correction = (float) Powers.correction(beta1, state.t() + 1);
        for (int i = 0; i < tensor.size; i++) {
            m[tensor.begin + i] = b1 * m[tensor.begin + i] + a1 * x[area + i];
            x[i] = m[tensor.begin + i] / correction;
        }
        if (ofMomentum) {
            System.arraycopy(x, 0, x, area, tensor.size);
        }
    }

    /** Brings the factors' largest entries to their geometric mean. */
    private static void balance(float[] q, List<KronFactor> factors) {
        double logs = 0;
        for (int k = 0; k < factors.size(); k++) {
            logs += StrictMath.log(factors.get(k).largest(q));
        }
        double mean = StrictMath.exp(logs / factors.size());
        for (int k = 0; k < factors.size(); k++) {
            factors.get(k).scale(q, (float) (mean / factors.get(k).largest(q)));
        }
    }

    private void follow(OptimizerState state, Tensor tensor, Probes probes, int area) {
        float[] x = state.scratch();
        double mean = 0;
        for (int i = area; i < area + tensor.size; i++) {
            mean += Math.abs((double) x[i]);
        }
        if (mean == 0) {
            return;
        }
        int b = 3 * area;
        probes.draw(state.t(), tensor.number, x, b, tensor.size);
        float noise = (float) (NOISE * mean / tensor.size);
        for (int i = 0; i < tensor.size; i++) {
            x[area + i] += noise * x[b + i];
        }
        if (noisyStep && ofMomentum) {
            System.arraycopy(x, area, x, 0, tensor.size);
        }
        float[] q = state.slot(FACTORS);
        int a = multiply(q, tensor.factors, x, area, 2 * area);
        for (int k = 0; k < tensor.factors.size(); k++) {
            tensor.factors.get(k).solveTransposed(q, x, b);
        }
        for (int k = 0; k < tensor.factors.size(); k++) {
            tensor.factors.get(k).follow(q, (float) factorRate, x, a, b);
        }
    }

    /** What lies at one place times all Q; returns at which of the two places it then lies. */
    private static int multiply(float[] q, List<KronFactor> factors, float[] x, int at, int otherAt) {
        int from = at;
        int to = otherAt;
        for (int k = 0; k < factors.size(); k++) {
            if (factors.get(k).multiply(q, x, from, to)) {
                int swapped = from;
                from = to;
                to = swapped;
            }
        }
        return from;
    }

    private static int multiplyTransposed(float[] q, List<KronFactor> factors, float[] x, int at, int otherAt) {
        int from = at;
        int to = otherAt;
        for (int k = 0; k < factors.size(); k++) {
            if (factors.get(k).multiplyTransposed(q, x, from, to)) {
                int swapped = from;
                from = to;
                to = swapped;
            }
        }
        return from;
    }

    private void move(OptimizerState state, Step step, Tensor tensor, double eta, int area) {
        float[] x = state.scratch();
        float[] w = step.params();
        float[] q = state.slot(FACTORS);
        int from = multiply(q, tensor.factors, x, 0, area);
        int u = multiplyTransposed(q, tensor.factors, x, from, area - from);
        double clip = Math.min(1, MOST_RMS / (Norms.rms(x, u, u + tensor.size) + 1e-12));
        float by = (float) (eta * tensor.mup * clip);
        float keep = tensor.decays ? (float) (1 - eta * weightDecay) : 1;
        for (int i = 0; i < tensor.size; i++) {
            w[tensor.begin + i] = keep * w[tensor.begin + i] - by * x[u + i];
        }
    }

    /** Streams of random numbers by step and tensor. */
    private record Streams(int seed) implements Probes {
        @Override
        public boolean balances(int t) {
            return Rng.of(seed, "psgd-balance", t).nextDouble() < BALANCED;
        }

        @Override
        public void draw(int t, int tensor, float[] v, int at, int size) {
            Rng rng = Rng.of(seed, "psgd-probe", t, tensor);
            for (int i = at; i < at + size; i++) {
                v[i] = (float) rng.gaussian();
            }
        }
    }

    /** The rule by given probes. */
    private record Probed(PsgdKron rule, Probes probes) implements Optimizer {
        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            return rule.init(layout, horizon);
        }

        @Override
        public void step(OptimizerState state, Step step) {
            rule.step(state, step, probes);
        }
    }

    /**
     * One tensor.
     *
     * @param decays whether it has at least two axes
     */
    private record Tensor(int number, int begin, int size, List<KronFactor> factors, double mup, boolean decays) {}

    /** Memory of one state. */
    private record Plan(List<Tensor> tensors, int largest, Streams streams) {}
}
