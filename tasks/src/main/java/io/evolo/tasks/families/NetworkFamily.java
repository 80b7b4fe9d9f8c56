package io.evolo.tasks.families;

import io.evolo.tasks.ExampleSource;
import io.evolo.tasks.ImageExamples;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.RegressionExamples;
import io.evolo.tasks.Rng;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.TextWindows;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.data.RegressionData;
import io.evolo.tasks.data.TaskData;
import io.evolo.tasks.data.TokenData;
import io.evolo.tasks.nn.Network;
import java.util.List;

/**
 * Networks of one kind on data: what is drawn first is the data, then the width, the batch size and what the architecture leaves
 * open.
 *
 * @param architecture which kind of network, with the ranges that are its own
 * @param width units of the layers that grow, log-uniform; at least 1
 * @param batch examples in a batch, log-uniform; at least 1
 * @param parametrization how it scales with the width
 * @param data one is drawn; images or text, as the architecture wants
 * @param lossScale from training loss to meta-loss
 */
public record NetworkFamily(
        Architecture architecture,
        IntRange width,
        IntRange batch,
        Parametrization parametrization,
        List<TaskData> data,
        LossScale lossScale)
        implements TaskFamily {

    public NetworkFamily {
        data = List.copyOf(data);
        if (width.low() < 1 || batch.low() < 1) {
            throw new IllegalArgumentException("network family: width " + width + " and batch " + batch + ", expected at least 1");
        }
        if (data.isEmpty()) {
            throw new IllegalArgumentException("network family: no data, expected at least one set");
        }
    }

    /** Networks of one size on one data set, with losses in nats. */
    public static NetworkFamily of(
            Architecture architecture, int width, int batch, Parametrization parametrization, TaskData data) {
        return new NetworkFamily(
                architecture, IntRange.of(width), IntRange.of(batch), parametrization, List.of(data), LossScale.NATS);
    }

    /** The family of one network: this width and parametrization, everything else at the lower end of its range. */
    public NetworkFamily at(int units, Parametrization scaling) {
        return new NetworkFamily(
                architecture.lowest(), IntRange.of(units), IntRange.of(batch.low()), scaling, data, lossScale);
    }

    @Override
    public NetworkTask sample(Rng rng) {
        TaskData chosen = data.get(rng.nextInt(data.size()));
        int units = width.logUniform(rng);
        int examples = batch.logUniform(rng);
        Drawn drawn = draw(rng, units, chosen);
        String name = drawn.name() + " on " + chosen.name();
        ExampleSource source = source(chosen, drawn.network(), examples);
        return new NetworkTask(name, drawn.network(), source, examples, lossScale.of(drawn.classes()));
    }

    private Drawn draw(Rng rng, int units, TaskData chosen) {
        return switch (architecture) {
            case Architecture.OfImages images when chosen instanceof Dataset dataset ->
                images.draw(rng, units, parametrization, dataset);
            case Architecture.OfText texts when chosen instanceof TokenData text ->
                texts.draw(rng, units, parametrization, text);
            case Architecture.OfValues values when chosen instanceof RegressionData regression ->
                values.draw(rng, units, parametrization, regression);
            case Architecture.OfValues _ -> throw unfit("values", chosen);
            case Architecture.OfImages _ -> throw unfit("images", chosen);
            case Architecture.OfText _ -> throw unfit("text", chosen);
        };
    }

    private static ExampleSource source(TaskData chosen, Network network, int examples) {
        return switch (chosen) {
            case Dataset images -> new ImageExamples(images);
            case RegressionData values -> new RegressionExamples(values);
            case TokenData text -> {
                int length = network.input().size();
                text.requireBatch(examples, length);
                yield new TextWindows(text, length);
            }
        };
    }

    private static IllegalArgumentException unfit(String wanted, TaskData chosen) {
        return new IllegalArgumentException("this family of networks takes " + wanted + ", but '" + chosen.name() + "' holds none");
    }
}
