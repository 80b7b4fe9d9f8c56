package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * SOAP (Vyas et al. 2024, {@code soap.py}): Adam in the eigenbases of Shampoo's preconditioners. With Q_k the basis of axis k, "rotated"
 * meaning multiplied by all Q_kᵀ, and s = t − 1 (the first step only fills L and Q and moves nothing):
 *
 * <pre>
 * g' = g rotated;  m' ← β1 m' + (1 − β1)g';  v ← β2 v + (1 − β2)g'²
 * w ← w − η √(1 − β2^s)/(1 − β1^s) · back(m'/(√v + ε));  then w ← w − ηλw
 * L_k ← βL_k + (1 − β) G_k G_kᵀ
 * every {@code frequency} steps: columns of Q_k by descending qᵀLq, v along with them;  Q_k ← QR(L_k Q_k).Q;  m' in the new bases
 * </pre>
 *
 * <p>Tensors of fewer than two axes, and axes longer than {@code maxDim}, are not rotated: plain Adam there, the skipped first step
 * included. Deviation: m' is rotated only where a basis changes, not back and forth at every step. Where
 * the first gradient has no full rank, the basis of its null space is a matter of rounding, and with it the trajectory.
 *
 * <p>Under muP a rotated HIDDEN tensor has the square root of {@code Scaling.adam}, others {@code Scaling.adam}; see docs/optimizers.md
 * for what was measured. The first step takes longer, and allocates.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param shampooBeta β; −1: β2
 * @param epsilon ε
 * @param weightDecay λ, decoupled, after the step
 * @param maxDim longest axis that is rotated
 * @param mergeDims whether neighbouring axes become one while that is no longer than {@code maxDim}
 * @param preconditionVectors whether vectors are rotated too
 * @param normalize whether the step of a tensor is brought to root mean square 1
 * @param correctBias whether the factors of s above are there
 * @param frequency steps between new bases
 * @param oneSided whether of every tensor only the shortest axis is rotated (all of them where they are equally short): about as good
 *     where one side is much the longer, at a fraction of the cost
 * @param firstStep whether the first gradient, from which the bases come, makes a step too, as in modded-nanogpt's SOAP-H; in its own
 *     bases it is diagonal, so that with a small ε the step is rounding noise divided by rounding noise
 * @param keepOrder whether columns are not brought to descending order with v, as in SOAP-H
 */
@RuleName("soap")
public record Soap(
        Schedule rate,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = -1, range = Range.FINITE, meaning = "decay of the mean outer products; -1: beta2") double shampooBeta,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the root") double epsilon,
        @Hyper(standard = 0.01, range = Range.NOT_NEGATIVE, meaning = "decoupled, after the step") double weightDecay,
        @Hyper(standard = 10000, range = Range.NOT_NEGATIVE, meaning = "longest axis that is rotated") int maxDim,
        @Hyper(standard = 0, meaning = "neighbouring axes merged up to max_dim") boolean mergeDims,
        @Hyper(standard = 0, meaning = "vectors rotated too") boolean preconditionVectors,
        @Hyper(standard = 0, meaning = "step of a tensor brought to root mean square 1") boolean normalize,
        @Hyper(standard = 1, meaning = "bias correction") boolean correctBias,
        @Hyper(standard = 10, range = Range.FROM_ONE, meaning = "steps between new bases") int frequency,
        @Hyper(standard = 0, meaning = "only the shortest axis of a tensor rotated") boolean oneSided,
        @Hyper(standard = 0, meaning = "whether the first gradient makes a step, in its own bases") boolean firstStep,
        @Hyper(standard = 0, meaning = "bases' columns keep their order") boolean keepOrder)
        implements Optimizer, Eigenbases {
    private static final int MEAN = 0;
    private static final int MEAN_SQUARE = 1;
    private static final int AVERAGES = 2;
    private static final int BASES = 3;

    public Soap {
        Description.of(Soap.class).require(beta1, beta2, shampooBeta, epsilon, weightDecay, maxDim, frequency);
        if (shampooBeta >= 1 || shampooBeta < 0 && shampooBeta != -1) {
            throw new IllegalArgumentException("soap: shampoo_beta is " + shampooBeta + ", expected a number in [0, 1), or -1 for beta2");
        }
    }

    /** Slots: m', v, all L behind each other, all Q. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        Plan plan = plan(layout);
        int largest = layout.specs().stream().mapToInt(spec -> spec.shape().size()).max().orElse(0);
        int squares = plan.squares;
        float[][] slots = {new float[layout.size()], new float[layout.size()], new float[squares], new float[squares]};
        return new OptimizerState(layout, horizon, slots, new float[2 * largest], plan).holding(MEAN, OptimizerState.Content.MOMENTUM);
    }

    private Plan plan(ParamLayout layout) {
        List<List<AxisBasis>> tensors = new ArrayList<>();
        Map<Integer, PowerStep> powers = new HashMap<>();
        int at = 0;
        for (ParamSpec spec : layout.specs()) {
            List<AxisBasis> bases = new ArrayList<>();
            List<Integer> axes = axes(spec);
            for (int k = 0; k < axes.size(); k++) {
                int n = axes.get(k);
                if (isRotated(axes, n)) {
                    PowerStep power = powers.computeIfAbsent(n, PowerStep::new);
                    bases.add(new AxisBasis(k, product(axes, 0, k), n, product(axes, k + 1, axes.size()), at, power));
                    at = Math.addExact(at, Math.multiplyExact(n, n));
                }
            }
            tensors.add(List.copyOf(bases));
        }
        return new Plan(List.copyOf(tensors), at);
    }

    private boolean isRotated(List<Integer> axes, int n) {
        boolean wanted = !oneSided || n == Collections.min(axes);
        return wanted && n <= maxDim && (axes.size() > 1 || preconditionVectors);
    }

    /** The tensor's axes, merged where that is wanted: an axis is closed when the next one would make it longer than maxDim. */
    private List<Integer> axes(ParamSpec spec) {
        List<Integer> axes = spec.shape().axes();
        if (!mergeDims || axes.size() < 2) {
            return axes;
        }
        List<Integer> merged = new ArrayList<>();
        int open = 1;
        for (int axis : axes) {
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

    private static int product(List<Integer> axes, int from, int to) {
        return axes.subList(from, to).stream().reduce(1, (a, b) -> a * b);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        for (int i = 0; i < state.layout().tensors(); i++) {
            List<AxisBasis> bases = plan.tensors.get(i);
            if (state.t() > 0) {
                move(state, step, i, bases);
            }
            average(state, step, i, bases);
            if (state.t() == 0) {
                decompose(state, bases);
            } else if (state.t() % frequency == 0) {
                improve(state, i, bases);
            }
            if (state.t() == 0 && firstStep) {
                move(state, step, i, bases);
            }
        }
        state.advance();
    }

    @Override
    public int basisAt(OptimizerState state, int tensor, int axis) {
        for (AxisBasis basis : state.plan(Plan.class).tensors.get(tensor)) {
            if (basis.axis() == axis) {
                return basis.at();
            }
        }
        return -1;
    }

    @Override
    public int basesSlot() {
        return BASES;
    }

    private void move(OptimizerState state, Step step, int tensor, List<AxisBasis> bases) {
        int begin = state.layout().offset(tensor);
        int size = state.layout().offset(tensor + 1) - begin;
        float[] scratch = state.scratch();
        BoundedGradient.copy(step.gradient(), begin, size, scratch, 0);
        int rotated = rotate(state, bases, scratch, 0, size);
        int direction = scratch.length / 2 - rotated;
        adam(state, begin, size, rotated, direction);
        int update = rotateBack(state, bases, direction, size);
        double eta = rate.rate(state.t(), state.horizon());
        double factor = factor(firstStep ? state.t() + 1 : state.t()) * eta * scaling(state.layout().spec(tensor), bases);
        if (normalize) {
            factor /= 1e-30 + Norms.rms(scratch, update, update + size);
        }
        apply(step.params(), begin, scratch, update, size, (float) factor, (float) (eta * weightDecay));
    }

    private double factor(int s) {
        return correctBias ? Math.sqrt(Powers.correction(beta2, s)) / Powers.correction(beta1, s) : 1;
    }

    private static double scaling(ParamSpec spec, List<AxisBasis> bases) {
        boolean rotatedHidden = spec.role() == Role.HIDDEN && !bases.isEmpty();
        return rotatedHidden ? spec.scaling().orthogonal() : spec.scaling().adam();
    }

    private void adam(OptimizerState state, int begin, int size, int rotated, int direction) {
        float[] scratch = state.scratch();
        float[] m = state.slot(MEAN);
        float[] v = state.slot(MEAN_SQUARE);
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float a1 = (float) (1 - beta1);
        float a2 = (float) (1 - beta2);
        float eps = (float) epsilon;
        for (int i = 0; i < size; i++) {
            float g = scratch[rotated + i];
            m[begin + i] = b1 * m[begin + i] + a1 * g;
            v[begin + i] = b2 * v[begin + i] + a2 * (g * g);
            scratch[direction + i] = m[begin + i] / ((float) Math.sqrt(v[begin + i]) + eps);
        }
    }

    private static void apply(float[] w, int begin, float[] update, int at, int size, float rate, float decay) {
        for (int i = 0; i < size; i++) {
            float moved = w[begin + i] - rate * update[at + i];
            w[begin + i] = moved - decay * moved;
        }
    }

    /** Writes x in all bases to one half of the scratch; returns where. */
    private static int rotate(OptimizerState state, List<AxisBasis> bases, float[] x, int xAt, int size) {
        float[] scratch = state.scratch();
        int half = scratch.length / 2;
        int at = 0;
        System.arraycopy(x, xAt, scratch, at, size);
        for (int k = 0; k < bases.size(); k++) {
            bases.get(k).rotate(state.slot(BASES), scratch, at, scratch, half - at);
            at = half - at;
        }
        return at;
    }

    /** Brings what stands at one half of the scratch back from all bases; returns at which half it then stands. */
    private static int rotateBack(OptimizerState state, List<AxisBasis> bases, int xAt, int size) {
        float[] scratch = state.scratch();
        int half = scratch.length / 2;
        int at = xAt;
        for (int k = 0; k < bases.size(); k++) {
            bases.get(k).rotateBack(state.slot(BASES), scratch, at, scratch, half - at);
            at = half - at;
        }
        return at;
    }

    private void average(OptimizerState state, Step step, int tensor, List<AxisBasis> bases) {
        double beta = shampooBeta < 0 ? beta2 : shampooBeta;
        int begin = state.layout().offset(tensor);
        BoundedGradient.copy(step.gradient(), begin, state.layout().offset(tensor + 1) - begin, state.scratch(), 0);
        for (int k = 0; k < bases.size(); k++) {
            bases.get(k).average(beta, state.scratch(), 0, state.slot(AVERAGES));
        }
    }

    private static void decompose(OptimizerState state, List<AxisBasis> bases) {
        for (int k = 0; k < bases.size(); k++) {
            bases.get(k).decompose(state.slot(AVERAGES), state.slot(BASES));
        }
    }

    private void improve(OptimizerState state, int tensor, List<AxisBasis> bases) {
        int begin = state.layout().offset(tensor);
        int size = state.layout().offset(tensor + 1) - begin;
        float[] scratch = state.scratch();
        float[] m = state.slot(MEAN);
        float[] v = state.slot(MEAN_SQUARE);
        System.arraycopy(m, begin, scratch, 0, size);
        int raw = rotateBack(state, bases, 0, size);
        System.arraycopy(scratch, raw, m, begin, size);
        for (int k = 0; k < bases.size(); k++) {
            if (keepOrder) {
                bases.get(k).follow(state.slot(AVERAGES), state.slot(BASES));
                continue;
            }
            int[] order = bases.get(k).improve(state.slot(AVERAGES), state.slot(BASES));
            bases.get(k).permute(order, v, begin, scratch, 0);
            System.arraycopy(scratch, 0, v, begin, size);
        }
        int rotated = rotate(state, bases, m, begin, size);
        System.arraycopy(scratch, rotated, m, begin, size);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        List<List<AxisBasis>> tensors = plan(layout).tensors;
        List<String> plain = new ArrayList<>();
        List<String> oneSided = new ArrayList<>();
        for (int i = 0; i < layout.tensors(); i++) {
            int wanted = axes(layout.spec(i)).size();
            if (tensors.get(i).isEmpty()) {
                plain.add(layout.spec(i).name());
            } else if (tensors.get(i).size() < wanted) {
                oneSided.add(layout.spec(i).name());
            }
        }
        List<String> remarks = new ArrayList<>();
        if (!plain.isEmpty()) {
            remarks.add("soap: Adam without rotation for " + String.join(", ", plain));
        }
        if (!oneSided.isEmpty()) {
            remarks.add("soap: " + (this.oneSided ? "longer axes" : "axes longer than " + maxDim) + " are not rotated in "
                    + String.join(", ", oneSided));
        }
        return remarks;
    }

    /** Memory of one state: the rotated axes of every tensor, and how many values their squares have in all. */
    private record Plan(List<List<AxisBasis>> tensors, int squares) {}
}
