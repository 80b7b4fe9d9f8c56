package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HiddenMatrices.Matrix;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.NewtonSchulz.Norm;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * SOAP-Muon: momentum preconditioned as SOAP does it, then orthogonalised, with norms kept in hand (the matrix step of record 46 of
 * Track 3 of modded-nanogpt). With u as in {@link Muon}, Ql and Qr the bases of a matrix's two axes, and n4(X) the fourth root of
 * tr((XXᵀ)²), at least 1e-8:
 *
 * <pre>
 * m ← μm + (1 − μ)g
 * from the second step on:  p = Qlᵀ u Qr;  v ← βv + (1 − β)p²;  q = Ql [p/max(v, 1e-16)^P] Qrᵀ;  q ← q n4(u)/n4(q)
 * gated:  u' = u + h(q − u);  u ← u' n4(u)/n4(u');        else u ← q
 * O ← √max(1, out/in) Newton–Schulz(u/n4(u)), twelve steps
 * brake:  c = ⟨O, w⟩/‖w‖²;  O ← (O − cw) + kcw,  k = {@code outward} where c &lt; 0, which lengthens w, else {@code inward}
 * floor:  the row of every output times max(1, T‖w_i‖/‖O_i‖)^ρ,  or all of O times max(1, T‖w‖/‖O‖)
 * pin:    R = ‖w‖ − η⟨O, w⟩/‖w‖, at least 1e-8;  w ← w − ηO;  w ← R w/‖w‖
 * decay:  w ← w(1 − ηλ) where O·w &gt; 0 before the step
 * L ← βL + (1 − β)GGᵀ along both axes; first Ql, Qr their eigenvectors, then every {@code frequency} steps as in {@link Soap}
 * </pre>
 *
 * <p>The gate, for the outputs of attention in the record, follows q as far as it agrees with momentum and gradient: with s = cos(q, u),
 * a = cos(q, g), e = cos(u, g) and both parts of it clipped to [0, 1], h = [(s − s0)/(1 − s0) · (a − a0)/(e − a0)]^power, clipped to what
 * the step's number allows: at least {@code gate_floor} until step {@code gate_floor_end}, then a floor that falls to 0 at step
 * {@code gate_end}; at most {@code gate_cap} until then, and 1 after.
 *
 * <p>Not here, because they are schedules of a run and not the rule's: momentum that rises and falls, averages of parameters.
 *
 * <p>Matrices are {@link Muon}'s, those with a side longer than {@code maxDim} without the lines of p, v and q; muP's factor of matrices is
 * 1. The others make steps of Adam without bias correction at {@code auxRatio} times the rate. A gradient longer than 1e15 counts as one
 * of that length. The first step takes longer, and allocates.
 *
 * @param rate η per step
 * @param momentum μ
 * @param beta β
 * @param power P
 * @param maxDim longest side of a matrix that is preconditioned
 * @param frequency steps between new bases
 * @param leastRatio T; 0: no floor
 * @param rowFloor whether the floor is that of rows
 * @param rowPower ρ
 * @param outward k of a step that lengthens w
 * @param inward k of one that shortens it
 * @param weightDecay λ
 * @param gated whether all preconditioned matrices are gated
 * @param gateFloor least h of the first steps
 * @param gateCap greatest h of the first steps
 * @param gateFloorEnd step until which the floor holds
 * @param gateEnd step at which it is 0, and from which on there is no cap
 * @param gateAgreement s0
 * @param gateAlignment a0
 * @param gatePower power of h
 * @param auxRatio rate of Adam over η
 * @param auxBeta1 β1 of Adam
 * @param auxBeta2 β2 of Adam
 * @param auxEpsilon ε of Adam
 */
@RuleName("soap-muon")
public record SoapMuon(
        Schedule rate,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean gradient of matrices") double momentum,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of mean squares and mean outer products") double beta,
        @Hyper(standard = 0.5, range = Range.FRACTION, meaning = "power of the mean square that is divided by") double power,
        @Hyper(standard = 10000, range = Range.NOT_NEGATIVE, meaning = "longest side of a preconditioned matrix") int maxDim,
        @Hyper(standard = 1, range = Range.FROM_ONE, meaning = "steps between new bases") int frequency,
        @Hyper(standard = 0.3825, range = Range.NOT_NEGATIVE, meaning = "least norm of an update over the weights'") double leastRatio,
        @Hyper(standard = 1, meaning = "that floor for the row of every output, not for all") boolean rowFloor,
        @Hyper(standard = 1, range = Range.FRACTION, meaning = "power of the floor of rows") double rowPower,
        @Hyper(standard = 0.5, range = Range.NOT_NEGATIVE, meaning = "part kept of what lengthens the weights") double outward,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = "part kept of what shortens the weights") double inward,
        @Hyper(standard = 0.025, range = Range.NOT_NEGATIVE, meaning = "of matrices, where the step shortens") double weightDecay,
        @Hyper(standard = 0, meaning = "preconditioning only as far as it agrees with momentum and gradient") boolean gated,
        @Hyper(standard = 0.45, range = Range.FRACTION, meaning = "gate: least part at first") double gateFloor,
        @Hyper(standard = 0.85, range = Range.FRACTION, meaning = "gate: greatest part at first") double gateCap,
        @Hyper(standard = 1375, range = Range.NOT_NEGATIVE, meaning = "gate: step until which the floor holds") int gateFloorEnd,
        @Hyper(standard = 1625, range = Range.NOT_NEGATIVE, meaning = "gate: step from which on there is neither floor nor cap") int gateEnd,
        @Hyper(standard = 0.2, range = Range.DECAY, meaning = "gate: cosine with the momentum that counts as 0") double gateAgreement,
        @Hyper(standard = 0, range = Range.DECAY, meaning = "gate: cosine with the gradient that counts as 0") double gateAlignment,
        @Hyper(standard = 1, range = Range.POSITIVE, meaning = "gate: power of the part") double gatePower,
        @Hyper(standard = 0.27, range = Range.NOT_NEGATIVE, meaning = "rate of Adam for the other tensors, over the rate") double auxRatio,
        @Hyper(standard = 0.8, range = Range.DECAY, meaning = "Adam: decay of the mean gradient") double auxBeta1,
        @Hyper(standard = 0.99, range = Range.DECAY, meaning = "Adam: decay of the mean squared gradient") double auxBeta2,
        @Hyper(standard = 1e-10, range = Range.POSITIVE, meaning = "Adam: added to the raw root") double auxEpsilon)
        implements Optimizer {
    private static final int MEAN_SQUARE = 2;
    private static final int AVERAGES = 3;
    private static final int BASES = 4;
    private static final double LEAST_NORM = 1e-8;
    private static final float LEAST_SQUARE = 1e-16f;

    public SoapMuon {
        Description.of(SoapMuon.class)
                .require(momentum, beta, power, maxDim, frequency, leastRatio, rowPower, outward, inward, weightDecay, gateFloor, gateCap,
                        gateFloorEnd, gateEnd, gateAgreement, gateAlignment, gatePower, auxRatio, auxBeta1, auxBeta2, auxEpsilon);
        if (gateFloor > gateCap || gateFloorEnd > gateEnd) {
            throw new IllegalArgumentException("soap-muon: gate_floor " + gateFloor + " until step " + gateFloorEnd + " and gate_cap " + gateCap
                    + " until step " + gateEnd + ", expected a floor below the cap that ends no later");
        }
    }

    /** Slots: m of every tensor; v of those that Adam moves; v of the matrices; all L behind each other; all Q. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        var adam = new Auxiliary(Auxiliary.Kind.RAW_ADAM, auxBeta1, auxBeta2, auxEpsilon, 0, false);
        HiddenMatrices tensors = HiddenMatrices.of(layout, adam);
        Map<Integer, PowerStep> powers = new HashMap<>();
        List<List<AxisBasis>> bases = new ArrayList<>();
        List<FourthNorm> norms = new ArrayList<>();
        int squares = 0;
        int widest = 1;
        for (Matrix matrix : tensors.matrices()) {
            int in = matrix.in();
            int out = matrix.out();
            widest = Math.max(widest, out);
            norms.add(new FourthNorm(in, out));
            if (Math.max(in, out) > maxDim) {
                bases.add(List.of());
            } else {
                bases.add(List.of(
                        new AxisBasis(0, 1, in, out, squares, powers.computeIfAbsent(in, PowerStep::new)),
                        new AxisBasis(1, in, out, 1, squares + in * in, powers.computeIfAbsent(out, PowerStep::new))));
                squares = Math.addExact(squares, Math.addExact(Math.multiplyExact(in, in), Math.multiplyExact(out, out)));
            }
        }
        Plan plan = new Plan(
                tensors,
                PolarFactor.all(tensors.matrices(), CoefficientList.TWELVE.steps(1e-7).with(Norm.FOURTH), false),
                new MatrixMomentum(momentum, true, false),
                bases,
                norms,
                new double[widest],
                new double[widest]);
        float[][] slots = {
            new float[layout.size()],
            new float[tensors.squares(layout)],
            new float[tensors.values()],
            new float[squares],
            new float[squares]
        };
        return new OptimizerState(layout, horizon, slots, new float[4 * tensors.largest()], plan)
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        double eta = rate.rate(state.t(), state.horizon());
        float[] scratch = state.scratch();
        int gradient = 3 * plan.tensors.largest();
        for (int i = 0; i < plan.tensors.matrices().size(); i++) {
            Matrix matrix = plan.tensors.matrices().get(i);
            BoundedGradient.copy(step.gradient(), matrix.at(), matrix.size(), scratch, gradient);
            plan.momentum.apply(scratch, gradient, state.slot(0), matrix, scratch);
            if (state.t() > 0 && !plan.bases.get(i).isEmpty()) {
                precondition(state, i);
            }
            plan.factors.get(i).apply(scratch);
            scale(scratch, 0, matrix.size(), UpdateScale.ASPECT.of(matrix.in(), matrix.out()));
            brake(step.params(), scratch, matrix);
            lengthen(step.params(), scratch, matrix, plan);
            move(step.params(), scratch, matrix, eta, plan.tensors.largest());
            follow(state, i);
        }
        plan.tensors.stepOthers(state, step, eta * auxRatio);
        state.advance();
    }

    /** Replaces u, in area 0, by what SOAP makes of it. */
    private void precondition(OptimizerState state, int index) {
        Plan plan = state.plan(Plan.class);
        Matrix matrix = plan.tensors.matrices().get(index);
        List<AxisBasis> bases = plan.bases.get(index);
        float[] x = state.scratch();
        int one = plan.tensors.largest();
        int two = 2 * one;
        int size = matrix.size();
        bases.getFirst().rotate(state.slot(BASES), x, 0, x, one);
        bases.getLast().rotate(state.slot(BASES), x, one, x, two);
        divide(state.slot(MEAN_SQUARE), matrix.before(), x, two, size);
        bases.getLast().rotateBack(state.slot(BASES), x, two, x, one);
        bases.getFirst().rotateBack(state.slot(BASES), x, one, x, two);
        FourthNorm norm = plan.norms.get(index);
        double before = norm.of(x, 0);
        scale(x, two, size, before / norm.of(x, two));
        if (gated) {
            float h = (float) gate(state.t(), x, two, 3 * one, size);
            for (int i = 0; i < size; i++) {
                x[two + i] = x[i] + h * (x[two + i] - x[i]);
            }
            scale(x, two, size, before / norm.of(x, two));
        }
        System.arraycopy(x, two, x, 0, size);
    }

    /** Updates v and divides p. */
    private void divide(float[] v, int vAt, float[] p, int pAt, int size) {
        float b = (float) beta;
        float a = (float) (1 - beta);
        for (int i = 0; i < size; i++) {
            v[vAt + i] = b * v[vAt + i] + a * (p[pAt + i] * p[pAt + i]);
        }
        for (int i = 0; i < size; i++) {
            float square = Math.max(v[vAt + i], LEAST_SQUARE);
            p[pAt + i] /= power == 0.5 ? (float) Math.sqrt(square) : (float) Powers.real(square, power);
        }
    }

    /** How far u, in area 0, goes to q, at qAt, with the gradient at gAt. */
    private double gate(int k, float[] x, int qAt, int gAt, int size) {
        double agreement = clip((cosine(x, qAt, 0, size) - gateAgreement) / (1 - gateAgreement), 0, 1);
        double most = Math.max(cosine(x, 0, gAt, size) - gateAlignment, LEAST_NORM);
        double alignment = clip((cosine(x, qAt, gAt, size) - gateAlignment) / most, 0, 1);
        double part = agreement * alignment;
        double h = part > 0 ? Powers.real(part, gatePower) : part;
        double fallen = k < gateFloorEnd ? 0 : clip((k - gateFloorEnd) / (double) Math.max(1, gateEnd - gateFloorEnd), 0, 1);
        return clip(h, gateFloor * (1 - fallen), k < gateEnd ? gateCap : 1);
    }

    private static double clip(double x, double low, double high) {
        return Math.min(high, Math.max(low, x));
    }

    private static double cosine(float[] x, int at, int otherAt, int size) {
        double dot = 0;
        for (int i = 0; i < size; i++) {
            dot += (double) x[at + i] * x[otherAt + i];
        }
        double norms = Math.max(Norms.norm(x, at, at + size), LEAST_NORM) * Math.max(Norms.norm(x, otherAt, otherAt + size), LEAST_NORM);
        return dot / norms;
    }

    private static void scale(float[] x, int at, int size, double factor) {
        for (int i = at; i < at + size; i++) {
            x[i] *= (float) factor;
        }
    }

    private static double dot(float[] w, float[] o, Matrix matrix) {
        double sum = 0;
        for (int i = 0; i < matrix.size(); i++) {
            sum += (double) o[i] * w[matrix.at() + i];
        }
        return sum;
    }

    /** Takes a part from what O has along w. */
    private void brake(float[] w, float[] o, Matrix matrix) {
        double c = dot(w, o, matrix) / Math.max(Norms.squares(w, matrix.at(), matrix.end()), 1e-12);
        float less = (float) ((c < 0 ? outward - 1 : inward - 1) * c);
        for (int i = 0; less != 0 && i < matrix.size(); i++) {
            o[i] += less * w[matrix.at() + i];
        }
    }

    /** Brings O, or its rows, to T times the norm of w. */
    private void lengthen(float[] w, float[] o, Matrix matrix, Plan plan) {
        if (leastRatio == 0) {
            return;
        }
        if (!rowFloor) {
            double norm = Math.max(Norms.norm(o, 0, matrix.size()), LEAST_NORM);
            scale(o, 0, matrix.size(), Math.max(1, leastRatio * Norms.norm(w, matrix.at(), matrix.end()) / norm));
            return;
        }
        squares(w, matrix.at(), matrix, plan.weights);
        squares(o, 0, matrix, plan.updates);
        for (int i = 0; i < matrix.out(); i++) {
            double weight = Math.max(Math.sqrt(plan.weights[i]), LEAST_NORM);
            double ratio = Math.max(1, leastRatio * weight / Math.max(Math.sqrt(plan.updates[i]), LEAST_NORM));
            plan.updates[i] = rowPower == 1 ? ratio : Powers.real(ratio, rowPower);
        }
        for (int i = 0; i < matrix.size(); i++) {
            o[i] *= (float) plan.updates[i % matrix.out()];
        }
    }

    /** The squares of the rows of all outputs, which are columns here. */
    private static void squares(float[] x, int at, Matrix matrix, double[] sums) {
        Arrays.fill(sums, 0, matrix.out(), 0);
        for (int r = 0; r < matrix.in(); r++) {
            for (int c = 0; c < matrix.out(); c++) {
                double value = x[at + r * matrix.out() + c];
                sums[c] += value * value;
            }
        }
    }

    /** The step, the pin and the decay; uses area 1. */
    private void move(float[] w, float[] o, Matrix matrix, double eta, int decays) {
        int at = matrix.at();
        double norm = Math.max(Norms.norm(w, at, matrix.end()), LEAST_NORM);
        double radius = Math.max(norm - eta * dot(w, o, matrix) / norm, LEAST_NORM);
        float keep = (float) (1 - eta * weightDecay);
        float by = (float) eta;
        for (int i = 0; i < matrix.size(); i++) {
            o[decays + i] = o[i] * w[at + i] > 0 ? keep : 1;
            w[at + i] -= by * o[i];
        }
        float pin = (float) (radius / Math.max(Norms.norm(w, at, matrix.end()), LEAST_NORM));
        for (int i = 0; i < matrix.size(); i++) {
            w[at + i] = w[at + i] * pin * o[decays + i];
        }
    }

    /** L, and the bases that follow it; the gradient lies in area 3. */
    private void follow(OptimizerState state, int index) {
        Plan plan = state.plan(Plan.class);
        List<AxisBasis> bases = plan.bases.get(index);
        Matrix matrix = plan.tensors.matrices().get(index);
        float[] scratch = state.scratch();
        float[] v = state.slot(MEAN_SQUARE);
        for (int k = 0; k < bases.size(); k++) {
            AxisBasis basis = bases.get(k);
            basis.accumulate(beta, 1 - beta, scratch, 3 * plan.tensors.largest(), state.slot(AVERAGES));
            if (state.t() == 0) {
                basis.decompose(state.slot(AVERAGES), state.slot(BASES));
            } else if (state.t() % frequency == 0) {
                int[] order = basis.improve(state.slot(AVERAGES), state.slot(BASES));
                basis.permute(order, v, matrix.before(), scratch, 0);
                System.arraycopy(scratch, 0, v, matrix.before(), matrix.size());
            }
        }
    }

    @Override
    public Optional<String> amountsTo(ParamLayout layout) {
        return HiddenMatrices.amountsTo("adam", layout);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        List<String> remarks = new ArrayList<>(HiddenMatrices.remarks("soap-muon", "Adam", layout));
        List<String> plain = layout.specs().stream()
                .filter(HiddenMatrices::isMatrix)
                .filter(spec -> {
                    int out = spec.shape().axis(spec.shape().rank() - 1);
                    return Math.max(out, spec.shape().size() / out) > maxDim;
                })
                .map(spec -> spec.name())
                .toList();
        if (!plain.isEmpty()) {
            remarks.add("soap-muon: not preconditioned, as a side is longer than " + maxDim + ": " + String.join(", ", plain));
        }
        return remarks;
    }

    /** The fourth root of tr((XXᵀ)²) of matrices [in, out], at least 1e-8. */
    private static final class FourthNorm {
        private final Gemm product;
        private final float[] gram;

        FourthNorm(int in, int out) {
            int side = Math.min(in, out);
            this.product = Gemm.symmetric(Twin.selected(), in > out ? Form.TN : Form.NT, side, Math.max(in, out));
            this.gram = new float[side * side];
        }

        double of(float[] x, int at) {
            product.multiply(x, at, x, at, gram, 0);
            return Math.max(Math.sqrt(Norms.norm(gram, 0, gram.length)), LEAST_NORM);
        }
    }

    /**
     * Memory of one state.
     *
     * @param factors one per matrix, as bases (none where it is not preconditioned) and norms
     * @param weights of one matrix's rows
     * @param updates of one matrix's rows
     */
    private record Plan(
            HiddenMatrices tensors,
            List<PolarFactor> factors,
            MatrixMomentum momentum,
            List<List<AxisBasis>> bases,
            List<FourthNorm> norms,
            double[] weights,
            double[] updates) {}
}
