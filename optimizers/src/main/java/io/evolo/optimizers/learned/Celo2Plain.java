package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Celo2.INPUTS;
import static io.evolo.optimizers.learned.Celo2.LIMIT;
import static io.evolo.optimizers.learned.Celo2.OUTPUTS;
import static io.evolo.optimizers.learned.Celo2.VECTOR_INPUTS;
import static io.evolo.optimizers.learned.Decays.clip;
import static io.evolo.optimizers.learned.Decays.inverseRoot;
import static io.evolo.optimizers.learned.Decays.safeInverseRoot;
import static io.evolo.optimizers.learned.LearnedState.FACTORED;
import static io.evolo.optimizers.learned.LearnedState.K;
import static io.evolo.optimizers.learned.LearnedState.MOMENTUM;
import static io.evolo.optimizers.learned.LearnedState.SECOND_MOMENT;

import io.evolo.optimizers.designed.AdamUpdate;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Twin;
import java.util.List;

/** The plain twin of {@link Celo2}: one element after the other, by the formulas. */
final class Celo2Plain implements Optimizer {
    private static final AdamUpdate.Moments MOMENTS = new AdamUpdate.Moments(MOMENTUM, SECOND_MOMENT);

    // Scratch: one element's inputs and outputs, the columns' scales, hidden units, tables of the tensor's rows and columns, then
    // one slice's directions.
    private static final int X = 0;
    private static final int Y = X + INPUTS;
    private static final int SUMS = Y + OUTPUTS;
    private static final int SCALES = SUMS + 2 * INPUTS;
    private static final int H = SCALES + INPUTS;

    private record Plan(Factoring factoring, Orthogonalizers orthogonalizers) {}

    private final Celo2 rule;
    private final Mlp mlp;
    private final Decays decays;
    private final int tables;

    /** @param theta owned by this rule */
    Celo2Plain(Celo2 rule, float[] theta) {
        this.rule = rule;
        this.decays = Decays.of(rule.decays());
        this.mlp = new Mlp(INPUTS, rule.hidden(), OUTPUTS, theta);
        this.tables = H + mlp.scratch();
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        Factoring factoring = Factoring.of(layout);
        Plan plan = new Plan(factoring, rule.orthogonalizers(factoring, Twin.PLAIN));
        int slice = factoring.tensors().stream().mapToInt(FactoredTensor::sliceSize).max().orElse(0);
        return LearnedState.init(layout, horizon, factoring, plan, tables + K * factoring.mostAccumulators() + slice);
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return rule.remarks(layout);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        Factoring factoring = state.plan(Plan.class).factoring();
        double rate = rule.rate().rate(state.t(), state.horizon());
        for (int i = 0; i < state.layout().tensors(); i++) {
            FactoredTensor tensor = factoring.tensor(i);
            double scale = rule.scale(state.layout().spec(i));
            if (rule.isMovedByAdam(state.layout().spec(i)) && rule.vectors() instanceof Celo2.ByAdam vectors) {
                double vectorRate = rate * vectors.rateMultiplier();
                vectors.adam().apply(state, step, i, MOMENTS, vectorRate * scale, 1 - vectorRate * rule.weightDecay());
            } else {
                accumulate(state, step, tensor);
                for (int first = 0; first < tensor.size(); first += tensor.sliceSize()) {
                    moveSlice(state, step, tensor, first, (float) (rate * scale), (float) (1 - rate * rule.weightDecay()));
                }
            }
        }
        state.advance();
    }

    private void accumulate(OptimizerState state, Step step, FactoredTensor tensor) {
        float[] scratch = state.scratch();
        decays.update(state, tensor, step.gradient(), LIMIT, scratch, tables);
        for (int k = 0; k < K && tensor.factored(); k++) {
            Decays.factors(state, tensor, k, scratch, tables + k * tensor.accumulators());
        }
    }

    /** Moves the slice whose first element is {@code first}. */
    private void moveSlice(OptimizerState state, Step step, FactoredTensor tensor, int first, float rate, float keep) {
        float[] s = state.scratch();
        int count = tensor.sliceSize();
        int directions = tables + K * tensor.accumulators();
        columnScales(state, step, tensor, first);
        for (int i = 0; i < count; i++) {
            s[directions + i] = direction(state, step, tensor, first + i);
        }
        if (rule.orthogonalize() && tensor.factored()) {
            state.plan(Plan.class).orthogonalizers().apply(tensor, s, directions);
        }
        float unit = inverseRoot(1e-9f + meanSquare(s, directions, count));
        float[] p = step.params();
        for (int i = 0; i < count; i++) {
            int e = tensor.offset() + first + i;
            p[e] = keep * p[e] - rate * (s[directions + i] * unit);
        }
    }

    private static float meanSquare(float[] x, int at, int count) {
        double sum = 0;
        for (int i = at; i < at + count; i++) {
            sum += (double) x[i] * x[i];
        }
        return (float) (sum / count);
    }

    /** Scale of each column: 1/√(1e-9 + mean over the slice of the column's squares). */
    private void columnScales(OptimizerState state, Step step, FactoredTensor tensor, int first) {
        float[] s = state.scratch();
        int inputs = inputs(tensor);
        CompensatedSum.clear(s, SUMS, INPUTS);
        for (int n = first; n < first + tensor.sliceSize(); n++) {
            columns(state, step, tensor, n);
            for (int i = 0; i < inputs; i++) {
                CompensatedSum.add(s, SUMS + 2 * i, s[X + i] * s[X + i]);
            }
        }
        for (int i = 0; i < inputs; i++) {
            s[SCALES + i] = inverseRoot(1e-9f + s[SUMS + 2 * i] / tensor.sliceSize());
        }
    }

    private static int inputs(FactoredTensor tensor) {
        return tensor.factored() ? INPUTS : VECTOR_INPUTS;
    }

    private float direction(OptimizerState state, Step step, FactoredTensor tensor, int n) {
        float[] s = state.scratch();
        columns(state, step, tensor, n);
        for (int i = 0; i < inputs(tensor); i++) {
            s[X + i] *= s[SCALES + i];
        }
        mlp.run(s, X, H, Y);
        return s[Y];
    }

    /** Writes the columns of element {@code n} of the tensor, not yet scaled, to the scratch's inputs. */
    private void columns(OptimizerState state, Step step, FactoredTensor tensor, int n) {
        float[] s = state.scratch();
        int e = tensor.offset() + n;
        float g = clip(step.gradient()[e], LIMIT);
        float v = state.slot(SECOND_MOMENT)[e];
        float q = inverseRoot(v + 1e-8f);
        s[X] = g;
        s[X + 1] = clip(g, 0.1f);
        s[X + 2] = step.params()[e];
        s[X + 6] = v;
        s[X + 10] = q;
        s[X + 14] = g * q;
        for (int k = 0; k < K; k++) {
            float m = state.slot(MOMENTUM + k)[e];
            s[X + 3 + k] = m;
            s[X + 7 + k] = m * q;
            secondMoments(state, tensor, n, k, g, m);
        }
    }

    /** Writes the columns of the k-th factored second moment; a tensor of rank 0 or 1 has one of six, the others are 0. */
    private void secondMoments(OptimizerState state, FactoredTensor tensor, int n, int k, float g, float m) {
        float[] s = state.scratch();
        float[] accumulators = state.slot(FACTORED + k);
        int row = tensor.row(n);
        float r = accumulators[tensor.rowOffset() + row];
        if (!tensor.factored()) {
            s[X + 11 + k] = g * safeInverseRoot(r + 1e-9f);
            for (int i = VECTOR_INPUTS + k; i < INPUTS; i += K) {
                s[X + i] = 0;
            }
            return;
        }
        int col = tensor.col(n);
        float c = accumulators[tensor.colOffset() + col];
        int table = tables + k * tensor.accumulators();
        float factor = s[table + row] * s[table + tensor.rows() + col];
        s[X + 11 + k] = g * factor;
        s[X + 15 + k] = r;
        s[X + 18 + k] = c;
        s[X + 21 + k] = inverseRoot(r + 1e-8f);
        s[X + 24 + k] = inverseRoot(c + 1e-8f);
        s[X + 27 + k] = m * factor;
    }
}
