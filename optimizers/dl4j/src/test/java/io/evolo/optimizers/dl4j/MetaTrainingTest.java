package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.meta.EsTrainer;
import io.evolo.meta.Estimation;
import io.evolo.meta.Estimator;
import io.evolo.meta.Horizon;
import io.evolo.meta.LocalExecutor;
import io.evolo.meta.MetaLoss;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Trial;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.LearnableSgd;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import io.evolo.tasks.TaskFamily;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** A rule is meta-trained on DL4J's networks and SameDiff's graphs, becomes a package, and trains them. */
class MetaTrainingTest {
    private static final LearnedOptimizer RULE = new LearnableSgd(0.02, false, 0); // far too slow
    private static final int OUTER_STEPS = 12;

    private static Dl4jData data() {
        return Dl4jData.of("largest", DataSet.merge(Networks.batches(20)), DataSet.merge(Networks.batches(5)));
    }

    private static Task task(String kind) {
        return kind.equals("layers")
                ? Dl4jTask.of("mlp", Networks.mlp(Networks.builder(new Sgd(1))), data(), 12)
                : new SameDiffTask("softmax", graph(), "x", "y", data(), 12);
    }

    private static SameDiff graph() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, Networks.INPUTS);
        SDVariable y = graph.placeHolder("y", DataType.FLOAT, -1, Networks.CLASSES);
        SDVariable w = graph.var("w", Nd4j.zeros(DataType.FLOAT, Networks.INPUTS, Networks.CLASSES));
        graph.loss.softmaxCrossEntropy("loss", y, x.mmul(w), null);
        graph.setLossVariables("loss");
        return graph;
    }

    private static float[] metaTrained(Task task, int threads) {
        ParticleSpec spec = new ParticleSpec(RULE, List.of(TaskFamily.of(task)),
                new Estimation(Estimator.PES, 0.1, 2, 5, MetaLoss.MEAN, 100), new Horizon(20, 20, 1), 1);
        try (EsTrainer trainer = new EsTrainer(new LocalExecutor(spec, threads),
                HandDesigned.named("adam", Schedules.constant(0.3)), RULE.thetaLayout(), OUTER_STEPS,
                RULE.initTheta(Rng.of(0, "theta")))) {
            for (int step = 0; step < OUTER_STEPS; step++) {
                trainer.advance();
            }
            return trainer.theta();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"layers", "graph"})
    void metaTrainingFindsAFasterRateWhichTrainsTheNetworkFurther(String kind) {
        float[] theta = metaTrained(task(kind), 1);

        assertThat(Math.exp(theta[0])).isGreaterThan(2 * 0.02);
        Trial before = trial(task(kind), RULE.initTheta(Rng.of(0, "theta")));
        Trial after = trial(task(kind), theta);
        assertThat(after.trainLoss()).isLessThan(before.trainLoss() - 0.05);
    }

    private static Trial trial(Task task, float[] theta) {
        var rule = Packages.bind(Packages.pack("sgd", RULE, theta, new TreeMap<>(), "Apache-2.0"));
        return Trial.run(task, rule, 40, 1, Trial.Purpose.JUDGING, 0, 60, (step, loss) -> {});
    }

    @Test
    void theNumberOfThreadsChangesNoBit() {
        assertThat(metaTrained(task("layers"), 3)).containsExactly(metaTrained(task("layers"), 1));
    }
}
