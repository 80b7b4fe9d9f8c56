package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.meta.Estimation;
import io.evolo.meta.Estimator;
import io.evolo.meta.LocalExecutor;
import io.evolo.meta.MetaLoss;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ParticleSpec;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.optimizers.learned.BaseDecays;
import io.evolo.optimizers.learned.Celo;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.FactoredTensor;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.optimizers.learned.Velo;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.Reparametrized;
import io.evolo.tasks.Rng;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.families.Loss;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.Norm;
import io.evolo.tasks.kernels.Activation;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole truncations on this machine's processor by the GPU's kernels, against the local executor. */
class CudaExecutorTest {
    private static final LearnedOptimizer SMALL_FC = new SmallFc(8, 0.001, 0.05, true, Schedules.constant(1), 0.01);
    private static final LearnedOptimizer CELO2_BASE = Celo2.base().withRate(Schedules.constant(0.02)).withWeightDecay(0.1);
    private static final Celo CELO = new Celo(
            6, 4, true, 0.001, 0.1, 1, true, BaseDecays.published(), Schedules.constant(1), 0.01);
    private static final LearnedOptimizer VELO = new Velo(
            6, 5, 4, 0.001, 2e-4, 100, true, BaseDecays.published(), FactoredTensor.Ties.LATER, Schedules.constant(1), 0.01);
    private static final LearnedOptimizer CELO2 = Celo2.published().withRate(Schedules.constant(0.01)).withWeightDecay(0.1);

    @ParameterizedTest
    @EnumSource(MetaLoss.class)
    void smallFcAgreesWithTheCpu(MetaLoss loss) {
        requireAgreement(Runs.spec(SMALL_FC, loss, Runs.mlp()), 1);
    }

    @Test
    void formsThatSeeAnotherGradientAgreeWithTheCpu() {
        SmallFc rule = new SmallFc(8, 0.001, 0.05, true, Schedules.constant(1), 0.01);
        TaskFamily wide = Runs.digits(Mlp.of(1), 4, IntRange.of(16), 9); // gradients a quarter of those at the base width
        Celo2 base = Celo2.base();

        requireAgreement(Runs.spec(rule.withForm(new SmallFc.Form(true, 0.2, false)), wide), 1);
        requireAgreement(Runs.spec(rule.withForm(new SmallFc.Form(false, 0.5, true, true, false)), wide), 1);
        requireAgreement(Map.of("threads", 0L), Runs.brief(rule.withForm(new SmallFc.Form(false, 0.5, true, true, false)), 3, wide), 1);
        requireAgreement(Runs.spec(new Celo2(8, false, Celo2.ByAdam.published(), Schedules.constant(0.01), 0, base.decays(), true), wide), 1);
    }

    @ParameterizedTest
    @EnumSource(MetaLoss.class)
    void celo2BaseAgreesWithTheCpu(MetaLoss loss) {
        requireAgreement(Runs.spec(CELO2_BASE, loss, Runs.mlp()), 1);
    }

    @ParameterizedTest
    @EnumSource(MetaLoss.class)
    void celo2AgreesWithTheCpu(MetaLoss loss) {
        requireAgreement(Runs.spec(CELO2, loss, Runs.mlp()), 1);
    }

    @ParameterizedTest
    @EnumSource(MetaLoss.class)
    void celoAgreesWithTheCpu(MetaLoss loss) {
        requireAgreement(Runs.spec(CELO, loss, Runs.lively()), 1);
    }

    @Test
    void celoWithoutItsScheduleAgreesWithTheCpu() {
        requireAgreement(Runs.spec(CELO.withSchedule(false), Runs.mlp()), 1);
    }

    @ParameterizedTest
    @EnumSource(MetaLoss.class)
    void veloAgreesWithTheCpu(MetaLoss loss) {
        requireAgreement(Runs.spec(VELO, loss, Runs.lively()), 1);
    }

    @ParameterizedTest
    @EnumSource(FactoredTensor.Ties.class)
    void muVeloAgreesWithTheCpuHoweverEqualAxesAreOrdered(FactoredTensor.Ties ties) {
        requireAgreement(Runs.spec(muVelo(ties), Runs.lively(Mlp.of(2), 4, 7, 9)), 1);
    }

    @Test
    void muVelosLossesUnderMupAgreeWithTheCpu() {
        ParticleSpec spec = Runs.spec(muVelo(FactoredTensor.Ties.LATER), Runs.mlp());
        HostCuda.with(() -> Agreement.requireLosses(spec, Address.FIRST)); // and not the LSTM's state, which begins with quotients of roundings there
    }

    private static Velo muVelo(FactoredTensor.Ties ties) {
        Velo mu = Velo.mu();
        return new Velo(mu.lstm(), mu.basis(), mu.hidden(), mu.expMult(), 2, mu.blend(), mu.byParameterScale(), mu.decays(), ties,
                mu.rate(), 0.01);
    }

    @Test
    void velosRecurrentStateOutlivesTruncationsAndBeginsAnewWithEveryProblem() {
        requireAgreement(Runs.changing(VELO, Estimator.PES, Runs.lively()), 4);
    }

    @Test
    void celosRecurrentStateOutlivesTruncationsAndBeginsAnewWithEveryProblem() {
        requireAgreement(Runs.changing(CELO, Estimator.PES, Runs.lively()), 4);
    }

    @ParameterizedTest
    @EnumSource(Reparametrized.Level.class)
    void otherCoordinatesAgreeWithTheCpu(Reparametrized.Level level) {
        // Steps in other coordinates may be ten times as long in the network's own; at CELO2_BASE's rate some such problems are chaotic,
        // and what differs by 1e-7 after 5 steps differs by 5e-3 after 50.
        requireAgreement(Runs.spec(Celo2.base().withRate(Schedules.constant(0.005)), Runs.reparametrized(Runs.mlp(), level)), 1);
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void everyActivationAgreesWithTheCpu(Activation activation) {
        requireAgreement(Runs.spec(SMALL_FC, Runs.deep(activation)), 1);
    }

    @Test
    void tensorsOfSeveralChunksAgreeWithTheCpu() {
        TaskFamily wide = Runs.digits(Mlp.of(1), 8, IntRange.of(70), 3); // 64×70 elements: three chunks
        requireAgreement(Runs.brief(CELO2_BASE, 10, wide), 1);
        requireAgreement(Runs.brief(CELO2, 2, wide), 1);
        requireAgreement(Runs.brief(SMALL_FC, 10, wide), 1);
        requireAgreement(Runs.brief(VELO, 10, Runs.lively(Mlp.of(1), 8, 70, 3)), 1);
    }

    @ParameterizedTest
    @EnumSource(Estimator.class)
    void problemsThatEndWithinATruncationAgreeUnderEveryEstimator(Estimator estimator) {
        requireAgreement(Runs.changing(SMALL_FC, estimator, Runs.mlp()), 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 11}) // of matrices 16×12, 12×12 and 12×10: all are large, or all but the last
    void largeMatricesThatManyBlocksMakeOrthogonalAgreeWithTheCpu(int mostOfOneBlock) {
        ParticleSpec spec = Runs.spec(CELO2, Runs.digits(Mlp.of(2), 4, IntRange.of(12), 9));
        DeviceRule rule = new DeviceRule(CELO2, Precision.FLOAT32, mostOfOneBlock);

        requireAgreement(spec, () -> new CudaExecutor(spec, rule, Device.open(0)));
    }

    @Test
    void problemsOfManyKindsAgreeAlthoughEachKindHasAProgramOfItsOwn() {
        TaskFamily many = Runs.digits(
                new Mlp(new IntRange(0, 2), List.of(Activation.RELU, Activation.TANH), Norm.NONE, 0, Loss.CROSS_ENTROPY), 4,
                new IntRange(4, 12), 8);
        requireAgreement(Runs.changing(CELO2_BASE, Estimator.PES, many, Runs.reparametrized(many, Reparametrized.Level.TENSOR)), 4);
    }

    @Test
    void lanesThatDivergeAreFrozenAtTheSameStep() {
        ParticleSpec all = Runs.changing(new SmallFc(8, 0.001, 20, true, Schedules.constant(1), 0), Estimator.PES, Runs.mlp());
        Estimation low = new Estimation(Estimator.PES, 0.01, 4, 20, MetaLoss.MEAN, 2.6);

        int diverged = requireAgreement(new ParticleSpec(all.rule(), all.families(), low, all.horizon(), all.seed()), 3);

        assertThat(diverged).as("lanes that diverged").isBetween(1, 40);
    }

    @Test
    void blocksOfManyThreadsAgreeToo() {
        requireAgreement(Map.of("threads", 0L), Runs.brief(CELO2, 3, Runs.mlp()), 1);
        requireAgreement(Map.of("threads", 0L), Runs.brief(SMALL_FC, 3, Runs.mlp()), 1);
        requireAgreement(Map.of("threads", 0L), Runs.brief(VELO, 3, Runs.lively()), 1);
    }

    @Test
    void aRunGoesOnOnTheCpuWhereTheDeviceLeftItAndBackAgain() {
        ParticleSpec spec = Runs.changing(CELO2, Estimator.PES, Runs.reparametrized(Runs.mlp(), Reparametrized.Level.GLOBAL));
        float[] theta = spec.rule().initTheta(Rng.of(5, "theta"));
        HostCuda.with(() -> {
            try (ParticleExecutor local = new LocalExecutor(spec, 1);
                    ParticleExecutor device = CudaExecutorProvider.open(spec, Address.FIRST);
                    ParticleExecutor changing = new LocalExecutor(spec, 1);
                    ParticleExecutor back = CudaExecutorProvider.open(spec, Address.FIRST)) {
                local.advance(theta, 0);
                device.advance(theta, 0);
                changing.restore(device.snapshot(), theta);
                Agreement.require(spec, local.advance(theta, 1), changing.advance(theta, 1), 1);
                back.restore(changing.snapshot(), theta);
                Agreement.requireSameState(changing.snapshot(), back.snapshot(), 0);
                Agreement.require(spec, local.advance(theta, 2), back.advance(theta, 2), 2);
                return spec;
            }
        });
    }

    @Test
    void aResumedRunOnTheDeviceMakesTheSameBits() {
        ParticleSpec spec = Runs.changing(SMALL_FC, Estimator.PES, Runs.mlp());
        float[] theta = spec.rule().initTheta(Rng.of(5, "theta"));
        HostCuda.with(() -> {
            try (ParticleExecutor whole = CudaExecutorProvider.open(spec, Address.FIRST);
                    ParticleExecutor resumed = CudaExecutorProvider.open(spec, Address.FIRST)) {
                whole.advance(theta, 0);
                resumed.restore(whole.snapshot(), theta);
                List<ParticleResult> expected = whole.advance(theta, 1);
                List<ParticleResult> actual = resumed.advance(theta, 1);
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(actual.get(i).gradient()).isEqualTo(expected.get(i).gradient());
                }
                Agreement.requireSameState(whole.snapshot(), resumed.snapshot(), 0);
                return spec;
            }
        });
    }

    @Test
    void whatTheRuleSeesIsGatheredFromOneParticleInTurn() {
        ParticleSpec spec = Runs.spec(CELO2_BASE, Runs.reparametrized(Runs.mlp(), Reparametrized.Level.TENSOR));
        float[] theta = spec.rule().initTheta(Rng.of(5, "theta"));
        FeatureTally seen = new FeatureTally();
        FeatureTally expected = new FeatureTally();
        HostCuda.with(() -> {
            try (ParticleExecutor local = new LocalExecutor(spec, 1);
                    ParticleExecutor cuda = CudaExecutorProvider.open(spec, Address.FIRST)) {
                for (int outerStep = 0; outerStep < 3; outerStep++) {
                    cuda.advance(theta, outerStep).forEach(result -> seen.merge(result.seen()));
                    local.advance(theta, outerStep).forEach(result -> expected.merge(result.seen()));
                }
                return spec;
            }
        });

        assertThat(seen.statistics().keySet()).isEqualTo(expected.statistics().keySet());
        float[] gradient = seen.statistics().get("gradient");
        assertThat(gradient[0]).as("four tensors in each of three truncations").isEqualTo(12);
        assertThat(gradient[1]).as("mean of logarithms").isCloseTo(expected.statistics().get("gradient")[1], within(0.5f));
        assertThat(seen.statistics().get("loss")[1]).isCloseTo(expected.statistics().get("loss")[1], within(0.2f));
    }

    @Test
    void aTruncationIsCapturedOnceAndReplayed() {
        ParticleSpec spec = Runs.spec(SMALL_FC, Runs.mlp());
        float[] theta = spec.rule().initTheta(Rng.of(5, "theta"));
        int perStep = 1 + 1 + 2 + 1 + 3 + 5 + 1; // begin, gather, forward, loss, backward, rule, tick
        HostCuda.with(() -> {
            try (ParticleExecutor cuda = CudaExecutorProvider.open(spec, Address.FIRST)) {
                cuda.advance(theta, 0);
                assertThat(HostCuda.launches()).isEqualTo(50 * perStep);
                cuda.advance(theta, 1);
                return assertThat(HostCuda.launches()).isEqualTo(2 * 50 * perStep);
            }
        });
    }

    private static int requireAgreement(ParticleSpec spec, int truncations) {
        return requireAgreement(Map.of(), spec, truncations);
    }

    private static int requireAgreement(ParticleSpec spec, Supplier<ParticleExecutor> opened) {
        return HostCuda.with(() -> Agreement.require(spec, 1, opened));
    }

    private static int requireAgreement(Map<String, Long> settings, ParticleSpec spec, int truncations) {
        return HostCuda.with(settings, () -> Agreement.require(spec, truncations));
    }
}
