package io.evolo.optimizers.designed;

import io.evolo.optimizers.OptimizerState;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The tensors of a layout in the eigenbases of their averaged outer products, as SOAP sees them: for each rotated axis k an average L_k of
 * G_k G_kᵀ and an orthonormal basis Q_k; x "rotated" is x multiplied by all Q_kᵀ. Works in the two halves of the state's scratch, each as
 * long as the largest tensor. Holds working memory: belongs to one state, and to one thread at a time.
 * Loops count, for an iterator is an object per step.
 */
public final class EigenView {
    private final List<List<AxisBasis>> tensors;
    private final Axes axes;
    private final Slots slots;
    private final int squares;

    /**
     * Which axes are rotated.
     *
     * @param maxDim longest of them
     * @param mergeDims whether neighbouring axes become one while that is no longer than {@code maxDim}
     * @param vectors whether those of vectors are too
     * @param oneSided whether of every tensor only the shortest is, all of them where they are equally short
     */
    public record Axes(int maxDim, boolean mergeDims, boolean vectors, boolean oneSided) {
        boolean isRotated(List<Integer> lengths, int n) {
            boolean wanted = !oneSided || n == Collections.min(lengths);
            return wanted && n <= maxDim && (lengths.size() > 1 || vectors);
        }

        /** The tensor's axes, merged where that is wanted: an axis is closed when the next one would make it longer than maxDim. */
        List<Integer> of(ParamSpec spec) {
            List<Integer> lengths = spec.shape().axes();
            if (!mergeDims || lengths.size() < 2) {
                return lengths;
            }
            List<Integer> merged = new ArrayList<>();
            int open = 1;
            for (int axis : lengths) {
                if ((long) open * axis <= maxDim) {
                    open *= axis;
                } else if (open > 1) {
                    merged.add(open);
                    open = axis;
                } else {
                    merged.add(axis);
                }
            }
            if (open > 1 || merged.isEmpty()) {
                merged.add(open);
            }
            return merged;
        }
    }

    /** Where a state has the rotated mean gradient, the mean square along with it, all L behind each other, and all Q. */
    public record Slots(int mean, int meanSquare, int averages, int bases) {}

    public EigenView(ParamLayout layout, Axes axes, Slots slots) {
        this.axes = axes;
        this.slots = slots;
        List<List<AxisBasis>> all = new ArrayList<>();
        Map<Integer, PowerStep> powers = new HashMap<>();
        int at = 0;
        for (ParamSpec spec : layout.specs()) {
            List<AxisBasis> bases = new ArrayList<>();
            List<Integer> lengths = axes.of(spec);
            for (int k = 0; k < lengths.size(); k++) {
                int n = lengths.get(k);
                if (axes.isRotated(lengths, n)) {
                    PowerStep power = powers.computeIfAbsent(n, PowerStep::new);
                    bases.add(new AxisBasis(k, product(lengths, 0, k), n, product(lengths, k + 1, lengths.size()), at, power));
                    at = Math.addExact(at, Math.multiplyExact(n, n));
                }
            }
            all.add(List.copyOf(bases));
        }
        this.tensors = List.copyOf(all);
        this.squares = at;
    }

    private static int product(List<Integer> lengths, int from, int to) {
        return lengths.subList(from, to).stream().reduce(1, (a, b) -> a * b);
    }

    /** Values of all L, and of all Q. */
    public int squares() {
        return squares;
    }

    /** How many axes of a tensor are rotated. */
    public int rotated(int tensor) {
        return tensors.get(tensor).size();
    }

    /** Where the basis of one axis begins in its slot; −1 if the axis is not rotated. */
    int basisAt(int tensor, int axis) {
        for (AxisBasis basis : tensors.get(tensor)) {
            if (basis.axis() == axis) {
                return basis.at();
            }
        }
        return -1;
    }

    /** Copies a tensor's gradient to 0 of the scratch, shortened to a norm of 1e15 where it is longer. */
    public void load(OptimizerState state, int tensor, float[] gradient) {
        load(state, tensor, gradient, 1);
    }

    /** The same of factor·gradient. */
    public void load(OptimizerState state, int tensor, float[] gradient, double factor) {
        int begin = state.layout().offset(tensor);
        BoundedGradient.copy(gradient, begin, state.layout().offset(tensor + 1) - begin, factor, state.scratch(), 0);
    }

    /** Rotates what stands at 0 of the scratch; returns where it then stands: at 0 or in the middle. */
    public int rotate(OptimizerState state, int tensor) {
        float[] scratch = state.scratch();
        int half = scratch.length / 2;
        int at = 0;
        List<AxisBasis> bases = tensors.get(tensor);
        for (int k = 0; k < bases.size(); k++) {
            bases.get(k).rotate(state.slot(slots.bases), scratch, at, scratch, half - at);
            at = half - at;
        }
        return at;
    }

    /** Brings what stands at 0 or in the middle of the scratch back from all bases; returns where it then stands. */
    public int rotateBack(OptimizerState state, int tensor, int from) {
        float[] scratch = state.scratch();
        int half = scratch.length / 2;
        int at = from;
        List<AxisBasis> bases = tensors.get(tensor);
        for (int k = 0; k < bases.size(); k++) {
            bases.get(k).rotateBack(state.slot(slots.bases), scratch, at, scratch, half - at);
            at = half - at;
        }
        return at;
    }

    /** L ← βL + (1 − β)GGᵀ of the gradient that stands at 0 of the scratch. */
    public void average(OptimizerState state, int tensor, double beta) {
        List<AxisBasis> bases = tensors.get(tensor);
        for (int k = 0; k < bases.size(); k++) {
            bases.get(k).average(beta, state.scratch(), 0, state.slot(slots.averages));
        }
    }

    /** The first bases: the eigenvectors of L. Allocates memory that is not kept. */
    public void decompose(OptimizerState state, int tensor) {
        for (AxisBasis basis : tensors.get(tensor)) {
            basis.decompose(state.slot(slots.averages), state.slot(slots.bases));
        }
    }

    /**
     * Brings the bases closer to the eigenvectors of L, and the mean gradient into them.
     *
     * @param keepOrder whether the columns are not brought to descending order, and the mean square with them
     */
    public void improve(OptimizerState state, int tensor, boolean keepOrder) {
        int begin = state.layout().offset(tensor);
        int size = state.layout().offset(tensor + 1) - begin;
        float[] scratch = state.scratch();
        float[] m = state.slot(slots.mean);
        System.arraycopy(m, begin, scratch, 0, size);
        int raw = rotateBack(state, tensor, 0);
        System.arraycopy(scratch, raw, m, begin, size);
        List<AxisBasis> bases = tensors.get(tensor);
        for (int k = 0; k < bases.size(); k++) {
            follow(state, bases.get(k), begin, size, keepOrder);
        }
        System.arraycopy(m, begin, scratch, 0, size);
        System.arraycopy(scratch, rotate(state, tensor), m, begin, size);
    }

    private void follow(OptimizerState state, AxisBasis basis, int begin, int size, boolean keepOrder) {
        if (keepOrder) {
            basis.follow(state.slot(slots.averages), state.slot(slots.bases));
            return;
        }
        float[] v = state.slot(slots.meanSquare);
        int[] order = basis.improve(state.slot(slots.averages), state.slot(slots.bases));
        basis.permute(order, v, begin, state.scratch(), 0);
        System.arraycopy(state.scratch(), 0, v, begin, size);
    }

    /** AdamW where no tensor of the layout that this was made for is rotated. */
    Optional<String> amountsTo(ParamLayout layout) {
        return IntStream.range(0, layout.tensors()).anyMatch(i -> rotated(i) > 0) ? Optional.empty() : Optional.of("adamw");
    }

    /** Which tensors of the layout that this was made for are seen as they are, in whole or in part; by the name of the rule. */
    public List<String> remarks(String rule, ParamLayout layout) {
        List<String> plain = new ArrayList<>();
        List<String> partly = new ArrayList<>();
        for (int i = 0; i < layout.tensors(); i++) {
            if (rotated(i) == 0) {
                plain.add(layout.spec(i).name());
            } else if (rotated(i) < axes.of(layout.spec(i)).size()) {
                partly.add(layout.spec(i).name());
            }
        }
        List<String> remarks = new ArrayList<>();
        if (!plain.isEmpty()) {
            remarks.add(rule + ": Adam without rotation for " + String.join(", ", plain));
        }
        if (!partly.isEmpty()) {
            remarks.add(rule + ": " + (axes.oneSided ? "longer axes" : "axes longer than " + axes.maxDim) + " are not rotated in "
                    + String.join(", ", partly));
        }
        return remarks;
    }
}
