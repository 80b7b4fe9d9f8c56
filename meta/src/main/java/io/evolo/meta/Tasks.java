package io.evolo.meta;

import io.evolo.meta.config.Default;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.MlpFamily;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.kernels.Activation;
import java.util.List;

/**
 * One entry of a recipe's task list: multilayer perceptrons on images. See {@link MlpFamily} for how each is drawn.
 *
 * @param data the images
 * @param width units of the hidden layers
 * @param depth number of hidden layers
 * @param batch examples per batch
 * @param activations one is drawn
 * @param norm what stands before an activation
 * @param parametrization how the network scales with its width
 * @param baseWidth where muP and SP agree; 1: muLO's absolute scaling
 * @param lossScale from training loss to meta-loss
 * @param reparametrize augmentation
 */
public record Tasks(
        @Default("{}") Data data,
        @Default("32") IntRange width,
        @Default("1") IntRange depth,
        @Default("64") IntRange batch,
        @Default("relu") List<Activation> activations,
        @Default("none") MlpFamily.Norm norm,
        @Default("mup") Parametrization.Kind parametrization,
        @Default("1") int baseWidth,
        @Default("nats") LossScale lossScale,
        @Default("{}") Augmentation reparametrize) {

    public Tasks {
        activations = List.copyOf(activations);
        Checks.that(!activations.isEmpty(), "number of activations", 0, "at least 1");
        Checks.that(baseWidth >= 1, "baseWidth", baseWidth, "at least 1");
        Checks.that(width.low() >= 1, "width", width, "at least 1");
        Checks.that(batch.low() >= 1, "batch", batch, "at least 1");
    }

    /** Loads the data. The augmentation is not part of it. */
    public MlpFamily family() {
        return new MlpFamily(
                width,
                depth,
                batch,
                activations,
                norm,
                new Parametrization(parametrization, baseWidth),
                List.of(data.spec().load()),
                lossScale);
    }

    /** The same tasks on other images, prepared alike. */
    public Tasks on(String source) {
        return new Tasks(
                data.from(source),
                width,
                depth,
                batch,
                activations,
                norm,
                parametrization,
                baseWidth,
                lossScale,
                reparametrize);
    }
}
