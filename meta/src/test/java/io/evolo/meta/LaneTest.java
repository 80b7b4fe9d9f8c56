package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataSpec;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LaneTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Stream<LearnedOptimizer> rules() {
        return Stream.of(Celo2.base(), SmallFc.mulo());
    }

    /** Interpreted vector code allocates, so compiled code is waited for; the warm-up ends as soon as a round allocates nothing. */
    @ParameterizedTest
    @MethodSource("rules")
    void aWarmLaneStepAllocatesNothing(LearnedOptimizer rule) {
        NetworkTask task = NetworkFamily.of(Mlp.of(1), 32, 64, Parametrization.mup(32), DataSpec.strokes(8).load())
                .sample(Rng.of(1, "task"));
        Optimizer bound = rule.bind(rule.initTheta(Rng.of(1, "theta")));
        Lane lane = new Lane(task.open(), task.normalizer(), 100, bound.init(task.layout(), 1_000_000));
        lane.init(Rng.of(1, "init"));
        BatchKey batches = BatchKey.of(Split.TRAIN, 1, "batches");

        long least = Long.MAX_VALUE;
        for (int round = 0; round < 60 && least >= 100; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            lane.unroll(bound, batches, 500 * round, 500, MetaLoss.MEAN);
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }

        assertThat(least).as("bytes per 500 lane-steps").isLessThan(100);
    }
}
