package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.CheckpointFile;
import io.evolo.tasks.Rng;
import io.evolo.tasks.TaskFamily;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CmaTrainerTest {

    @Test
    void findsTheLearningRateThatSolvesTheQuadraticInOneStep() {
        try (CmaTrainer trainer = trainer(2)) {
            for (int generation = 0; generation < 60; generation++) {
                trainer.advance();
            }
            // ½·a·w² with a = 2: rate 1/a reaches 0 in one step, which is the least mean loss.
            assertThat(Math.exp(trainer.theta()[0])).isCloseTo(0.5, within(0.02));
        }
    }

    @Test
    void aRestoredSearchGoesOnWithTheSameBits() {
        try (CmaTrainer whole = trainer(1);
                CmaTrainer half = trainer(2);
                CmaTrainer resumed = trainer(2)) {
            for (int i = 0; i < 10; i++) {
                whole.advance();
            }
            for (int i = 0; i < 4; i++) {
                half.advance();
            }
            resumed.restore(half.snapshot());
            for (int i = 0; i < 6; i++) {
                resumed.advance();
            }
            assertThat(resumed.theta()).containsExactly(whole.theta());
            assertThat(resumed.snapshot().search()).containsExactly(whole.snapshot().search());
        }
    }

    /** Written by 0.1, which kept the values of 3 generations to replay them. */
    @Test
    void aRunSavedBeforeItsSearchCouldBeIsReadAndRefusedToGoOn() throws URISyntaxException {
        Path file = Path.of(CmaTrainerTest.class.getResource("/cma-es-0.1.ckpt").toURI());

        OuterState state = CheckpointFile.read(file, new SavedRunCodec()).state();

        assertThat(state.outerStep()).isEqualTo(3);
        assertThat(state.theta()).isNotEmpty();
        try (CmaTrainer trainer = trainer(1)) {
            assertThatThrownBy(() -> trainer.restore(state))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("saved by version 0.1")
                    .hasMessageContaining("start it again with its config.yaml as --recipe in another --run folder");
        }
    }

    private static CmaTrainer trainer(int threads) {
        LogRateSgd rule = new LogRateSgd(0.05);
        ParticleSpec spec = new ParticleSpec(
                rule,
                List.of(TaskFamily.of(new Quadratic(2))),
                new Estimation(Estimator.FULL_ES, 0.5, 2, 1, MetaLoss.MEAN, 1e6),
                Horizon.constant(20),
                5);
        return new CmaTrainer(spec, rule.initTheta(Rng.of(0, "theta")), threads);
    }
}
