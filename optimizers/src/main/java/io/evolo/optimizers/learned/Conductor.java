package io.evolo.optimizers.learned;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Twin;
import java.util.Arrays;
import java.util.List;

/**
 * The part of VeLO, Celo and Celo-Adam that comes before any element is moved: takes in the loss, runs the recurrent network, and so
 * gives every tensor its step size and, for VeLO, its network. Immutable; what it remembers are three slots of the state: the
 * {@link LossBuffer}, and the LSTM's h and c [rows, H].
 */
final class Conductor {
    /** How far in the run: tanh(10·(t/T − x)) for these x. */
    private static final float[] FRACTIONS = {0.03f, 0.1f, 0.2f, 0.4f, 0.6f, 0.8f, 0.9f, 1, 1.1f};

    /** Inputs of the recurrent network that are the same for every tensor. */
    static final int COMMON = 9 + LossBuffer.FEATURES;

    /** Inputs of the recurrent network where it is told of each tensor. */
    static final int ALL = COMMON + TensorStatistics.FEATURES;

    private static final int LOSSES = 0;
    private static final int H = 1;
    private static final int C = 2;

    private final HyperRule rule;
    private final Twin twin;
    private final TensorLstm lstm;
    private final float[] initialH;
    private final float[] initialC;

    /** @param theta copied */
    Conductor(Twin twin, HyperRule rule, float[] theta) {
        this.rule = rule;
        this.twin = twin;
        this.lstm = new TensorLstm(twin, rule, theta);
        int units = rule.places().lstm();
        this.initialH = Arrays.copyOfRange(theta, rule.places().initialState(), rule.places().initialState() + units);
        this.initialC = Arrays.copyOfRange(
                theta, rule.places().initialState() + units, rule.places().initialState() + 2 * units);
    }

    /** The three slots before the first step. */
    List<float[]> slots(ParamLayout layout) {
        if (!rule.scheduled()) {
            return List.of();
        }
        int rows = rule.rows(layout.tensors());
        return List.of(LossBuffer.init(), tiled(initialH, rows), tiled(initialC, rows));
    }

    private static float[] tiled(float[] x, int rows) {
        float[] tiled = new float[rows * x.length];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(x, 0, tiled, row * x.length, x.length);
        }
        return tiled;
    }

    /**
     * What a state's plan keeps of this.
     *
     * @param losses for its horizon
     * @param slot the first of the three slots
     * @param at where the working memory begins in the scratch array: {@link #scratch} values
     */
    record Seat(LossBuffer losses, int slot, int at) {}

    /** Working memory: every tensor's step size, its sums, the inputs, and the recurrent network's. */
    int scratch(ParamLayout layout) {
        int tensors = layout.tensors();
        int rows = rule.rows(tensors);
        int inputs = rule.scheduled() ? rows * rule.places().inputs() + lstm.scratch(rows) : 0;
        return tensors * (1 + TensorStatistics.SUMS) + TensorStatistics.SCRATCH + inputs;
    }

    /** Where a tensor's step size is after {@link #conduct}: what dir·exp(mag·expMult), or Adam's direction, is multiplied by. */
    static int stepSize(Seat seat, int tensor) {
        return seat.at() + tensor;
    }

    private static int sums(Seat seat, int tensors, int tensor) {
        return seat.at() + tensors + tensor * TensorStatistics.SUMS;
    }

    private static int statisticsWork(Seat seat, int tensors) {
        return sums(seat, tensors, tensors);
    }

    private static int inputs(Seat seat, int tensors) {
        return statisticsWork(seat, tensors) + TensorStatistics.SCRATCH;
    }

    private int lstmWork(Seat seat, int tensors) {
        return inputs(seat, tensors) + rule.rows(tensors) * rule.places().inputs();
    }

    /** Where a tensor's network is after {@link #conduct}, as {@link Mlp} has it; only if networks are mixed. */
    int network(Seat seat, int tensors, int tensor) {
        return lstm.network(lstmWork(seat, tensors), rule.rows(tensors), tensor);
    }

    /** One step, before the accumulators are updated; changes the three slots in place, but not the state's step count. */
    void conduct(OptimizerState state, Step step, Seat seat) {
        ParamLayout layout = state.layout();
        int tensors = layout.tensors();
        float[] s = state.scratch();
        for (int i = 0; i < tensors && (rule.byParameterScale() || rule.tensorFeatures()); i++) {
            TensorStatistics.meanSquare(twin, step.params(), layout.offset(i), layout.offset(i + 1), s, sums(seat, tensors, i),
                    statisticsWork(seat, tensors));
        }
        if (rule.scheduled()) {
            runNetwork(state, step, seat);
        }
        double rate = rule.rate().rate(state.t(), state.horizon()) * rule.stepMult();
        for (int i = 0; i < tensors; i++) {
            double scale = rule.byParameterScale() ? Math.sqrt(s[sums(seat, tensors, i)] + 1e-9) : 1;
            s[stepSize(seat, i)] = (float) (rate * layout.spec(i).scaling().adam() * scale * multiplier(s, seat, tensors, i));
        }
    }

    private void runNetwork(OptimizerState state, Step step, Seat seat) {
        int tensors = state.layout().tensors();
        int rows = rule.rows(tensors);
        int inputs = rule.places().inputs();
        float[] s = state.scratch();
        float[] losses = state.slot(seat.slot() + LOSSES);
        seat.losses().update(losses, state.t(), step.loss());
        for (int row = 0; row < rows; row++) {
            int x = inputs(seat, tensors) + row * inputs;
            for (int i = 0; i < FRACTIONS.length; i++) {
                s[x + i] = (float) StrictMath.tanh(10 * ((float) state.t() / state.horizon() - FRACTIONS[i]));
            }
            seat.losses().features(losses, state.t() + 1, s, x + FRACTIONS.length);
            if (rule.tensorFeatures()) {
                int sums = sums(seat, tensors, row);
                TensorStatistics.moments(twin, state, state.layout().offset(row), state.layout().offset(row + 1), s, sums,
                        statisticsWork(seat, tensors));
                TensorStatistics.features(s, sums, state.layout().spec(row).shape(), x + COMMON);
            }
        }
        lstm.run(s, inputs(seat, tensors), inputs, rows, state.slot(seat.slot() + H), state.slot(seat.slot() + C),
                lstmWork(seat, tensors));
    }

    private double multiplier(float[] s, Seat seat, int tensors, int tensor) {
        if (!rule.scheduled()) {
            return 1;
        }
        int rows = rule.rows(tensors);
        double raw = s[lstm.stepSize(lstmWork(seat, tensors), rows, rows == 1 ? 0 : tensor)];
        return rule.headFactor() * (rule.exponential() ? StrictMath.exp(raw) : raw);
    }
}
