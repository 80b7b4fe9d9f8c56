package io.evolo.tasks.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Evaluation;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.NetworkOptimizee;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataException;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.data.TaskData;
import io.evolo.tasks.data.TokenData;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.EvidenceBound;
import io.evolo.tasks.kernels.RecurrentCell;
import io.evolo.tasks.nn.Op;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitecturesTest {
    private static final TaskData IMAGES = DataSpec.strokes(8).load();
    private static final TokenData TEXT = text();

    static Stream<Architecture> all() {
        return Stream.concat(
                Stream.of(
                        new Mlp(IntRange.of(2), List.of(Activation.RELU), Norm.BATCH, 0.2, Loss.SQUARED_ERROR),
                        new Mlp(IntRange.of(2), List.of(Activation.TANH), Norm.LAYER, 0, Loss.CROSS_ENTROPY),
                        new Conv(IntRange.of(2), IntRange.of(2), List.of(1, 2), List.of(Activation.GELU), Norm.BATCH),
                        new Resnet(IntRange.of(1), List.of(1, 2), 3, Norm.LAYER),
                        new Vae(IntRange.of(1), IntRange.of(3), List.of(Activation.TANH), EvidenceBound.Likelihood.BERNOULLI)),
                Stream.concat(
                        Stream.of(
                                Mlp.standard(), Conv.standard(), Resnet.standard(), Vit.standard(), TransformerLm.standard(),
                                Autoencoder.standard(), Vae.standard()),
                        Arrays.stream(RecurrentCell.values())
                                .map(cell -> new RnnLm(List.of(cell), IntRange.of(2), IntRange.of(9)))));
    }

    @ParameterizedTest
    @MethodSource("all")
    void plainGradientDescentLowersTheLossOfOneBatch(Architecture architecture) {
        NetworkTask task = task(architecture, Parametrization.standard());
        NetworkOptimizee optimizee = task.open();
        float[] w = new float[task.layout().size()];
        float[] gradient = new float[w.length];
        optimizee.init(Rng.of(1, "init"), w);
        BatchKey key = BatchKey.of(Split.TRAIN, 1, "batches");
        float before = optimizee.lossAndGradient(w, key, 0, gradient);
        double norm = 0;
        for (float g : gradient) {
            norm += g * g;
        }
        // A step that short follows the slope: the loss falls by about step · |gradient|.
        double step = 1e-2 / Math.sqrt(norm);
        for (int i = 0; i < w.length; i++) {
            w[i] -= (float) (step * gradient[i]);
        }

        float after = optimizee.loss(w, key, 0);

        assertThat(after).isLessThan(before);
        assertThat((before - after) / (step * norm)).isBetween(0.5, 1.5);
    }

    @ParameterizedTest
    @MethodSource("all")
    void batchesAndEvaluationsAreFunctionsOfTheirNames(Architecture architecture) {
        NetworkTask task = task(architecture, Parametrization.mup(4));
        NetworkOptimizee one = task.open();
        NetworkOptimizee other = task.open();
        float[] w = new float[task.layout().size()];
        one.init(Rng.of(1, "init"), w);
        BatchKey key = BatchKey.of(Split.TRAIN, 1, "batches");
        Evaluation first = one.evaluate(w, Split.TEST, 20);
        float loss = one.loss(w, key, 3);

        other.loss(w, key, 1);

        assertThat(other.loss(w, key, 3)).isEqualTo(loss);
        assertThat(other.evaluate(w, Split.TEST, 20)).isEqualTo(first);
        assertThat(first.examples()).isEqualTo(20);
        boolean classifies = !(architecture instanceof Autoencoder || architecture instanceof Vae);
        assertThat(Double.isNaN(first.accuracy())).isEqualTo(!classifies);
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyMatrixHasTheRoleOfItsPlace(Architecture architecture) {
        List<ParamSpec> narrow = matrices(architecture, 8);
        List<ParamSpec> wide = matrices(architecture, 16);

        for (int i = 0; i < narrow.size(); i++) {
            ParamSpec spec = narrow.get(i);
            int rank = spec.shape().rank();
            boolean inGrows = spec.shape().axis(rank - 2) < wide.get(i).shape().axis(rank - 2);
            boolean outGrows = spec.shape().axis(rank - 1) < wide.get(i).shape().axis(rank - 1);
            Role expected = !inGrows ? Role.INPUT : outGrows ? Role.HIDDEN : Role.OUTPUT;
            assertThat(spec.role()).as(spec.name()).isEqualTo(expected);
        }
    }

    @Test
    void namesSayWhatTheNetworkIs() {
        assertThat(all().map(architecture -> task(architecture, Parametrization.standard()).name()))
                .contains(
                        "mlp-w8-d2-relu-bn-drop0.2-mse on strokes8",
                        "conv-w8-d2-s2-gelu-bn on strokes8",
                        "resnet-w8-g3-b1-bn on strokes8",
                        "vit-w8-d2-h4-p2 on strokes8",
                        "transformer-lm-w8-d2-h4-l32 on abc",
                        "rnn-lm-gru-w8-d2-l9 on abc",
                        "autoencoder-w8-d1-z2-relu on strokes8",
                        "vae-w8-d1-z16-relu-gaussian on strokes8");
    }

    @Test
    void theThreeRecurrentCellsAreThreeNetworks() {
        Set<Integer> sizes = Arrays.stream(RecurrentCell.values())
                .map(cell -> task(new RnnLm(List.of(cell), IntRange.of(1), IntRange.of(9)), Parametrization.standard()))
                .map(task -> task.layout().size())
                .collect(Collectors.toSet());

        assertThat(sizes).hasSize(3);
    }

    @Test
    void widthsOfTransformersAreRoundedUpToTheirHeads() {
        NetworkFamily family = NetworkFamily.of(TransformerLm.standard(), 10, 4, Parametrization.standard(), TEXT);

        assertThat(family.sample(Rng.of(1, "task")).name()).startsWith("transformer-lm-w12-");
    }

    @Test
    void headsOfOneSizeBecomeMoreWithTheWidth() {
        var architecture = new TransformerLm(IntRange.of(1), 4, 8, IntRange.of(4), 2, 0);
        NetworkTask narrow = NetworkFamily.of(architecture, 10, 4, Parametrization.mup(16), TEXT).sample(Rng.of(1, "task"));
        NetworkTask wide = NetworkFamily.of(architecture, 64, 4, Parametrization.mup(16), TEXT).sample(Rng.of(1, "task"));

        assertThat(narrow.name()).startsWith("transformer-lm-w16-d1-hs8-");
        assertThat(attention(narrow).heads()).isEqualTo(2);
        assertThat(attention(wide).heads()).isEqualTo(8);
        assertThat(attention(wide).factor()).isEqualTo(attention(narrow).factor());
    }

    private static Op.Attention attention(NetworkTask task) {
        return task.network().ops().stream()
                .filter(Op.Attention.class::isInstance)
                .map(Op.Attention.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void imagesAreNoTextAndAShortTextIsNoBatch() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkFamily.of(TransformerLm.standard(), 8, 4, Parametrization.standard(), IMAGES)
                        .sample(Rng.of(1, "task")))
                .withMessageContaining("takes text, but 'strokes8' holds none");
        assertThatThrownBy(() -> NetworkFamily.of(TransformerLm.standard(), 8, 64, Parametrization.standard(), TEXT)
                        .sample(Rng.of(1, "task")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("fewer than one batch of 64 windows of 32");
    }

    @Test
    void componentsOutOfRangeAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Vit(IntRange.of(1), 4, 0, 2, 4, 1))
                .withMessageContaining("dropout is 1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Vit(IntRange.of(1), 0, 0, 2, 4, 0))
                .withMessageContaining("heads is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Vit(IntRange.of(1), 4, -1, 2, 4, 0))
                .withMessageContaining("headSize is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Resnet(IntRange.of(1), List.of(1), 4, Norm.NONE))
                .withMessageContaining("kernel is 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RnnLm(List.of(), IntRange.of(1), IntRange.of(4)))
                .withMessageContaining("cells is empty");
    }

    private static List<ParamSpec> matrices(Architecture architecture, int width) {
        return family(architecture, Parametrization.mup(4)).at(width, Parametrization.mup(4)).sample(Rng.of(1, "task"))
                .layout()
                .specs()
                .stream()
                .filter(spec -> spec.shape().rank() > 1)
                .toList();
    }

    private static NetworkTask task(Architecture architecture, Parametrization parametrization) {
        return family(architecture, parametrization).sample(Rng.of(1, "task"));
    }

    private static NetworkFamily family(Architecture architecture, Parametrization parametrization) {
        TaskData data = architecture instanceof Architecture.OfText ? TEXT : IMAGES;
        return new NetworkFamily(
                architecture, IntRange.of(8), IntRange.of(4), parametrization, List.of(data), LossScale.CLIPPED);
    }

    private static TokenData text() {
        Map<Split, int[]> parts = Arrays.stream(Split.values()).collect(Collectors.toMap(split -> split, split -> {
            Rng rng = Rng.of(1, "text", split.ordinal());
            int[] ids = new int[1000];
            Arrays.setAll(ids, i -> rng.nextInt(7));
            return ids;
        }));
        return new TokenData("abc", List.of("a", "b", "c", "d", "e", "f", "g"), parts, OptionalDouble.empty());
    }
}
