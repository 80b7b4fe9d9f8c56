package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;

/** The JSON of a configuration has the package and the network's tensors once. */
class WrittenOnceTest {
    private static final Pattern PACKAGE = Pattern.compile("\"packageFile\" : \"([A-Za-z0-9+/=]+)\"");
    private static final Pattern REFERENCE = Pattern.compile("\"packageFile\" : \"(\\|sha256:[0-9a-f]+)\"");

    private static MultiLayerNetwork network(RuleUpdater updater, int layers) {
        NeuralNetConfiguration.ListBuilder builder = Networks.builder(updater).biasUpdater(updater).list();
        for (int i = 0; i < layers; i++) {
            builder.layer(new DenseLayer.Builder().nIn(8).nOut(8).build());
        }
        return Attach.to(new MultiLayerNetwork(builder.build()));
    }

    private static int length(RuleUpdater updater, int layers) {
        return network(updater, layers).getLayerWiseConfigurations().toJson().length();
    }

    @Test
    void aLayerMoreIsNoPackageMore() {
        LearnedUpdater learned = LearnedUpdater.load("evolo-default").horizon(10);

        int perLayer = (length(learned, 12) - length(learned, 4)) / 8;

        assertThat(learned.learned().content()).hasSizeGreaterThan(10_000);
        assertThat(perLayer).isLessThan(3000); // most of it DL4J's own
    }

    @Test
    void whatIsReadIsWhatWasWritten() {
        for (RuleUpdater updater : new RuleUpdater[] {new LearnedUpdater(Networks.smallFc()), new HandDesignedUpdater("adam", 0.1)}) {
            MultiLayerConfiguration written = network(updater, 5).getLayerWiseConfigurations();
            MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(written.toJson());

            assertThat(read).isEqualTo(written);
            assertThat(read.getConf(4).getLayer().getUpdaterByParam("b")).isEqualTo(written.getConf(0).getLayer().getUpdaterByParam("W"));
            ComputationGraphConfiguration graph =
                    Attach.to(new ComputationGraph(Networks.graph(Networks.builder(updater)))).getConfiguration();
            assertThat(ComputationGraphConfiguration.fromJson(graph.toJson())).isEqualTo(graph);
        }
    }

    /** As earlier releases wrote it. */
    @Test
    void aDocumentWithThePackageInEveryLayerIsRead() {
        MultiLayerConfiguration written = network(new LearnedUpdater(Networks.smallFc()), 3).getLayerWiseConfigurations();
        String json = written.toJson();
        Matcher first = PACKAGE.matcher(json);
        assertThat(first.find()).isTrue();
        String everywhere = REFERENCE.matcher(json).replaceAll("\"packageFile\" : \"" + first.group(1) + "\"");
        assertThat(everywhere.length()).isGreaterThan(json.length() + 5 * first.group(1).length() - 1000);

        assertThat(MultiLayerConfiguration.fromJson(everywhere)).isEqualTo(written);
    }

    @Test
    void aReferenceToNothingIsRefused() {
        String json = network(new LearnedUpdater(Networks.smallFc()), 3).getLayerWiseConfigurations().toJson();
        Matcher reference = REFERENCE.matcher(json);
        assertThat(reference.find()).isTrue();
        String broken = PACKAGE.matcher(json).replaceFirst(Matcher.quoteReplacement(reference.group()));

        assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(broken)).hasStackTraceContaining("should stand before it");
    }
}
