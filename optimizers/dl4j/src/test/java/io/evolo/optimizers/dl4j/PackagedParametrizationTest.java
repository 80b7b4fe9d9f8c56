package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.Usage;
import java.util.TreeMap;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;

class PackagedParametrizationTest {
    private static LearnedOptimizerPackage saying(String kind, int baseWidth) {
        return Networks.smallFc().withUsage(new Usage(new Usage.Scaling(kind, baseWidth), new TreeMap<>(), new TreeSet<>()));
    }

    @Test
    void aPackageUnderMupIsUsedUnderMup() {
        LearnedOptimizerPackage mup = saying("mup", 32);
        assertThat(new LearnedUpdater(mup).bound().options().baseWidth()).isEqualTo(32);
        assertThat(new LearnedUpdater(mup).chosen(mup)).endsWith("under muP with base width 32, as it says");
    }

    @Test
    void whatTheUserSaysStandsAboveIt() {
        LearnedOptimizerPackage mup = saying("mup", 32);
        assertThat(new LearnedUpdater(mup).mup(8)).isNotEqualTo(new LearnedUpdater(mup));
        assertThat(new LearnedUpdater(mup).mup(8).chosen(mup)).endsWith("under muP with base width 8, as .mup said");
    }

    @Test
    void withoutAWordItIsTheStandardOneAndTheLineSaysWhy() {
        LearnedOptimizerPackage silent = Networks.smallFc();
        assertThat(new LearnedUpdater(silent).chosen(silent))
                .contains("under the standard parametrization, for it says nothing; add .mup(baseWidth)");
        LearnedOptimizerPackage standard = saying("sp", 1);
        assertThat(new LearnedUpdater(standard).chosen(standard)).endsWith("under the standard parametrization, as it says");
    }

    private static LearnedUpdater attached(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(configuration));
        return (LearnedUpdater) network.getLayer(0).conf().getLayer().getUpdaterByParam("W");
    }

    @Test
    void everyFamilyHasTheBaseWidthThatThePackageSaysOfIt() {
        TreeMap<String, Usage.Scaling> families = new TreeMap<>();
        families.put("Conv", new Usage.Scaling("mup", 16));
        families.put("RnnLm", new Usage.Scaling("mup", 64));
        LearnedOptimizerPackage mup =
                Networks.smallFc().withUsage(new Usage(new Usage.Scaling("mup", 32), families, new TreeSet<>()));
        LearnedUpdater updater = new LearnedUpdater(mup);

        assertThat(attached(Networks.convolutional(Networks.builder(updater))).bound().options().baseWidth()).isEqualTo(16);
        assertThat(attached(Networks.recurrent(Networks.builder(updater))).bound().options().baseWidth()).isEqualTo(64);
        assertThat(attached(Networks.mlp(Networks.builder(updater))).bound().options().baseWidth()).isEqualTo(32);
        LearnedUpdater given = updater.mup(8);
        assertThat(attached(Networks.convolutional(Networks.builder(given))).bound().options().baseWidth()).isEqualTo(8);
        LearnedUpdater convolutional = attached(Networks.convolutional(Networks.builder(updater)));
        assertThat(convolutional.chosen(mup)).endsWith("under muP with base width 16, as it says of networks of the family Conv");
    }
}
