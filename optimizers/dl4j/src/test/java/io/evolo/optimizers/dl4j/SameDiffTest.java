package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Shape;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

class SameDiffTest {

    static SameDiff graph(IUpdater updater, double l2) {
        Nd4j.getRandom().setSeed(5);
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, Networks.INPUTS);
        SDVariable y = graph.placeHolder("y", DataType.FLOAT, -1, Networks.CLASSES);
        SDVariable w0 = graph.var("w0", Nd4j.randn(DataType.FLOAT, Networks.INPUTS, 16).muli(0.2));
        SDVariable b0 = graph.var("b0", Nd4j.zeros(DataType.FLOAT, 16));
        SDVariable w1 = graph.var("w1", Nd4j.randn(DataType.FLOAT, 16, Networks.CLASSES).muli(0.2));
        SDVariable h = graph.math.tanh(x.mmul(w0).add(b0));
        graph.loss.softmaxCrossEntropy("loss", y, h.mmul(w1), null);
        graph.setLossVariables("loss");
        graph.setTrainingConfig(TrainingConfig.builder()
                .updater(updater)
                .l2(l2)
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("y")
                .build());
        return graph;
    }

    private static void fit(SameDiff graph, int batches) {
        for (DataSet batch : Networks.batches(batches)) {
            graph.fit(batch);
        }
    }

    private static void assertEqual(SameDiff a, SameDiff b, float tolerance) {
        for (String name : new String[] {"w0", "b0", "w1"}) {
            float distance = AttachTest.distance(a.getVariable(name).getArr(), b.getVariable(name).getArr());
            assertThat(distance).as(name).isLessThanOrEqualTo(tolerance);
        }
    }

    @Test
    void sgdOfThisProjectMovesAGraphAsNd4jsDoes() {
        SameDiff ours = Attach.to(graph(new HandDesignedUpdater("sgd", 0.1), 1e-2));
        SameDiff theirs = graph(new Sgd(0.1), 1e-2);

        fit(ours, 8);
        fit(theirs, 8);

        assertEqual(ours, theirs, 1e-6f);
    }

    @Test
    void aLearnedPackageTrainsAGraphAndASavedOneTrainsOnWithTheSameBits(@TempDir Path folder) {
        SameDiff graph = Attach.to(graph(new LearnedUpdater(Networks.smallFc()), 0));
        fit(graph, 4);
        File file = folder.resolve("graph.fb").toFile();
        graph.save(file, true);
        SameDiff loaded = SameDiff.load(file, true);

        fit(graph, 4);
        fit(loaded, 4);

        assertEqual(loaded, graph, 0);
    }

    @Test
    void withoutAttachTheFirstFitSaysWhatToCall() {
        assertThatThrownBy(() -> fit(graph(new LearnedUpdater(Networks.smallFc()), 0), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Attach.to(");
    }

    @Test
    void rulesThatLookAtAllTensorsAtOnceAreRefused() {
        RuleUpdater velo = new LearnedUpdater(Networks.pack("velo", LearnedOptimizers.of("velo", Map.of()))).horizon(10);

        assertThatThrownBy(() -> Attach.to(graph(velo, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ComputationGraph")
                .hasMessageContaining("SameDiffTask");
    }

    private static RuleUpdater celo() {
        return new LearnedUpdater(Networks.pack("celo", LearnedOptimizers.of("celo", Map.of()))).horizon(8);
    }

    /** By hand: the rule on the graph's own gradients and losses, one state per variable. */
    @Test
    void aRuleThatLooksAtTheLossSeesTheGraphs() {
        SameDiff graph = Attach.to(graph(celo(), 0));
        SameDiff byHand = graph(new Sgd(0), 0);
        Optimizer rule = Packages.bind(Networks.pack("celo", LearnedOptimizers.of("celo", Map.of())));
        Map<String, OptimizerState> states = new HashMap<>();
        INDArray start = byHand.getVariable("w1").getArr().dup();

        for (DataSet batch : Networks.batches(6)) {
            graph.fit(batch);
            Map<String, INDArray> inputs = Map.of("x", batch.getFeatures(), "y", batch.getLabels());
            float loss = byHand.output(inputs, "loss").get("loss").getFloat(0);
            Map<String, INDArray> gradients = byHand.calculateGradients(inputs, "w0", "b0", "w1");
            gradients.forEach((name, gradient) -> {
                INDArray array = byHand.getVariable(name).getArr();
                Shape shape = new Shape(Arrays.stream(array.shape()).mapToObj(Math::toIntExact).toList());
                OptimizerState state = states.computeIfAbsent(
                        name, n -> rule.init(new ParamLayout(List.of(ParamSpec.plain(n, shape))), 8));
                Step step = new Step(array.dup('c').data().asFloat(), gradient.dup('c').data().asFloat());
                rule.step(state, step.at(loss));
                array.assign(Nd4j.createFromArray(step.params()).reshape(array.shape()));
            });
        }

        assertThat(AttachTest.distance(byHand.getVariable("w1").getArr(), start)).isGreaterThan(1e-5f);
        assertEqual(graph, byHand, 2e-6f);
    }

    @Test
    void aLoadedGraphWhoseRuleLooksAtTheLossAsksToBeAttached(@TempDir Path folder) {
        SameDiff graph = Attach.to(graph(celo(), 0));
        fit(graph, 3);
        File file = folder.resolve("graph.fb").toFile();
        graph.save(file, true);
        SameDiff loaded = SameDiff.load(file, true);

        assertThatThrownBy(() -> fit(loaded, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Attach.to(copy)");

        Attach.to(loaded);
        fit(loaded, 3);
        fit(graph, 3);
        assertEqual(loaded, graph, 0);
    }

    /** A scale for all logits has no axis at all. */
    @Test
    void aScalarVariableIsTrained() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, Networks.INPUTS);
        SDVariable y = graph.placeHolder("y", DataType.FLOAT, -1, Networks.CLASSES);
        SDVariable w = graph.var("w", Nd4j.ones(DataType.FLOAT, Networks.INPUTS, Networks.CLASSES).muli(0.1));
        SDVariable scale = graph.var("scale", Nd4j.scalar(0.5f));
        graph.loss.softmaxCrossEntropy("loss", y, x.mmul(w).mul(scale), null);
        graph.setLossVariables("loss");
        graph.setTrainingConfig(TrainingConfig.builder()
                .updater(new LearnedUpdater(Networks.smallFc()))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("y")
                .build());

        fit(Attach.to(graph), 3);

        assertThat(graph.getVariable("scale").getArr().getFloat(0)).isNotEqualTo(0.5f).isFinite();
    }

    /** SameDiff keeps the updaters of its first fit, whatever its training configuration says later. */
    @Test
    void aGraphThatHasBeenTrainedChangesItsUpdaterHereAndBack() {
        SameDiff graph = graph(new Sgd(0.1), 0);
        fit(graph, 2);
        INDArray before = graph.getVariable("w0").getArr().dup();
        graph.getTrainingConfig().setUpdater(new HandDesignedUpdater("sgd", 0.001));

        fit(Attach.to(graph), 1);

        INDArray after = graph.getVariable("w0").getArr().dup();
        SameDiff slow = graph(new Sgd(0.1), 0);
        fit(slow, 2);
        slow.getUpdaterMap().replaceAll((name, old) -> new Sgd(0.001).instantiate((INDArray) null, false));
        fit(slow, 1);
        assertThat(after.equalsWithEps(before, 1e-9)).isFalse();
        assertThat(AttachTest.distance(slow.getVariable("w0").getArr(), after)).isLessThan(1e-7f);

        Attach.detach(graph, new Sgd(0.1));

        assertThat(graph.getTrainingConfig().toJson()).doesNotContain("io.evolo");
        assertThat(graph.getUpdaterMap().get("w0").getConfig()).isEqualTo(new Sgd(0.1));
    }
}
