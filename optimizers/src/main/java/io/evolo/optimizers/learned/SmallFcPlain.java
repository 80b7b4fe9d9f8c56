package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Decays.inverseRoot;
import static io.evolo.optimizers.learned.Decays.safeInverseRoot;
import static io.evolo.optimizers.learned.LearnedState.FACTORED;
import static io.evolo.optimizers.learned.LearnedState.K;
import static io.evolo.optimizers.learned.LearnedState.MOMENTUM;
import static io.evolo.optimizers.learned.LearnedState.SECOND_MOMENT;
import static io.evolo.optimizers.learned.SmallFc.COLUMNS;
import static io.evolo.optimizers.learned.SmallFc.INPUTS;
import static io.evolo.optimizers.learned.SmallFc.OUTPUTS;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/** The plain twin of {@link SmallFc}: one element after the other, by the formulas. About a microsecond per element. */
final class SmallFcPlain implements Optimizer {
    // Scratch: one element's inputs and outputs, the columns' scales, hidden units, then tables of the tensor's rows and columns.
    private static final int X = 0;
    private static final int Y = X + INPUTS;
    private static final int SUMS = Y + OUTPUTS;
    private static final int SCALES = SUMS + 2 * COLUMNS;
    private static final int H = SCALES + COLUMNS;

    private final SmallFc rule;
    private final Mlp mlp;
    private final Decays decays;
    private final int tables;

    /** @param theta owned by this rule */
    SmallFcPlain(SmallFc rule, float[] theta) {
        this.rule = rule;
        this.mlp = new Mlp(INPUTS, rule.hidden(), OUTPUTS, theta);
        this.decays = rule.decays(theta);
        this.tables = H + mlp.scratch();
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        Factoring factoring = Factoring.of(layout);
        return LearnedState.init(layout, horizon, factoring, factoring, tables + K * factoring.mostAccumulators());
    }

    @Override
    public void step(OptimizerState state, Step step) {
        Factoring factoring = state.plan(Factoring.class);
        double rate = rule.rate().rate(state.t(), state.horizon());
        float keep = (float) (1 - rate * rule.weightDecay());
        float before = rule.form().decayWithStep() ? keep : 1;
        float after = rule.form().decayWithStep() ? 1 : keep;
        SmallFc.timeFeatures(state.t(), state.scratch(), X + COLUMNS);
        for (int i = 0; i < state.layout().tensors(); i++) {
            FactoredTensor tensor = factoring.tensor(i);
            accumulate(state, step, tensor);
            columnScales(state, step, tensor);
            float stepSize = (float) (rate * state.layout().spec(i).scaling().adam() * rule.stepMult());
            for (int n = 0; n < tensor.size(); n++) {
                int e = tensor.offset() + n;
                step.params()[e] = (before * step.params()[e] - stepSize * direction(state, step, tensor, n)) * after;
            }
        }
        state.advance();
    }

    private void accumulate(OptimizerState state, Step step, FactoredTensor tensor) {
        float[] scratch = state.scratch();
        decays.update(state, tensor, step.gradient(), Float.POSITIVE_INFINITY, scratch, tables);
        for (int k = 0; k < K && tensor.factored(); k++) {
            Decays.factors(state, tensor, k, scratch, tables + k * tensor.accumulators());
        }
    }

    /** Scale of each column: 1/√(1e-5 + mean over the tensor of the column's squares). */
    private void columnScales(OptimizerState state, Step step, FactoredTensor tensor) {
        float[] s = state.scratch();
        CompensatedSum.clear(s, SUMS, COLUMNS);
        for (int n = 0; n < tensor.size(); n++) {
            columns(state, step, tensor, n);
            for (int i = 0; i < COLUMNS; i++) {
                CompensatedSum.add(s, SUMS + 2 * i, s[X + i] * s[X + i]);
            }
        }
        for (int i = 0; i < COLUMNS; i++) {
            s[SCALES + i] = inverseRoot(1e-5f + s[SUMS + 2 * i] / tensor.size());
        }
    }

    /** dir · exp(mag·expMult) of one element. */
    private float direction(OptimizerState state, Step step, FactoredTensor tensor, int n) {
        float[] s = state.scratch();
        columns(state, step, tensor, n);
        for (int i = 0; i < COLUMNS; i++) {
            s[X + i] *= s[SCALES + i];
        }
        mlp.run(s, X, H, Y);
        return s[Y] * (float) StrictMath.exp(s[Y + 1] * rule.expMult());
    }

    /** Writes the columns of element {@code n} of the tensor, not yet scaled, to the scratch's inputs. */
    private void columns(OptimizerState state, Step step, FactoredTensor tensor, int n) {
        float[] s = state.scratch();
        int e = tensor.offset() + n;
        int row = tensor.row(n);
        int col = tensor.col(n);
        float g = step.gradient()[e];
        float v = state.slot(SECOND_MOMENT)[e];
        float q = inverseRoot(v + 1e-6f);
        s[X] = g;
        s[X + 1] = step.params()[e];
        s[X + 5] = v;
        s[X + 9] = q;
        for (int k = 0; k < K; k++) {
            float m = state.slot(MOMENTUM + k)[e];
            float r = state.slot(FACTORED + k)[tensor.rowOffset() + row];
            float c = state.slot(FACTORED + k)[tensor.colOffset() + col];
            s[X + 2 + k] = m;
            s[X + 6 + k] = m * q;
            s[X + 13 + k] = r;
            s[X + 16 + k] = c;
            s[X + 19 + k] = inverseRoot(r + 1e-8f);
            s[X + 22 + k] = inverseRoot(c + 1e-8f);
            if (tensor.factored()) {
                int table = tables + k * tensor.accumulators();
                float factor = s[table + row] * s[table + tensor.rows() + col];
                s[X + 10 + k] = g * factor;
                s[X + 25 + k] = m * factor;
            } else {
                s[X + 10 + k] = g * safeInverseRoot(r + 1e-9f);
                s[X + 25 + k] = m * inverseRoot(r + 1e-6f);
            }
        }
    }
}
