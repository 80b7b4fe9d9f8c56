package io.evolo.optimizers.designed;

import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.DenseSignals;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Cholesky;
import io.evolo.tasks.kernels.SymmetricEigen;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * K-FAC in the form of KAISA (Pauloski et al. 2021, {@code kfac-pytorch}), with momentum as its base. For a dense layer with inputs
 * ã = (a, 1) and gradients g of the batch-mean loss with respect to its pre-activations, and the gradient D [in + 1, units] of weight
 * and bias together:
 *
 * <pre>
 * every factorSteps:  A ← dA + (1 − d) (1/N) Σ ããᵀ;  G ← dG + (1 − d) (1/N) Σ ggᵀ      from A = G = I
 * every inverseSteps: A = Q diag(a) Qᵀ, G = P diag(g) Pᵀ   or   (A + ρI)⁻¹, (G + ρI)⁻¹
 * U = Q [ (QᵀDP) / (a gᵀ + ρ) ] Pᵀ                         or   (A + ρI)⁻¹ D (G + ρI)⁻¹
 * ν = min(1, √(κ / |η² Σ U∘D|)), the sum over all layers;  momentum's step with gradient νU
 * </pre>
 *
 * <p>Other tensors have momentum's own step. As in the reference, labels are the data's (the empirical Fisher), and g is not
 * multiplied by N unless {@code perExample} is on. The eigenvectors are found in double, inverses in float.
 *
 * <p>Under muP all of it is in the coordinates of {@link DenseBlock}. That does not make steps independent of the width: they shrink
 * with it, as docs/optimizers.md shows. 
 *
 * @param rate η per step
 * @param momentum of the base
 * @param weightDecay of the base, coupled
 * @param damping ρ; not comparable between the two forms
 * @param factorDecay d
 * @param klClip κ
 * @param klRatio the η in ν over the base's
 * @param factorSteps steps between new factors
 * @param inverseSteps steps between decompositions
 * @param inverse whether by inverses, not by eigenvectors
 * @param perExample whether g is multiplied by N, which makes G that of single examples
 * @param relativeDamping whether ρ is relative: to the product of the factors' mean eigenvalues, or to each one's
 */
@RuleName("kfac")
public record KFac(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "of the base") double momentum,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "of the base, coupled") double weightDecay,
        @Hyper(standard = 1e-3, range = Range.POSITIVE, meaning = "added to the curvature") double damping,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean factors") double factorDecay,
        @Hyper(standard = 1e-3, range = Range.BOUND, meaning = "bound of the squared step in the curvature's norm") double klClip,
        @Hyper(standard = 1, range = Range.POSITIVE, meaning = "rate that the bound is about, over the rate") double klRatio,
        @Hyper(standard = 1, range = Range.FROM_ONE, meaning = "steps between new factors") int factorSteps,
        @Hyper(standard = 1, range = Range.FROM_ONE, meaning = "steps between decompositions") int inverseSteps,
        @Hyper(standard = 0, meaning = "inverses of the factors instead of eigenvectors") boolean inverse,
        @Hyper(standard = 0, meaning = "gradients of single examples' losses in the factors") boolean perExample,
        @Hyper(standard = 0, meaning = "damping relative to the mean eigenvalues") boolean relativeDamping)
        implements Optimizer {

    private static final int OWN_SLOTS = 3;

    public KFac {
        Description.of(KFac.class).require(momentum, weightDecay, damping, factorDecay, klClip, klRatio, factorSteps, inverseSteps);
    }

    /** Slots: momentum's, the factors A and G, what they decompose to, and their eigenvalues where these are wanted. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        var base = Momentum.of(rate, momentum, weightDecay);
        var plan = new Plan(new Preconditioning(base, layout, horizon), inverse);
        float[] factors = plan.layers.identities();
        float[][] own = {factors, new float[factors.length], new float[plan.eigenvalues]};
        return plan.layers.baseState().around(layout, own, new float[0], plan);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.GRADIENT, Need.DENSE_SIGNALS);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        List<String> remarks = new ArrayList<>(DenseBlock.remarks("kfac", "momentum", layout));
        if (layout.dense().stream().anyMatch(dense -> layout.spec(dense.weight()).scaling().sgd() != 1)) {
            remarks.add("kfac: under muP its steps still shrink as the network widens; tune the rate at the width that is used");
        }
        return remarks;
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        Preconditioning layers = plan.layers;
        for (int i = 0; i < layers.layers(); i++) {
            if (state.t() % factorSteps == 0) {
                updateFactors(plan, state, step, i);
            }
            if (state.t() % inverseSteps == 0) {
                decompose(plan, state, i);
            }
            precondition(plan, state, step, i);
        }
        layers.stepBase(step, layers.klFactor(klClip, klRatio * rate.rate(state.t(), state.horizon()), step));
    }

    private void updateFactors(Plan plan, OptimizerState state, Step step, int i) {
        DenseBlock block = plan.layers.block(i);
        DenseSignals signals = block.signals(step);
        float[] factors = state.slot(plan.layers.baseSlots());
        block.inputMoment(signals, plan.square);
        average(factors, plan.layers.leftAt(i), plan.square, block.inputs(), 1);
        block.gradientMoment(signals, plan.square);
        double scale = perExample ? (double) signals.rows() * signals.rows() : 1;
        average(factors, plan.layers.rightAt(i), plan.square, block.units(), scale);
    }

    private void average(float[] factors, int at, float[] moment, int n, double scale) {
        float keep = (float) factorDecay;
        float rest = (float) ((1 - factorDecay) * scale);
        for (int i = 0; i < n * n; i++) {
            factors[at + i] = keep * factors[at + i] + rest * moment[i];
        }
    }

    private void decompose(Plan plan, OptimizerState state, int i) {
        DenseBlock block = plan.layers.block(i);
        int eigenAt = plan.eigenAt[i];
        if (inverse) {
            invert(plan.inverses.get(block.inputs()), state, plan.layers.leftAt(i));
            invert(plan.inverses.get(block.units()), state, plan.layers.rightAt(i));
        } else {
            decompose(plan.eigen.get(block.inputs()), state, plan.layers.leftAt(i), eigenAt);
            decompose(plan.eigen.get(block.units()), state, plan.layers.rightAt(i), eigenAt + block.inputs());
        }
    }

    private void invert(Cholesky cholesky, OptimizerState state, int at) {
        int slot = state.slots() - OWN_SLOTS;
        float[] factors = state.slot(slot);
        double shift = relativeDamping ? damping * meanDiagonal(factors, at, cholesky.n()) : damping;
        cholesky.invertShifted(factors, at, shift, state.slot(slot + 1), at);
    }

    private void decompose(SymmetricEigen eigen, OptimizerState state, int at, int eigenAt) {
        int slot = state.slots() - OWN_SLOTS;
        float[] values = state.slot(slot + 2);
        eigen.decompose(state.slot(slot), at, state.slot(slot + 1), at, values, eigenAt);
        for (int i = eigenAt; i < eigenAt + eigen.n(); i++) {
            values[i] = Math.max(values[i], 0); // Rounding makes some slightly negative.
        }
    }

    private static double meanDiagonal(float[] x, int at, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[at + i * n + i];
        }
        return sum / n;
    }

    private void precondition(Plan plan, OptimizerState state, Step step, int i) {
        Preconditioning layers = plan.layers;
        float[] bases = state.slot(layers.baseSlots() + 1);
        if (inverse) {
            layers.multiplyBothSides(i, bases, step);
            return;
        }
        DenseBlock block = layers.block(i);
        plan.rotations.get(i).rotate(bases, layers.leftAt(i), layers.gradientOf(i, step), layers.rightAt(i), plan.rotated);
        divide(plan.rotated, state.slot(layers.baseSlots() + 2), plan.eigenAt[i], block.inputs(), block.units());
        plan.rotations.get(i).rotateBack(bases, layers.leftAt(i), plan.rotated, layers.rightAt(i), layers.updates(), layers.updateAt(i));
    }

    private void divide(float[] x, float[] values, int at, int inputs, int units) {
        float rho = (float) (relativeDamping ? damping * mean(values, at, inputs) * mean(values, at + inputs, units) : damping);
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < units; j++) {
                x[i * units + j] /= values[at + i] * values[at + inputs + j] + rho;
            }
        }
    }

    private static double mean(float[] x, int at, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[at + i];
        }
        return sum / n;
    }

    /** Memory of one state. */
    private static final class Plan {
        private final Preconditioning layers;
        /** By size; none where inverses are wanted, and the other way round. */
        private final Map<Integer, SymmetricEigen> eigen = new HashMap<>();

        private final Map<Integer, Cholesky> inverses = new HashMap<>();
        private final List<Rotation> rotations;
        private final int[] eigenAt;
        private final int eigenvalues;
        private final float[] square;
        private final float[] rotated;

        Plan(Preconditioning layers, boolean inverse) {
            this.layers = layers;
            List<DenseBlock> blocks = IntStream.range(0, layers.layers()).mapToObj(layers::block).toList();
            blocks.stream().flatMapToInt(block -> IntStream.of(block.inputs(), block.units())).forEach(n -> {
                if (inverse) {
                    inverses.computeIfAbsent(n, size -> new Cholesky(Twin.selected(), size));
                } else {
                    eigen.computeIfAbsent(n, SymmetricEigen::new);
                }
            });
            this.rotations = inverse ? List.of() : blocks.stream().map(block -> new Rotation(block.inputs(), block.units())).toList();
            this.eigenAt = new int[blocks.size()];
            int at = 0;
            int widest = 0;
            int largest = 0;
            for (int i = 0; i < blocks.size(); i++) {
                eigenAt[i] = at;
                at += blocks.get(i).inputs() + blocks.get(i).units();
                widest = Math.max(widest, Math.max(blocks.get(i).inputs(), blocks.get(i).units()));
                largest = Math.max(largest, blocks.get(i).size());
            }
            this.eigenvalues = inverse ? 0 : at;
            this.square = new float[widest * widest];
            this.rotated = new float[largest];
        }
    }
}
