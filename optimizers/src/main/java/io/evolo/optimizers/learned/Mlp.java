package io.evolo.optimizers.learned;

import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.List;

/**
 * The network inside a learned rule: inputs → hidden → hidden → outputs with ReLU after the first two layers, run for one element at
 * a time. Its weights are the first tensors of theta: w0 [inputs×hidden], b0, w1 [hidden×hidden], b1, w2 [hidden×outputs], b2.
 *
 * @param theta the rule's meta-parameters; owned by this record
 */
record Mlp(int inputs, int hidden, int outputs, float[] theta) {

    /** The network's part of a theta layout; initial values N_trunc(1/√fan-in) for matrices, 0 for biases. */
    static List<ParamSpec> specs(int inputs, int hidden, int outputs) {
        return List.of(
                weights("w0", inputs, hidden),
                ParamSpec.plain("b0", Shape.of(hidden)),
                weights("w1", hidden, hidden),
                ParamSpec.plain("b1", Shape.of(hidden)),
                weights("w2", hidden, outputs),
                ParamSpec.plain("b2", Shape.of(outputs)));
    }

    private static ParamSpec weights(String name, int in, int out) {
        return new ParamSpec(name, Shape.of(in, out), Role.VECTOR, in, 0, new Scaling(1 / Math.sqrt(in), 1, 1, 1));
    }

    /** Working memory that {@link #run} needs. */
    int scratch() {
        return 2 * hidden;
    }

    /**
     * Runs the network.
     *
     * @param memory holds the inputs from {@code x} on; gets the outputs from {@code y} on; its {@link #scratch} values from
     *     {@code h} on are overwritten
     */
    void run(float[] memory, int x, int h, int y) {
        int b0 = inputs * hidden;
        int w1 = b0 + hidden;
        int b1 = w1 + hidden * hidden;
        int w2 = b1 + hidden;
        int b2 = w2 + hidden * outputs;
        layer(memory, x, inputs, 0, b0, h, hidden);
        relu(memory, h);
        layer(memory, h, hidden, w1, b1, h + hidden, hidden);
        relu(memory, h + hidden);
        layer(memory, h + hidden, hidden, w2, b2, y, outputs);
    }

    private void layer(float[] memory, int x, int ins, int w, int b, int y, int outs) {
        for (int j = 0; j < outs; j++) {
            float sum = theta[b + j];
            for (int i = 0; i < ins; i++) {
                sum += memory[x + i] * theta[w + i * outs + j];
            }
            memory[y + j] = sum;
        }
    }

    private void relu(float[] memory, int h) {
        for (int j = h; j < h + hidden; j++) {
            memory[j] = Math.max(memory[j], 0);
        }
    }
}
