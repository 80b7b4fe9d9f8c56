package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.dataset.DataSet;

/** A training that is saved and loaded every hundred iterations ends where the one straight through does, and goes on in replicas. */
class SavedOftenTest {
    private static final int ITERATIONS = 300;

    @ParameterizedTest
    @CsvSource({"evolo-mulo, false", "evolo-default, true"})
    void savingEveryHundredIterationsChangesNoBitAndReplicasGoOn(String name, boolean recurrent, @TempDir Path folder) {
        LearnedUpdater updater = LearnedUpdater.load(name).horizon(2 * ITERATIONS);
        MultiLayerConfiguration configuration =
                recurrent ? Networks.recurrent(Networks.builder(updater)) : Networks.mlp(Networks.builder(updater));
        List<DataSet> data = recurrent ? Networks.sequences(10) : Networks.batches(10);
        MultiLayerNetwork straight = Attach.to(new MultiLayerNetwork(configuration.clone()));
        MultiLayerNetwork saved = Attach.to(new MultiLayerNetwork(configuration.clone()));
        for (int i = 0; i < ITERATIONS; i++) {
            straight.fit(data.get(i % 10));
            saved.fit(data.get(i % 10));
            if (i % 100 == 99) {
                Path file = folder.resolve("at" + i + ".zip");
                NetworkFile.write(saved, file);
                saved = NetworkFile.readLayers(file);
            }
        }
        assertThat(Networks.values(saved.params())).isEqualTo(Networks.values(straight.params())).doesNotContain(Float.NaN);

        int before = saved.getIterationCount();
        replicas(saved, data);

        assertThat(saved.getIterationCount()).isGreaterThan(before);
        assertThat(Networks.values(saved.params())).isNotEqualTo(Networks.values(straight.params())).doesNotContain(Float.NaN);
    }

    private static void replicas(MultiLayerNetwork network, List<DataSet> data) {
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                .workers(2)
                .averagingFrequency(1)
                .averageUpdaters(true)
                .prefetchBuffer(0)
                .build();
        List<DataSet> rows = DataSet.merge(data).asList();
        wrapper.fit(new ListDataSetIterator<>(rows, rows.size() / 10));
        wrapper.shutdown();
    }
}
