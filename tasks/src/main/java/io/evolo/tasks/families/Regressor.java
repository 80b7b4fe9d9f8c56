package io.evolo.tasks.families;

import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.data.RegressionData;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Target;
import java.util.List;

/**
 * Multilayer perceptrons that predict values by the mean squared error.
 *
 * @param depth number of hidden layers, uniform; 0 is a linear map, whose inputs then count as its width
 * @param activations one is drawn for the whole network
 * @param norm what every hidden layer has before its activation
 */
public record Regressor(IntRange depth, List<Activation> activations, Norm norm) implements Architecture.OfValues {

    public Regressor {
        activations = List.copyOf(activations);
        if (activations.isEmpty()) {
            throw new IllegalArgumentException("activations is empty, expected at least one");
        }
    }

    @Override
    public Regressor lowest() {
        return new Regressor(IntRange.of(depth.low()), List.of(activations.getFirst()), norm);
    }

    @Override
    public Drawn draw(Rng rng, int width, Parametrization parametrization, RegressionData data) {
        int layers = depth.uniform(rng);
        Activation activation = activations.get(rng.nextInt(activations.size()));
        Network.Builder b = Network.builder(parametrization);
        Network.Value x = b.input(data.features());
        for (int layer = 1; layer <= layers; layer++) {
            x = b.affine("dense" + layer, x, width, layer == 1 ? Role.INPUT : Role.HIDDEN);
            x = b.activate(activation, norm.apply(b, "norm" + layer, x));
        }
        Network network = b.squaredError(b.affine("prediction", x, data.outputs(), Role.OUTPUT), Target.GIVEN);
        return new Drawn("regressor-w" + width + "-d" + layers + "-" + Architecture.word(activation) + norm.suffix(), network, 0);
    }
}
