package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.LearnedOptimizers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Every rule of this project moves a network whose batch norm parts it into blocks, or says why it cannot. */
class EveryRuleTest {
    private static final List<DataSet> DATA = Networks.batches(3, Networks.SIDE * Networks.SIDE);

    /** They read layer inputs, other losses or a second objective. */
    private static final Set<String> REFUSED = Set.of("kfac", "mkor", "mkor-h", "zo-signsgd", "ngdiff");

    static Stream<String> designed() {
        return HandDesigned.names().stream();
    }

    static Stream<String> learned() {
        return LearnedOptimizers.names().stream().filter(name -> !name.equals("velo")); // AttachTest and others have it; it is large
    }

    @ParameterizedTest
    @MethodSource("designed")
    void handDesigned(String name) {
        if (REFUSED.contains(name)) {
            assertThatThrownBy(() -> new HandDesignedUpdater(name, 0.01))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Dl4jTask");
            return;
        }
        assertMoves(new HandDesignedUpdater(name, 0.01).horizon(DATA.size()));
    }

    @ParameterizedTest
    @MethodSource("learned")
    void learnedRules(String name) {
        assertMoves(new LearnedUpdater(Networks.pack(name, LearnedOptimizers.of(name, Map.of()))).horizon(DATA.size()));
    }

    private static void assertMoves(RuleUpdater updater) {
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(Networks.convolutional(Networks.builder(updater))));
        INDArray first = network.getLayer(0).params().dup();
        INDArray last = network.getLayer(4).params().dup();

        DATA.forEach(network::fit);

        assertThat(Networks.values(network.getLayer(0).params())).isNotEqualTo(Networks.values(first));
        assertThat(Networks.values(network.getLayer(4).params())).isNotEqualTo(Networks.values(last));
        assertThat(network.params().isNaN().any()).isFalse();
    }
}
