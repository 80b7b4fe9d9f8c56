package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.tasks.Rng;
import io.evolo.tasks.TaskFamily;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EsTrainerTest {

    @ParameterizedTest
    @EnumSource(names = {"FULL_ES", "PES", "NRES"})
    void findsTheLearningRateThatSolvesTheQuadraticInOneStep(Estimator estimator) {
        try (EsTrainer trainer = trainer(estimator, 2, 1)) {
            for (int step = 0; step < 400; step++) {
                trainer.advance();
            }
            assertThat(Math.exp(trainer.theta()[0])).isCloseTo(0.5, within(0.05));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRestoredRunGoesOnWithTheSameBitsAtAnotherNumberOfThreads(Estimator estimator) {
        try (EsTrainer whole = trainer(estimator, 1, 7);
                EsTrainer half = trainer(estimator, 2, 7);
                EsTrainer resumed = trainer(estimator, 3, 7)) {
            advance(whole, 20);
            advance(half, 9);
            resumed.restore(half.snapshot());
            advance(resumed, 11);
            assertThat(resumed.theta()).containsExactly(whole.theta());
            assertThat(resumed.snapshot().laneSteps()).isEqualTo(whole.snapshot().laneSteps());
        }
    }

    @Test
    void aDivergedLaneIsCountedOnceAndStaysFrozenAtTheWorstLoss() {
        // Rate 3 on curvature 2 multiplies w by -5 at every step: the loss passes 100 within three steps.
        ParticleSpec spec = new ParticleSpec(
                new LogRateSgd(3),
                List.of(TaskFamily.of(new Quadratic(2))),
                new Estimation(Estimator.PES, 0.01, 4, 10, MetaLoss.LAST, 100),
                Horizon.constant(20),
                3);
        try (LocalExecutor executor = new LocalExecutor(spec, 2)) {
            float[] theta = spec.rule().initTheta(Rng.of(0, "theta"));
            List<ParticleResult> first = executor.advance(theta, 0);
            List<ParticleResult> second = executor.advance(theta, 1);
            List<ParticleResult> nextProblem = executor.advance(theta, 2);
            assertThat(first).allSatisfy(result -> assertThat(result.diverged()).isEqualTo(2));
            assertThat(second).allSatisfy(result -> assertThat(result.diverged()).isZero());
            assertThat(second).allSatisfy(result -> assertThat(result.loss()).isEqualTo(100));
            assertThat(nextProblem).allSatisfy(result -> assertThat(result.diverged()).isEqualTo(2));
        }
    }

    private static void advance(EsTrainer trainer, int steps) {
        for (int i = 0; i < steps; i++) {
            trainer.advance();
        }
    }

    @Test
    void aMetaGradientThatIsNotFiniteEndsTheRunBeforeThetaMoves() {
        ParticleExecutor broken = new ParticleExecutor() {
            @Override
            public List<ParticleResult> advance(float[] theta, int outerStep) {
                float[] good = new float[theta.length];
                float[] bad = new float[theta.length];
                bad[0] = outerStep == 1 ? Float.NaN : 1;
                return List.of(result(good, 2), result(bad, Double.POSITIVE_INFINITY));
            }

            private static ParticleResult result(float[] gradient, double loss) {
                return new ParticleResult(gradient, loss, 0, 2, new FeatureTally(), Imitation.Likeness.NONE);
            }

            @Override
            public List<Particle.State> snapshot() {
                return List.of();
            }

            @Override
            public void restore(List<Particle.State> states, float[] theta) {}

            @Override
            public void close() {}
        };
        LogRateSgd rule = new LogRateSgd(0.2);
        Outer outer = new Outer(9, Outer.Search.GRADIENT, 0.02, 0, 0.1, 0, 1, List.of());
        try (EsTrainer trainer = new EsTrainer(broken, outer.optimizer(), rule.thetaLayout(), 9, rule.initTheta(Rng.of(0, "theta")))) {
            trainer.advance();
            float[] before = trainer.theta();
            assertThatThrownBy(trainer::advance)
                    .isInstanceOf(OuterDivergenceException.class)
                    .hasMessageStartingWith("the meta-gradient of outer step 2 is not finite: particle 1 of 2 has a mean meta-loss of Infinity");
            assertThat(trainer.theta()).containsExactly(before);
        }
    }

    private static EsTrainer trainer(Estimator estimator, int threads, int stagger) {
        LogRateSgd rule = new LogRateSgd(0.2);
        ParticleSpec spec = new ParticleSpec(
                rule,
                List.of(TaskFamily.of(new Quadratic(2))),
                new Estimation(estimator, 0.05, 8, 7, MetaLoss.MEAN, 1e6),
                new Horizon(15, 25, stagger),
                5);
        Outer outer = new Outer(400, Outer.Search.GRADIENT, 0.02, 0, 0.1, 0, 1, List.of());
        return new EsTrainer(
                new LocalExecutor(spec, threads),
                outer.optimizer(),
                rule.thetaLayout(),
                outer.steps(),
                rule.initTheta(Rng.of(0, "theta")));
    }
}
