package io.evolo.tasks.families;

import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.data.RegressionData;
import io.evolo.tasks.data.TokenData;
import java.util.Locale;

/**
 * What kind of network a family draws, with ranges for everything but its width. A record of each kind lists its fields; its static
 * {@code standard()} gives the values that a recipe need not name.
 */
public sealed interface Architecture {

    /** Networks on data that a recipe chooses. */
    sealed interface OfData extends Architecture {}

    /** Networks that see images. */
    sealed interface OfImages extends OfData permits Mlp, Conv, Resnet, Vit, Autoencoder, Vae {

        /** A network of about that width for these images; equal streams give equal networks. */
        Drawn draw(Rng rng, int width, Parametrization parametrization, Dataset images);
    }

    /** Networks that predict values. */
    sealed interface OfValues extends Architecture permits Regressor {

        /** A network of about that width for these values; equal streams give equal networks. */
        Drawn draw(Rng rng, int width, Parametrization parametrization, RegressionData data);
    }

    /** Networks that predict the next token of a text. */
    sealed interface OfText extends OfData permits TransformerLm, RnnLm {

        /** A network of about that width for this text, which reads windows of it; equal streams give equal networks. */
        Drawn draw(Rng rng, int width, Parametrization parametrization, TokenData text);
    }

    /** The same kind of network with every range at its lower end and every list at its first item. */
    Architecture lowest();

    /** An enum constant as it stands in task names. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
