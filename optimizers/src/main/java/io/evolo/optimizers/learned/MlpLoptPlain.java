package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.MlpLopt.COLUMNS;
import static io.evolo.optimizers.learned.MlpLopt.INPUTS;
import static io.evolo.optimizers.learned.MlpLopt.K;
import static io.evolo.optimizers.learned.SmallFc.OUTPUTS;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/** The plain twin of {@link MlpLopt}: one element after the other, by the formulas. Slots: the six momenta. */
final class MlpLoptPlain implements Optimizer {
    // Scratch: one element's inputs and outputs, the columns' sums and scales, hidden units.
    private static final int X = 0;
    private static final int Y = X + INPUTS;
    private static final int SUMS = Y + OUTPUTS;
    private static final int SCALES = SUMS + 2 * COLUMNS;
    private static final int HIDDEN = SCALES + COLUMNS;

    private final MlpLopt rule;
    private final Mlp mlp;
    private final float[] betas;

    /** @param theta owned by this rule */
    MlpLoptPlain(MlpLopt rule, float[] theta) {
        this.rule = rule;
        this.mlp = new Mlp(INPUTS, rule.hidden(), OUTPUTS, theta);
        this.betas = rule.betas();
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return new OptimizerState(layout, horizon, new float[K][layout.size()], new float[HIDDEN + mlp.scratch()]);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layout();
        double rate = rule.rate().rate(state.t(), state.horizon()) * rule.stepMult();
        SmallFc.timeFeatures(state.t(), state.scratch(), X + COLUMNS);
        for (int k = 0; k < K; k++) {
            average(state.slot(k), betas[k], step.gradient());
        }
        for (int i = 0; i < layout.tensors(); i++) {
            columnScales(state, step, layout.offset(i), layout.offset(i + 1));
            float stepSize = (float) (rate * layout.spec(i).scaling().adam());
            for (int e = layout.offset(i); e < layout.offset(i + 1); e++) {
                step.params()[e] -= stepSize * direction(state, step, e);
            }
        }
        state.advance();
    }

    private static void average(float[] m, float beta, float[] g) {
        for (int i = 0; i < m.length; i++) {
            m[i] = beta * m[i] + (1 - beta) * g[i];
        }
    }

    /** Scale of each column: 1/√(1e-5 + mean over the tensor of the column's squares). */
    private static void columnScales(OptimizerState state, Step step, int begin, int end) {
        float[] s = state.scratch();
        CompensatedSum.clear(s, SUMS, COLUMNS);
        for (int e = begin; e < end; e++) {
            columns(state, step, e);
            for (int i = 0; i < COLUMNS; i++) {
                CompensatedSum.add(s, SUMS + 2 * i, s[X + i] * s[X + i]);
            }
        }
        for (int i = 0; i < COLUMNS; i++) {
            s[SCALES + i] = Decays.inverseRoot(1e-5f + s[SUMS + 2 * i] / (end - begin));
        }
    }

    /** dir · exp(mag·expMult) of one element. */
    private float direction(OptimizerState state, Step step, int e) {
        float[] s = state.scratch();
        columns(state, step, e);
        for (int i = 0; i < COLUMNS; i++) {
            s[X + i] *= s[SCALES + i];
        }
        mlp.run(s, X, HIDDEN, Y);
        return s[Y] * (float) StrictMath.exp(s[Y + 1] * rule.expMult());
    }

    private static void columns(OptimizerState state, Step step, int e) {
        float[] s = state.scratch();
        s[X] = step.gradient()[e];
        s[X + 1] = step.params()[e];
        for (int k = 0; k < K; k++) {
            s[X + 2 + k] = state.slot(k)[e];
        }
    }
}
