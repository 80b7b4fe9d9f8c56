package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Decays.clip;
import static io.evolo.optimizers.learned.Decays.inverseRoot;
import static io.evolo.optimizers.learned.Decays.safeInverseRoot;
import static io.evolo.optimizers.learned.HyperRule.LIMIT;
import static io.evolo.optimizers.learned.LearnedState.FACTORED;
import static io.evolo.optimizers.learned.LearnedState.K;
import static io.evolo.optimizers.learned.LearnedState.MOMENTUM;
import static io.evolo.optimizers.learned.LearnedState.MORE;
import static io.evolo.optimizers.learned.LearnedState.SECOND_MOMENT;
import static io.evolo.optimizers.learned.RecurrentTheta.FEATURES;
import static io.evolo.optimizers.learned.RecurrentTheta.OUTPUTS;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Twin;

/** The plain twin of {@link Velo} and {@link Celo}: one element after the other, by the formulas. */
final class HyperPlain implements Optimizer {
    // Scratch: one element's inputs and outputs, the columns' scales, hidden units, tables of the tensor's rows and columns, then the
    // conductor's.
    private static final int X = 0;
    private static final int Y = X + FEATURES;
    private static final int SUMS = Y + OUTPUTS;
    private static final int SCALES = SUMS + 2 * FEATURES;
    private static final int HIDDEN = SCALES + FEATURES;

    /** @param mixed the network of the tensor that is being moved, written anew for each; used only where networks are mixed */
    private record Plan(Factoring factoring, Conductor.Seat seat, Mlp mixed) {}

    private final HyperRule rule;
    private final Decays decays;
    private final Conductor conductor;
    private final Mlp mlp;
    private final int tables;

    /** @param theta copied */
    HyperPlain(HyperRule rule, float[] theta) {
        this.rule = rule;
        this.decays = Decays.of(rule.decays());
        this.conductor = new Conductor(Twin.PLAIN, rule, theta);
        this.mlp = mlp(rule.mixes() ? new float[rule.places().networkSize()] : rule.places().stacked(theta));
        this.tables = HIDDEN + mlp.scratch();
    }

    private Mlp mlp(float[] network) {
        return new Mlp(FEATURES, rule.places().hidden(), OUTPUTS, network);
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        Factoring factoring = Factoring.of(layout, rule.ties());
        int seat = tables + K * factoring.mostAccumulators();
        Plan plan = new Plan(factoring, new Conductor.Seat(new LossBuffer(horizon), MORE, seat), mlp(mlp.theta().clone()));
        return LearnedState.init(layout, horizon, factoring, plan, seat + conductor.scratch(layout), conductor.slots(layout));
    }

    @Override
    public void step(OptimizerState state, Step step) {
        Plan plan = state.plan(Plan.class);
        float[] s = state.scratch();
        float[] params = step.params();
        conductor.conduct(state, step, plan.seat());
        float keep = (float) (1 - rule.rate().rate(state.t(), state.horizon()) * rule.weightDecay());
        int tensors = state.layout().tensors();
        // Not of the rule that made the state: a state outlives its rule where theta learns.
        Mlp current = rule.mixes() ? plan.mixed() : mlp;
        for (int i = 0; i < tensors; i++) {
            FactoredTensor tensor = plan.factoring().tensor(i);
            if (rule.mixes()) {
                System.arraycopy(s, conductor.network(plan.seat(), tensors, i), current.theta(), 0, current.theta().length);
            }
            accumulate(state, step, tensor);
            columnScales(state, step, tensor);
            float stepSize = s[Conductor.stepSize(plan.seat(), i)];
            for (int n = 0; n < tensor.size(); n++) {
                int e = tensor.offset() + n;
                params[e] = (params[e] - stepSize * direction(state, step, tensor, current, n)) * keep;
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

    /** Scale of each column: 1/√(1e-5 + mean over the tensor of the column's squares). */
    private void columnScales(OptimizerState state, Step step, FactoredTensor tensor) {
        float[] s = state.scratch();
        CompensatedSum.clear(s, SUMS, FEATURES);
        for (int n = 0; n < tensor.size(); n++) {
            columns(state, step, tensor, n);
            for (int i = 0; i < FEATURES; i++) {
                CompensatedSum.add(s, SUMS + 2 * i, s[X + i] * s[X + i]);
            }
        }
        for (int i = 0; i < FEATURES; i++) {
            s[SCALES + i] = inverseRoot(1e-5f + s[SUMS + 2 * i] / tensor.size());
        }
    }

    /** dir · exp(mag·expMult) of one element. */
    private float direction(OptimizerState state, Step step, FactoredTensor tensor, Mlp current, int n) {
        float[] s = state.scratch();
        columns(state, step, tensor, n);
        for (int i = 0; i < FEATURES; i++) {
            s[X + i] *= s[SCALES + i];
        }
        current.run(s, X, HIDDEN, Y);
        return s[Y] * (float) StrictMath.exp(s[Y + 1] * rule.expMult());
    }

    /** Writes the columns of element {@code n} of the tensor, not yet scaled, to the scratch's inputs. */
    private void columns(OptimizerState state, Step step, FactoredTensor tensor, int n) {
        float[] s = state.scratch();
        int e = tensor.offset() + n;
        float g = clip(step.gradient()[e], LIMIT);
        float v = state.slot(SECOND_MOMENT)[e];
        float q = inverseRoot(v + 1e-6f);
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

    /** Writes the columns of the k-th factored second moment. */
    private void secondMoments(OptimizerState state, FactoredTensor tensor, int n, int k, float g, float m) {
        float[] s = state.scratch();
        float[] accumulators = state.slot(FACTORED + k);
        int row = tensor.row(n);
        int col = tensor.col(n);
        float r = accumulators[tensor.rowOffset() + row];
        float c = accumulators[tensor.colOffset() + col];
        s[X + 15 + k] = r;
        s[X + 18 + k] = c;
        s[X + 21 + k] = inverseRoot(r + 1e-8f);
        s[X + 24 + k] = inverseRoot(c + 1e-8f);
        if (tensor.factored()) {
            int table = tables + k * tensor.accumulators();
            float factor = s[table + row] * s[table + tensor.rows() + col];
            s[X + 11 + k] = g * factor;
            s[X + 27 + k] = m * factor;
        } else {
            s[X + 11 + k] = g * safeInverseRoot(r + 1e-9f);
            s[X + 27 + k] = m * inverseRoot(r);
        }
    }
}
