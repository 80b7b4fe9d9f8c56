package io.evolo.optimizers.designed;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.Arrays;

/** What the two forms of RMSProp share. Slots: v; with momentum then b; centred then m. */
final class RmsPropLoops {
    private RmsPropLoops() {}

    static OptimizerState init(ParamLayout layout, int horizon, double momentum, boolean centred, float initialSquare) {
        float[][] slots = new float[1 + (momentum > 0 ? 1 : 0) + (centred ? 1 : 0)][layout.size()];
        Arrays.fill(slots[0], initialSquare);
        OptimizerState state = new OptimizerState(layout, horizon, slots, new float[layout.size()]);
        return momentum > 0 ? state.holding(1, OptimizerState.Content.MOMENTUM) : state;
    }

    /** Writes g/D of one tensor to its place in the scratch; updates v and m. At another place the compiler would not vectorise it. */
    static void normalize(
            OptimizerState state, Step step, int tensor, double alpha, float decay, boolean centred, float inside, float outside) {
        int begin = state.layout().offset(tensor);
        int end = state.layout().offset(tensor + 1);
        float fresh = (float) (1 - alpha);
        float[] out = state.scratch();
        if (centred) {
            centred(step.params(), step.gradient(), state.slot(0), state.slot(state.slots() - 1), out, begin, end, (float) alpha, fresh,
                    decay, inside, outside);
        } else {
            plain(step.params(), step.gradient(), state.slot(0), out, begin, end, (float) alpha, fresh, decay, inside, outside);
        }
    }

    private static void plain(
            float[] w, float[] gradient, float[] v, float[] out, int begin, int end, float alpha, float fresh, float decay,
            float inside, float outside) {
        for (int i = begin; i < end; i++) {
            float g = gradient[i] + decay * w[i];
            float square = alpha * v[i] + fresh * (g * g);
            v[i] = square;
            out[i] = g / ((float) Math.sqrt(square + inside) + outside);
        }
    }

    private static void centred(
            float[] w, float[] gradient, float[] v, float[] m, float[] out, int begin, int end, float alpha, float fresh, float decay,
            float inside, float outside) {
        for (int i = begin; i < end; i++) {
            float g = gradient[i] + decay * w[i];
            float square = alpha * v[i] + fresh * (g * g);
            float mean = alpha * m[i] + fresh * g;
            v[i] = square;
            m[i] = mean;
            float variance = Math.max(0, square - mean * mean);
            out[i] = g / ((float) Math.sqrt(variance + inside) + outside);
        }
    }

    /** b ← μ b + inside·g/D; w ← w − outside·b, with g/D from the scratch. */
    static void move(OptimizerState state, Step step, int tensor, double momentum, double inside, double outside) {
        int begin = state.layout().offset(tensor);
        int end = state.layout().offset(tensor + 1);
        if (momentum > 0) {
            move(step.params(), state.slot(1), state.scratch(), begin, end, (float) momentum, (float) inside, (float) outside);
        } else {
            Elementwise.subtract(step.params(), begin, end, (float) (inside * outside), state.scratch());
        }
    }

    private static void move(
            float[] w, float[] b, float[] direction, int begin, int end, float momentum, float inside, float outside) {
        for (int i = begin; i < end; i++) {
            float buffer = momentum * b[i] + inside * direction[i];
            b[i] = buffer;
            w[i] -= outside * buffer;
        }
    }
}
