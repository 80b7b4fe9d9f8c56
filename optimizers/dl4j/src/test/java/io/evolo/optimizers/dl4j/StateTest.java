package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** The rule's state is in DL4J's updater state whenever someone looks, and what someone writes there counts. */
class StateTest {
    private static final List<DataSet> DATA = Networks.batches(9);

    private static MultiLayerNetwork network(RuleUpdater updater) {
        return Attach.to(new MultiLayerNetwork(Networks.mlp(Networks.builder(updater))));
    }

    private static MultiLayerNetwork network() {
        return network(new LearnedUpdater(Networks.smallFc()));
    }

    private static void fit(MultiLayerNetwork network, int from, int to) {
        DATA.subList(from, to).forEach(network::fit);
    }

    @Test
    void stateThatIsAskedForIsThatOfTheLastStep() {
        MultiLayerNetwork watched = network();
        MultiLayerNetwork other = network();
        fit(watched, 0, 3);
        INDArray early = watched.getUpdater().getStateViewArray().dup();
        fit(watched, 3, 6);
        fit(other, 0, 6);

        INDArray late = watched.updaterState();

        // Beside the stamp, which tells the two apart.
        assertThat(tail(late)).isEqualTo(tail(other.updaterState())).isNotEqualTo(tail(early));
        assertThat(tail(watched.getUpdater().getStateViewArray())).isEqualTo(tail(late));
    }

    private static float[] tail(INDArray state) {
        return Arrays.copyOfRange(Networks.values(state), 1, Math.toIntExact(state.length()));
    }

    @Test
    void stateThatIsPutBackTakesTheTrainingBack() {
        MultiLayerNetwork network = network();
        fit(network, 0, 3);
        INDArray params = network.params().dup();
        INDArray state = network.updaterState().dup();
        fit(network, 3, 6);
        INDArray after = network.params().dup();

        network.setParams(params);
        network.getUpdater().setStateViewArray(network, state, false);
        fit(network, 3, 6);

        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(after));
    }

    @Test
    void aGraphsStateCanBePutBackToo() {
        ComputationGraph network =
                Attach.to(new ComputationGraph(Networks.graph(Networks.builder(new HandDesignedUpdater("adamw", 0.01)))));
        DATA.subList(0, 3).forEach(network::fit);
        INDArray params = network.params().dup();
        INDArray state = network.getUpdater().getStateViewArrayCopy();
        DATA.subList(3, 6).forEach(network::fit);
        INDArray after = network.params().dup();

        network.setParams(params);
        network.getUpdater().setStateViewArray(state);
        DATA.subList(3, 6).forEach(network::fit);

        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(after));
    }

    @Test
    void stateThatIsClearedStartsTheRuleAfresh() {
        MultiLayerNetwork network = network();
        fit(network, 0, 3);
        INDArray start = network.params().dup();
        network.updaterState().assign(0);
        fit(network, 3, 6);

        MultiLayerNetwork fresh = network();
        fresh.setParams(start);
        fit(fresh, 3, 6);

        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(fresh.params()));
    }

    @Test
    void attachingAgainKeepsTheState() {
        MultiLayerNetwork network = network();
        MultiLayerNetwork same = network();
        fit(network, 0, 4);
        fit(same, 0, 4);

        Attach.to(network);
        fit(network, 4, 8);
        fit(same, 4, 8);

        assertThat(Networks.values(network.params())).isEqualTo(Networks.values(same.params()));
    }

    /** An array that was kept is of its time; steps later it says so. */
    @Test
    void anArrayThatWasKeptAndIsOutOfDateIsRefused() {
        MultiLayerNetwork network = network();
        fit(network, 0, 2);
        INDArray kept = network.updaterState();
        fit(network, 2, 4);
        MultiLayerNetwork other = network();
        other.getUpdater().setStateViewArray(other, kept.dup(), false);

        assertThatThrownBy(() -> fit(other, 4, 5))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("getStateViewArray()");
    }

    /** Rules may deal tensors out to a state per thread; whoever takes them over keeps that many. */
    @ParameterizedTest
    @CsvSource({"1, 3", "3, 1", "2, 3"})
    void stateGoesOnWithTheSameBitsOnAnotherNumberOfThreads(int before, int after) {
        MultiLayerNetwork network = network(new LearnedUpdater(Networks.smallFc()).threads(before));
        fit(network, 0, 3);
        MultiLayerNetwork other = network(new LearnedUpdater(Networks.smallFc()).threads(after));
        fit(other, 5, 6);
        other.setParams(network.params().dup());
        other.getUpdater().setStateViewArray(other, network.updaterState().dup(), false);

        fit(network, 3, 6);
        fit(other, 3, 6);

        assertThat(Networks.values(other.params())).isEqualTo(Networks.values(network.params()));
    }
}
