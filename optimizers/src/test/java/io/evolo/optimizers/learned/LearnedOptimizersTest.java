package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.GoldenSteps;
import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Twin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LearnedOptimizersTest {

    static List<LearnedOptimizer> rules() {
        return List.of(
                SmallFc.of(4),
                SmallFc.mulo().withWeightDecay(0.1),
                new SmallFc(3, 0, 1, false, Schedules.warmupCosine(0.1, 0.01, Span.fraction(0.05)), 0),
                LearnedOptimizers.of("small_fc", Map.of("adafactor_start", 1.0, "level_gradients", 1.0)),
                SmallFc.of(4).withRate(new Schedules.ByHorizon(Schedules.warmupCosine(0.5, 0, Span.fraction(0.1)), 700)),
                Celo2.published(),
                Celo2.base().withRate(Schedules.constant(0.02)),
                Velo.of(16, 8).withWeightDecay(0.1),
                Velo.mu(),
                Celo.published().withRate(Schedules.constant(0.5)),
                Celo.published().withSchedule(false),
                CeloAdam.published(),
                MlpLopt.of(8),
                LearnableSgd.plain(),
                new LearnableSgd(0.1, true, 0.5),
                LearnableAdam.published(),
                elo());
    }

    private static SmallFc elo() {
        Schedule rate = new WarmupOverCosine(0.01, 1, 0.1, new Span.Fraction(0.05));
        BaseDecays decays = new BaseDecays(0.5, 0.9, 0.99, 0.95, 0.9, 0.99, 0.999);
        return new SmallFc(32, 0.001, 0.001, false, rate, 0.1, decays, new SmallFc.Form(true, 1, true));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aRuleIsMadeAgainFromItsNameAndHyperparameters(LearnedOptimizer rule) {
        Map<String, Double> hyperparameters = LearnedOptimizers.hyperparameters(rule);

        assertThat(LearnedOptimizers.of(LearnedOptimizers.name(rule), hyperparameters)).isEqualTo(rule);
    }

    @Test
    void withoutHyperparametersTheRulesAreThePublishedOnes() {
        assertThat(LearnedOptimizers.of("small_fc", Map.of())).isEqualTo(SmallFc.of(4));
        assertThat(LearnedOptimizers.of("celo2", Map.of())).isEqualTo(Celo2.published());
        assertThat(LearnedOptimizers.of("velo", Map.of())).isEqualTo(Velo.published());
        assertThat(LearnedOptimizers.of("muvelo", Map.of())).isEqualTo(Velo.mu());
        assertThat(LearnedOptimizers.of("celo", Map.of())).isEqualTo(Celo.published());
        assertThat(LearnedOptimizers.of("celo_adam", Map.of())).isEqualTo(CeloAdam.published());
    }

    /** What the published files hold. */
    @ParameterizedTest
    @CsvSource({
        "small_fc, 197", "mlp_lopt, 1762", "celo2, 347", "velo, 2320385", "muvelo, 5057", "celo, 37089", "celo_adam, 36865",
        "learnable_sgd, 1", "learnable_sgdm, 2", "learnable_adam, 4"
    })
    void thePublishedRulesHaveAsManyMetaParametersAsTheirFiles(String name, int count) {
        assertThat(LearnedOptimizers.of(name, Map.of()).thetaLayout().size()).isEqualTo(count);
    }

    @Test
    void namesKeysAndValuesThatAreNotKnownAreRefusedWithTheNearest() {
        assertThatThrownBy(() -> LearnedOptimizers.of("celo3", Map.of())).hasMessageContaining("did you mean 'celo'?");
        assertThatThrownBy(() -> LearnedOptimizers.of("small_fc", Map.of("hiden", 4.0)))
                .hasMessageContaining("did you mean 'hidden'?");
        assertThatThrownBy(() -> LearnedOptimizers.of("small_fc", Map.of("hidden", 4.5))).hasMessageContaining("an integer");
        assertThatThrownBy(() -> LearnedOptimizers.of("small_fc", Map.of("hidden", 0.0))).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> LearnedOptimizers.of("celo2", Map.of("orthogonalize", 2.0))).hasMessageContaining("0 or 1");
    }

    @Test
    void aScheduleThatNumbersCannotDescribeIsNotWrittenDown() {
        SmallFc rule = SmallFc.of(4).withRate((t, horizon) -> 1.0 / (1 + t));
        assertThatThrownBy(() -> LearnedOptimizers.hyperparameters(rule)).hasMessageContaining("cannot be written");
    }

    @Test
    void aThetaOfAnotherSizeIsRefused() {
        assertThatThrownBy(() -> SmallFc.of(4).bind(new float[196], Twin.PLAIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("196 values, expected 197");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aRuleRepeatsItsGoldenRun(LearnedOptimizer rule) {
        float[] theta = rule.initTheta(Rng.of(3, "theta"));

        GoldenRun.check(rule.bind(theta, Twin.PLAIN), GoldenRun.of(rule.bind(theta, Twin.PLAIN)), "test");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aDamagedThetaDoesNotRepeatTheGoldenRun(LearnedOptimizer rule) {
        float[] theta = rule.initTheta(Rng.of(3, "theta"));
        GoldenSteps recorded = GoldenRun.of(rule.bind(theta, Twin.PLAIN));
        for (int i = 0; i < theta.length; i++) {
            theta[i] += (float) (0.3 * StrictMath.cos(i));
        }

        assertThatThrownBy(() -> GoldenRun.check(rule.bind(theta, Twin.PLAIN), recorded, "a.evolo"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("a.evolo: the rule does not repeat its golden run: tensor '");
    }

    @Test
    void aRecordThatIsNotFiniteIsRefused() {
        SmallFc rule = SmallFc.of(4);
        Optimizer bound = rule.bind(rule.initTheta(Rng.of(3, "theta")), Twin.PLAIN);
        GoldenSteps good = GoldenRun.of(bound);
        float[] expected = good.expected();
        expected[7] = Float.NaN;
        GoldenSteps recorded = new GoldenSteps(
                good.tensors(), good.updateScales(), good.horizon(), good.start(), good.gradients(), good.losses(), expected);

        assertThatThrownBy(() -> GoldenRun.check(bound, recorded, "a.evolo")).isInstanceOf(CheckpointException.class);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aPackageComesBackAsTheSameOptimizer(LearnedOptimizer rule, @TempDir Path folder) {
        float[] theta = rule.initTheta(Rng.of(3, "theta"));
        Path file = folder.resolve("a.evolo");
        Packages.pack("a", rule, theta, new TreeMap<>(Map.of("recipe", "none")), "Apache-2.0").write(file);

        LearnedOptimizerPackage loaded = Packages.load(file);

        assertThat(loaded.theta()).containsExactly(theta);
        assertThat(GoldenRun.of(Packages.bind(loaded)).expected())
                .containsExactly(GoldenRun.of(rule.bind(theta)).expected());
    }

    @Test
    void aPackageWhoseThetaWasExchangedIsRefused(@TempDir Path folder) {
        SmallFc rule = SmallFc.of(4);
        LearnedOptimizerPackage good =
                Packages.pack("a", rule, rule.initTheta(Rng.of(3, "theta")), new TreeMap<>(), "Apache-2.0");
        Path file = folder.resolve("a.evolo");
        new LearnedOptimizerPackage(
                        good.name(),
                        good.rule(),
                        good.featureSchema(),
                        good.hyperparameters(),
                        good.thetaTensors(),
                        rule.initTheta(Rng.of(4, "theta")),
                        good.provenance(),
                        good.featureStatistics(),
                        good.golden(),
                        good.licence(),
                        good.usage())
                .write(file);

        assertThatThrownBy(() -> Packages.load(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("a.evolo: the rule does not repeat its golden run");
    }
}
