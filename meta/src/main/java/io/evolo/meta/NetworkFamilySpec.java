package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.schema.Variant;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.families.Architecture;
import io.evolo.tasks.families.Autoencoder;
import io.evolo.tasks.families.Conv;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import io.evolo.tasks.families.Resnet;
import io.evolo.tasks.families.RnnLm;
import io.evolo.tasks.families.TransformerLm;
import io.evolo.tasks.families.Vae;
import io.evolo.tasks.families.Vit;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Networks on data; see {@link NetworkFamily} for how each is drawn.
 *
 * @param architecture which kind of network, with its own keys
 * @param data what they are trained on
 * @param width units of the layers that grow
 * @param batch examples per batch
 * @param parametrization how the network scales with its width
 * @param baseWidth where muP and SP agree; 1: muLO's absolute scaling
 * @param lossScale from training loss to meta-loss
 */
public record NetworkFamilySpec(
        @Variant(key = "family", standard = "mlp") Architecture.OfData architecture,
        @Default("{}") Data data,
        @Default("32") IntRange width,
        @Default("64") IntRange batch,
        @Default("mup") Parametrization.Kind parametrization,
        @Default("1") int baseWidth,
        @Default("nats") LossScale lossScale)
        implements ScaledFamily {

    public NetworkFamilySpec {
        Checks.that(baseWidth >= 1, "baseWidth", baseWidth, "at least 1");
        Checks.that(width.low() >= 1, "width", width, "at least 1");
        Checks.that(batch.low() >= 1, "batch", batch, "at least 1");
        data.require(architecture);
        Checks.that(data.noise() == 0 || readsLabels(architecture), "data.noise", data.noise(), "0 for what is not trained on labels");
    }

    private static boolean readsLabels(Architecture.OfData architecture) {
        return switch (architecture) {
            case Mlp _, Conv _, Resnet _, Vit _ -> true;
            case Autoencoder _, Vae _, TransformerLm _, RnnLm _ -> false;
        };
    }

    @Override
    public NetworkFamily family() {
        var scaling = new Parametrization(parametrization, baseWidth);
        return new NetworkFamily(architecture, width, batch, scaling, List.of(data.load(architecture)), lossScale);
    }

    @Override
    public NetworkFamilySpec on(UnaryOperator<String> source) {
        return new NetworkFamilySpec(architecture, data.from(source.apply(data.source())), width, batch, parametrization, baseWidth, lossScale);
    }

    @Override
    public NetworkFamilySpec under(Parametrization other) {
        return new NetworkFamilySpec(architecture, data, width, batch, other.kind(), baseUnder(other), lossScale);
    }
}
