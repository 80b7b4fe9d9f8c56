package io.evolo.optimizers.learned;

import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the parts of a theta with a recurrent network are: three mixing layers of which the first takes no part (it is there so that
 * published weights fit), the LSTM, the layer to the controls if there is one, the layer to the step size, the LSTM's initial state,
 * and then, for each of {@code basis} networks, the network for one parameter.
 *
 * @param inputs numbers that the LSTM is told of a tensor
 * @param lstm its units H
 * @param controls outputs of the layer to the controls; 0: there is none
 * @param basis networks that are mixed; 0: there are none
 * @param hidden hidden units of each of them
 */
record RecurrentTheta(int inputs, int lstm, int controls, int basis, int hidden) {
    /** Inputs of the network for one parameter. */
    static final int FEATURES = 30;

    static final int OUTPUTS = 3;

    private int mixing() {
        return (inputs + 1) * lstm;
    }

    /** The mixing layer whose largest outputs over all tensors are added. */
    int maxLayer() {
        return mixing();
    }

    int directLayer() {
        return 2 * mixing();
    }

    /** The LSTM's weights [2H, 4H], biases behind them; inputs x and then h, gates in the order i, g, f, o. */
    int gates() {
        return 3 * mixing();
    }

    int controlsLayer() {
        return gates() + (2 * lstm + 1) * 4 * lstm;
    }

    int stepLayer() {
        return controlsLayer() + (controls == 0 ? 0 : (lstm + 1) * controls);
    }

    /** The LSTM's initial h, and c behind it. */
    int initialState() {
        return stepLayer() + lstm + 1;
    }

    /** The first layers' weights of all networks [basis, FEATURES, hidden]; then b0, w1, b1, w2, b2, of all networks each. */
    int networks() {
        return initialState() + 2 * lstm;
    }

    /** Weights and biases of one network. */
    int networkSize() {
        return hidden * (FEATURES + 1 + hidden + 1 + OUTPUTS) + OUTPUTS;
    }

    /** The networks out of theta, one behind the other, each as {@link Mlp} has it: [basis, networkSize]. */
    float[] stacked(float[] theta) {
        float[] stacked = new float[basis * networkSize()];
        int from = networks();
        int to = 0;
        for (int size : new int[] {FEATURES * hidden, hidden, hidden * hidden, hidden, hidden * OUTPUTS, OUTPUTS}) {
            for (int k = 0; k < basis; k++) {
                System.arraycopy(theta, from + k * size, stacked, k * networkSize() + to, size);
            }
            from += basis * size;
            to += size;
        }
        return stacked;
    }

    /**
     * The tensors of the recurrent part, in order.
     *
     * @param layers names of the layers: unused, max, direct, LSTM, controls (ignored if there are none), step size
     * @param weights what follows a layer's name in that of its weights
     * @param biases what follows it in that of its biases
     * @param states names of the initial h and c
     */
    List<ParamSpec> specs(List<String> layers, String weights, String biases, List<String> states) {
        int[] ins = {inputs, inputs, inputs, 2 * lstm, lstm, lstm};
        int[] outs = {lstm, lstm, lstm, 4 * lstm, controls, 1};
        List<ParamSpec> specs = new ArrayList<>();
        for (int i = 0; i < ins.length; i++) {
            if (outs[i] > 0) {
                specs.add(random(layers.get(i) + weights, ins[i], Shape.of(ins[i], outs[i])));
                specs.add(ParamSpec.plain(layers.get(i) + biases, Shape.of(outs[i])));
            }
        }
        states.forEach(state -> specs.add(ParamSpec.plain(state, Shape.of(1, lstm))));
        return specs;
    }

    /** A tensor with initial values N_trunc(1/√fan-in). */
    static ParamSpec random(String name, int fanIn, Shape shape) {
        return new ParamSpec(name, shape, Role.VECTOR, fanIn, 0, new Scaling(1 / Math.sqrt(fanIn), 1, 1, 1));
    }
}
