package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HiddenMatrices.Matrix;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Qr;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Dion (Ahn et al. 2025, arXiv 2504.05295; {@code microsoft/dion}, its simple form): Muon's update of rank k, found by one step of the
 * power iteration, with what it leaves out kept in the momentum. With M [out, in] and Q [in, k], Gaussian at first:
 *
 * <pre>
 * M ← M + g;  P ← QR(MQ).Q;  R ← MᵀP
 * M ← M − (1 − μ) P Rᵀ
 * Q ← the columns of R over (their norms + ε)
 * w ← (1 − ηλ)w − η √(out/in) P Qᵀ
 * </pre>
 *
 * <p>k is {@code rank}, or {@code rank_fraction} of the shorter side, rounded up; at most the shorter side. As in the reference's other form
 * a matrix whose M is all 0 makes no step and keeps Q. Matrices are {@link Muon}'s, with muP's factor 1; the others make steps of AdamW, or
 * of Lion, at {@code auxRatio} times the rate.
 *
 * @param rate η per step
 * @param momentum μ
 * @param rank k; 0: by the fraction
 * @param rankFraction part of the shorter side
 * @param epsilon ε
 * @param weightDecay λ of the matrices, decoupled
 * @param seed of the first Q
 * @param auxLion whether the others move by Lion; else by AdamW
 * @param auxRatio rate of the others over η
 * @param auxBeta1 β1 of the others
 * @param auxBeta2 β2 of the others
 * @param auxEpsilon ε of AdamW
 * @param auxWeightDecay λ of the others
 */
@RuleName("dion")
public record Dion(
        Schedule rate,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "part of what a step follows that stays in the momentum") double momentum,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "rank of an update; 0: by rank_fraction") int rank,
        @Hyper(standard = 1, range = Range.FRACTION, meaning = "rank over the shorter side of a matrix") double rankFraction,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "added to the norms of columns") double epsilon,
        @Hyper(standard = 0.01, range = Range.NOT_NEGATIVE, meaning = "of matrices, decoupled") double weightDecay,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = "of the first sketches") int seed,
        @Hyper(standard = 0, meaning = "Lion for the other tensors") boolean auxLion,
        @Hyper(standard = 0.1, range = Range.NOT_NEGATIVE, meaning = "rate of AdamW for the other tensors, over the rate") double auxRatio,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "AdamW: decay of the mean gradient") double auxBeta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "AdamW: decay of the mean squared gradient") double auxBeta2,
        @Hyper(standard = 1e-8, range = Range.POSITIVE, meaning = "AdamW: added to the corrected root") double auxEpsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "AdamW: decoupled") double auxWeightDecay)
        implements Optimizer {
    private static final int SKETCHES = 2;

    /** Where the first Q come from. */
    public interface Sketches {
        /** Writes Q [in, k] of a tensor, from {@code at} on. */
        void draw(int tensor, float[] q, int at, int size);
    }

    public Dion {
        Description.of(Dion.class)
                .require(momentum, rank, rankFraction, epsilon, weightDecay, seed, auxRatio, auxBeta1, auxBeta2, auxEpsilon, auxWeightDecay);
    }

    /** This rule from other sketches, such as recorded ones. */
    public Optimizer with(Sketches sketches) {
        return new Sketched(this, sketches);
    }

    /** Three slots: M, and m of the others; v of those that AdamW moves; all Q behind each other. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return init(layout, horizon, (tensor, q, at, size) -> {
            Rng rng = Rng.of(seed, "dion-sketch", tensor);
            for (int i = at; i < at + size; i++) {
                q[i] = (float) rng.gaussian();
            }
        });
    }

    private OptimizerState init(ParamLayout layout, int horizon, Sketches sketches) {
        Auxiliary.Kind kind = auxLion ? Auxiliary.Kind.LION : Auxiliary.Kind.ADAMW;
        var auxiliary = new Auxiliary(kind, auxBeta1, auxBeta2, auxEpsilon, auxWeightDecay, false);
        HiddenMatrices tensors = HiddenMatrices.of(layout, auxiliary);
        List<LowRank> parts = new ArrayList<>();
        int values = 0;
        int most = 0;
        for (Matrix matrix : tensors.matrices()) {
            LowRank part = new LowRank(matrix, rankOf(matrix), values);
            parts.add(part);
            values = Math.addExact(values, part.values());
            most = Math.max(most, matrix.size() + part.working());
        }
        float[][] slots = {new float[layout.size()], new float[auxLion ? 0 : tensors.squares(layout)], new float[values]};
        for (LowRank part : parts) {
            sketches.draw(layout.specs().indexOf(part.matrix.spec()), slots[SKETCHES], part.at, part.values());
        }
        return new OptimizerState(layout, horizon, slots, new float[most], new Plan(tensors, List.copyOf(parts)))
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    private int rankOf(Matrix matrix) {
        int side = Math.min(matrix.in(), matrix.out());
        return Math.clamp(rank > 0 ? rank : (long) Math.ceil(rankFraction * side), 1, side);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        double eta = rate.rate(state.t(), state.horizon());
        for (int i = 0; i < plan.parts.size(); i++) {
            LowRank part = plan.parts.get(i);
            Matrix matrix = part.matrix;
            if (part.follow(step.gradient(), state.slot(0), state.slot(SKETCHES), state.scratch(), momentum, epsilon)) {
                float matrixRate = (float) (eta * UpdateScale.SPECTRAL.of(matrix.in(), matrix.out()));
                matrix.move(step.params(), state.scratch(), matrixRate, (float) (1 - eta * weightDecay), false);
            }
        }
        plan.tensors.stepOthers(state, step, eta * auxRatio);
        state.advance();
    }

    @Override
    public Optional<String> amountsTo(ParamLayout layout) {
        return HiddenMatrices.amountsTo(auxLion ? "lion" : "adamw", layout);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return HiddenMatrices.remarks("dion", auxLion ? "Lion" : "AdamW", layout);
    }

    /** The rule from given sketches. */
    private record Sketched(Dion rule, Sketches sketches) implements Optimizer {
        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            return rule.init(layout, horizon, sketches);
        }

        @Override
        public void step(OptimizerState state, Step step) {
            rule.step(state, step);
        }
    }

    /** The update of one matrix, which lies as [in, out] here: M is its transpose. */
    private static final class LowRank {
        private final Matrix matrix;
        private final int k;
        private final int at;
        private final Gemm into;
        private final Gemm back;
        private final Gemm whole;
        private final Qr qr;

        /** @param at where Q begins in its slot */
        LowRank(Matrix matrix, int k, int at) {
            Twin twin = Twin.selected();
            this.matrix = matrix;
            this.k = k;
            this.at = at;
            this.into = new Gemm(twin, Form.TN, k, matrix.out(), matrix.in());
            this.back = new Gemm(twin, Form.NN, matrix.in(), k, matrix.out());
            this.whole = new Gemm(twin, Form.NT, matrix.in(), matrix.out(), k);
            this.qr = new Qr(twin, matrix.out(), k);
        }

        /** Of Q. */
        int values() {
            return matrix.in() * k;
        }

        /** Values of memory beside the update: P [out, k] and (MQ)ᵀ in one place, R [in, k]. */
        int working() {
            return (matrix.out() + matrix.in()) * k;
        }

        /** Updates M and Q, and writes the update, from 0 on; false where M is 0 and there is none. */
        boolean follow(float[] g, float[] m, float[] q, float[] x, double mu, double epsilon) {
            int begin = matrix.at();
            int size = matrix.size();
            int p = size;
            int r = p + matrix.out() * k;
            for (int i = begin; i < begin + size; i++) {
                m[i] += g[i];
            }
            if (Norms.squares(m, begin, begin + size) == 0) {
                return false;
            }
            into.multiply(q, at, m, begin, x, p);
            qr.orthonormalize(x, p, x, p);
            back.multiply(m, begin, x, p, x, r);
            whole.multiply(x, r, x, p, x, 0);
            float less = (float) (1 - mu);
            for (int i = 0; i < size; i++) {
                m[begin + i] -= less * x[i];
            }
            normalizeColumns(x, r, q, epsilon);
            whole.multiply(q, at, x, p, x, 0);
            return true;
        }

        private void normalizeColumns(float[] x, int r, float[] q, double epsilon) {
            for (int c = 0; c < k; c++) {
                double squares = 0;
                for (int i = 0; i < matrix.in(); i++) {
                    squares += (double) x[r + i * k + c] * x[r + i * k + c];
                }
                double norm = Math.sqrt(squares) + epsilon;
                for (int i = 0; i < matrix.in(); i++) {
                    q[at + i * k + c] = (float) (x[r + i * k + c] / norm);
                }
            }
        }
    }

    /** Memory of one state; parts one per matrix. */
    private record Plan(HiddenMatrices tensors, List<LowRank> parts) {}
}
