package io.evolo.meta.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.Payload;
import io.evolo.meta.LocalExecutor;
import io.evolo.meta.Particle;
import io.evolo.meta.ParticleSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Particles under Spark's scheduling, in this process. */
class SparkExecutorTest {
    private static final int STEPS = 12;
    private static final int CUT_EVERY = 4;
    private static final ParticleSpec SPEC = Runs.spec(Runs.RECIPE);
    private static final List<Runs.Bits> EXPECTED = Runs.expected(SPEC, STEPS);

    private static SparkApplication spark;

    @BeforeAll
    static void start() {
        spark = SparkApplication.open("local[3]", Map.of("spark.ui.enabled", "false", SparkApplication.CUT_EVERY, CUT_EVERY + ""));
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    private static SparkExecutor executor(int partitions) {
        return spark.particles(Runs.recipe(Runs.RECIPE), SPEC, partitions);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 6})
    void everyNumberOfPartitionsGivesTheBitsOfThreads(int partitions) {
        try (SparkExecutor executor = executor(partitions)) {
            assertThat(Runs.advance(executor, SPEC, 0, STEPS)).isEqualTo(EXPECTED);
            assertThat(executor.replayed()).isZero();
        }
    }

    @Test
    void withoutSettingsThereIsAPartitionPerCore() {
        try (SparkExecutor executor = spark.particles(Runs.recipe(Runs.RECIPE), SPEC)) {
            assertThat(executor.partitions()).isEqualTo(3);
        }
    }

    @Test
    void particlesThatAreLostAreMadeAgainFromTheLastCutWithTheSameBits() {
        try (SparkExecutor executor = executor(2)) {
            for (int step = 0; step < STEPS; step++) {
                if (step == 2 || step == 9) {
                    Labour.forget(executor.id()); // as a new worker knows nothing
                }
                assertThat(Runs.advance(executor, SPEC, step, step + 1)).containsExactly(EXPECTED.get(step));
                assertThat(executor.replayed()).isEqualTo(step < 2 ? 0 : step < 9 ? 2 * 6 : 2 * 6 + (1 + 2) * 3);
            }
        }
    }

    @Test
    void aSnapshotDisturbsNothingAndGoesOnUnderThreadsAndBack() {
        List<Particle.State> atFive;
        try (SparkExecutor executor = executor(4)) {
            Runs.advance(executor, SPEC, 0, 5);
            atFive = executor.snapshot();
            assertThat(Runs.advance(executor, SPEC, 5, STEPS)).isEqualTo(EXPECTED.subList(5, STEPS));
        }
        List<Particle.State> atSeven;
        try (LocalExecutor local = new LocalExecutor(SPEC, 1)) {
            local.restore(atFive, Runs.theta(SPEC, 0));
            assertThat(Runs.advance(local, SPEC, 5, 7)).isEqualTo(EXPECTED.subList(5, 7));
            atSeven = local.snapshot();
        }
        try (SparkExecutor executor = executor(3)) {
            Runs.advance(executor, SPEC, 0, 2); // what it was before is gone
            executor.restore(atSeven, Runs.theta(SPEC, 0));
            assertThat(Payload.bytes(new StatesCodec(), executor.snapshot())).isEqualTo(Payload.bytes(new StatesCodec(), atSeven));
            assertThat(Runs.advance(executor, SPEC, 7, STEPS)).isEqualTo(EXPECTED.subList(7, STEPS));
        }
    }

    @Test
    void particlesOfAnotherRunAreRefusedAsThreadsRefuseThem() {
        ParticleSpec other = Runs.spec(Runs.RECIPE.replace("hidden: 4", "hidden: 8"));
        List<Particle.State> foreign;
        try (LocalExecutor local = new LocalExecutor(other, 1)) {
            Runs.advance(local, other, 0, 1);
            foreign = local.snapshot();
        }
        try (SparkExecutor executor = executor(2)) {
            assertThatThrownBy(() -> executor.restore(foreign, Runs.theta(SPEC, 0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("size of saved noise");
            assertThatThrownBy(() -> executor.restore(foreign.subList(1, 6), Runs.theta(SPEC, 0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("number of saved particles is 5, expected 6");
        }
    }
}
