package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.OptimizerState;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The Kronecker factors of {@link KlShampoo} and {@link KlSoap}: of every axis k of a tensor G with n of N values the average S [n, n], a
 * basis Q that follows its eigenvectors, and i [n], the inverse roots of the estimated eigenvalues. With "rotated" meaning multiplied
 * by all Qᵀ, and G_k the unfolding along axis k:
 *
 * <pre>
 * first:  S_k ← (1 − β) G_k G_kᵀ n/N;  Q_k its eigenvectors;  i_k = initial^−½
 * later:  X_k = G in all bases but k's, times i_j along every j ≠ k
 *         S_k ← βS_k + (1 − β) X_k X_kᵀ n/N
 *         y_k = mean over the other axes of (G rotated, times i_j along every j ≠ k)²
 *         i_k ← (β i_k^−2 + (1 − β) y_k)^−½
 * every {@code frequency} steps:  Q_k ← QR(S_k Q_k).Q, the columns in their order
 * </pre>
 *
 * <p>A tensor is taken as a matrix [rest, out]. An axis longer than {@code maxDim} is left as it is, with i = 1. A gradient longer than
 * 1e15 counts as one of that length, an eigenvalue below 1e-20 as 1e-20. Holds working memory: belongs to one thread.
 */
final class KlFactors {
    private static final double LEAST = 1e-20;

    private final Form form;
    private final Slots slots;
    private final List<Tensor> tensors = new ArrayList<>();
    private final double[] sums;
    private final float[] old;
    private int squares;
    private int roots;
    private int largest;

    /**
     * What the rules can set.
     *
     * @param beta β
     * @param initial eigenvalue estimate of the start
     * @param damping ε of y_k ← y_k + ε·∏ mean(i_j²) over j ≠ k; 0: none
     * @param clamping whether i_k is at most max(10, min(n, 4000))
     * @param maxDim longest axis that has a factor
     * @param threeAxes whether a convolution's kernel is a tensor [height·width, in, out], updated in the order that the authors' code
     *     has: some factors by the i of this step, some by those of the last
     * @param fullStart whether the first S is without the (1 − β)
     */
    record Form(
            double beta, int frequency, double initial, double damping, boolean clamping, int maxDim, boolean threeAxes, boolean fullStart) {}

    /** A tensor with factors; rootsAt says where the i of each axis begin. */
    private record Tensor(int begin, int size, List<AxisBasis> bases, List<Integer> rootsAt) {}

    /** Which slots of the state are the factors': all S behind each other, all Q, all i. */
    record Slots(int averages, int bases, int roots) {}

    KlFactors(ParamLayout layout, Form form, Slots slots) {
        this.form = form;
        this.slots = slots;
        Map<Integer, PowerStep> powers = new HashMap<>();
        int longest = 1;
        for (int i = 0; i < layout.tensors(); i++) {
            Tensor tensor = tensor(layout.offset(i), axes(layout.spec(i).shape()), powers);
            tensors.add(tensor);
            largest = Math.max(largest, layout.spec(i).shape().size());
            longest = tensor.bases.stream().mapToInt(AxisBasis::n).reduce(longest, Math::max);
        }
        this.sums = new double[longest];
        this.old = new float[3 * longest];
    }

    /** @throws IllegalArgumentException if products of such estimates' roots would be no floats */
    static void requireInitial(String rule, double initial) {
        if (initial < LEAST || initial > 1 / LEAST) {
            throw new IllegalArgumentException(rule + ": initial is " + initial + ", expected a number in [1e-20, 1e20]");
        }
    }

    private Tensor tensor(int begin, List<Integer> axes, Map<Integer, PowerStep> powers) {
        List<AxisBasis> bases = new ArrayList<>();
        List<Integer> rootsAt = new ArrayList<>();
        for (int k = 0; k < axes.size(); k++) {
            int n = axes.get(k);
            if (axes.size() > 1 && n <= form.maxDim) {
                int outer = product(axes.subList(0, k));
                int inner = product(axes.subList(k + 1, axes.size()));
                bases.add(new AxisBasis(k, outer, n, inner, squares, powers.computeIfAbsent(n, PowerStep::new)));
                rootsAt.add(roots);
                squares = Math.addExact(squares, Math.multiplyExact(n, n));
                roots += n;
            }
        }
        return new Tensor(begin, product(axes), List.copyOf(bases), List.copyOf(rootsAt));
    }

    private List<Integer> axes(Shape shape) {
        if (shape.rank() < 3) {
            return shape.axes();
        }
        int out = shape.axis(shape.rank() - 1);
        int in = shape.axis(shape.rank() - 2);
        return form.threeAxes ? List.of(shape.size() / out / in, in, out) : List.of(shape.size() / out, out);
    }

    private static int product(List<Integer> axes) {
        return axes.stream().reduce(1, (a, b) -> a * b);
    }

    /** Whether the tensor has factors; the others are for an auxiliary rule. */
    boolean cover(int tensor) {
        return !tensors.get(tensor).bases.isEmpty();
    }

    /** Values of all S, and of all Q. */
    int squares() {
        return squares;
    }

    /** Values of all i. */
    int roots() {
        return roots;
    }

    /** Values of memory that the methods need: three areas, each for the largest tensor. */
    int scratch() {
        return 3 * largest;
    }

    /** Where area 0, 1 or 2 begins. */
    int area(int number) {
        return number * largest;
    }

    int basisAt(int tensor, int axis) {
        return tensors.get(tensor).bases.stream().filter(basis -> basis.axis() == axis).mapToInt(AxisBasis::at).findFirst().orElse(-1);
    }

    /** muP's factor of a covered tensor: whitened matrices between hidden units are like orthogonal ones. */
    static double mup(ParamSpec spec) {
        Scaling scaling = spec.scaling();
        return spec.role() == Role.HIDDEN ? scaling.orthogonal() : scaling.adam();
    }

    /** The factors of a tensor's first gradient, which lies in area 0; overwrites it. */
    void start(OptimizerState state, int tensor) {
        Tensor t = tensors.get(tensor);
        float[] scratch = state.scratch();
        double fresh = form.fullStart ? 1 : 1 - form.beta;
        for (int k = 0; k < t.bases.size(); k++) {
            AxisBasis basis = t.bases.get(k);
            basis.accumulate(0, fresh * basis.n() / t.size, scratch, 0, state.slot(slots.averages));
            basis.decompose(state.slot(slots.averages), state.slot(slots.bases));
            Arrays.fill(state.slot(slots.roots), t.rootsAt.get(k), t.rootsAt.get(k) + basis.n(), (float) (1 / Math.sqrt(form.initial)));
        }
    }

    /** x, in the area that it lies in, in all bases; uses another area and returns which of the two it then lies in. */
    int rotate(OptimizerState state, int tensor, int in, int other) {
        List<AxisBasis> bases = tensors.get(tensor).bases;
        float[] scratch = state.scratch();
        int from = in;
        int to = other;
        for (int k = 0; k < bases.size(); k++) {
            bases.get(k).rotate(state.slot(slots.bases), scratch, area(from), scratch, area(to));
            int swapped = from;
            from = to;
            to = swapped;
        }
        return from;
    }

    /** The inverse of {@link #rotate}. */
    int rotateBack(OptimizerState state, int tensor, int in, int other) {
        List<AxisBasis> bases = tensors.get(tensor).bases;
        float[] scratch = state.scratch();
        int from = in;
        int to = other;
        for (int k = 0; k < bases.size(); k++) {
            bases.get(k).rotateBack(state.slot(slots.bases), scratch, area(from), scratch, area(to));
            int swapped = from;
            from = to;
            to = swapped;
        }
        return from;
    }

    /** x ← x·E/(1 + εE) with E the product of all i, x rotated; uses another area. */
    void whiten(OptimizerState state, int tensor, double epsilon, int in, int other) {
        Tensor t = tensors.get(tensor);
        float[] x = state.scratch();
        int e = area(other);
        Arrays.fill(x, e, e + t.size, 1);
        for (int k = 0; k < t.bases.size(); k++) {
            t.bases.get(k).line().scale(state.slot(slots.roots), t.rootsAt.get(k), x, e);
        }
        float eps = (float) epsilon;
        for (int i = 0; i < t.size; i++) {
            x[area(in) + i] *= x[e + i] / (1 + eps * x[e + i]);
        }
    }

    /**
     * Brings S and i up to the gradient that lies, rotated, in area 0, which stays as it is. Bases are left to {@link #turn}.
     */
    void follow(OptimizerState state, int tensor) {
        Tensor t = tensors.get(tensor);
        int axes = t.bases.size();
        float[] roots = state.slot(slots.roots);
        for (int k = 0; k < axes; k++) {
            System.arraycopy(roots, t.rootsAt.get(k), old, k * (old.length / 3), t.bases.get(k).n());
        }
        boolean mixed = axes == 3;
        for (int k = 0; k < axes; k++) {
            // The authors' order of three: S and i of the first axis by old i, then S of the second by old ones and its i by the first's
            // new one, then S and i of the third by the first's old one and the second's new one. All old where there are two.
            weigh(state, t, k, mixed && k == 2 ? 1 : -1);
            AxisBasis basis = t.bases.get(k);
            basis.rotateBack(state.slot(slots.bases), state.scratch(), area(1), state.scratch(), area(2));
            basis.accumulate(form.beta, (1 - form.beta) * basis.n() / t.size, state.scratch(), area(2), state.slot(slots.averages));
            if (mixed && k == 1) {
                weigh(state, t, k, 0);
            }
            estimate(t, k, roots);
        }
    }

    /** Writes the rotated gradient times i along every axis but k to area 1: those of the last step, but of one axis this step's. */
    private void weigh(OptimizerState state, Tensor t, int k, int fresh) {
        float[] scratch = state.scratch();
        System.arraycopy(scratch, 0, scratch, area(1), t.size);
        for (int j = 0; j < t.bases.size(); j++) {
            if (j == fresh) {
                t.bases.get(j).line().scale(state.slot(slots.roots), t.rootsAt.get(j), scratch, area(1));
            } else if (j != k) {
                t.bases.get(j).line().scale(old, j * (old.length / 3), scratch, area(1));
            }
        }
        t.bases.get(k).line().squares(scratch, area(1), sums);
    }

    private void estimate(Tensor t, int k, float[] roots) {
        int n = t.bases.get(k).n();
        int at = t.rootsAt.get(k);
        double others = (double) t.size / n;
        double damped = form.damping == 0 ? 0 : form.damping * meanSquares(t, k);
        double most = form.clamping ? Math.max(10, Math.min(n, 4000)) : Double.POSITIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            double before = roots[at + i];
            double value = form.beta / (before * before) + (1 - form.beta) * (sums[i] / others + damped);
            roots[at + i] = (float) Math.min(most, 1 / Math.sqrt(Math.max(LEAST, value)));
        }
    }

    /** ∏ over j ≠ k of the mean of i_j², those of the last step. */
    private double meanSquares(Tensor t, int k) {
        double product = 1;
        for (int j = 0; j < t.bases.size(); j++) {
            int n = t.bases.get(j).n();
            int at = j * (old.length / 3);
            product *= j == k ? 1 : Norms.squares(old, at, at + n) / n;
        }
        return product;
    }

    /** Whether bases change in the step with {@code completed} steps before it. */
    boolean turns(int completed) {
        return completed % form.frequency == 0;
    }

    /** Brings the bases closer to the eigenvectors of S. */
    void turn(OptimizerState state, int tensor) {
        List<AxisBasis> bases = tensors.get(tensor).bases;
        for (int k = 0; k < bases.size(); k++) {
            bases.get(k).follow(state.slot(slots.averages), state.slot(slots.bases));
        }
    }

    /** AdamW where no tensor has factors. */
    Optional<String> amountsTo(ParamLayout layout) {
        return IntStream.range(0, layout.tensors()).anyMatch(this::cover) ? Optional.empty() : Optional.of("adamw");
    }

    /** What a rule says of tensors, and of axes, that have no factors. */
    List<String> remarks(String rule, ParamLayout layout) {
        List<String> plain = new ArrayList<>();
        List<String> partly = new ArrayList<>();
        for (int i = 0; i < layout.tensors(); i++) {
            if (!cover(i)) {
                plain.add(layout.spec(i).name());
            } else if (tensors.get(i).bases.size() < axes(layout.spec(i).shape()).size()) {
                partly.add(layout.spec(i).name());
            }
        }
        List<String> remarks = new ArrayList<>();
        if (!plain.isEmpty()) {
            remarks.add(rule + ": AdamW instead for " + String.join(", ", plain));
        }
        if (!partly.isEmpty()) {
            remarks.add(rule + ": axes longer than " + form.maxDim + " are left as they are in " + String.join(", ", partly));
        }
        return remarks;
    }
}
