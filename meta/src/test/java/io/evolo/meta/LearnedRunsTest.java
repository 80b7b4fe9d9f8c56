package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.data.TextSpec;
import io.evolo.tasks.families.Loss;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.Norm;
import io.evolo.tasks.kernels.Activation;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Meta-training of every learned rule, of a part of theta, from a package, and beside an expert. */
class LearnedRunsTest {
    private static final Imitation EXPERT =
            new Imitation("adamw", Map.of("beta2", 0.95), 0.01, 1e-4, 1000, 2, 6, 0.1, 0.7, 0.3, 0.3, 0);

    static Stream<Recipe> recipes() {
        Rule celo = new Rule("celo", Map.of("lstm", 3.0));
        return Stream.of(
                recipe("velo", new Rule("velo", Map.of("lstm", 3.0, "basis", 2.0)), List.of(), Imitation.none(), ""),
                recipe("celo-1", new Rule("celo", Map.of("lstm", 3.0, "scheduled", 0.0)), List.of("rnn_params"), Imitation.none(), ""),
                recipe("celo-2", celo, List.of("ff_mod_stack"), Imitation.none(), ""),
                recipe("celo_adam", new Rule("celo_adam", Map.of("lstm", 3.0)), List.of(), Imitation.none(), ""),
                recipe("mlp_lopt", new Rule("mlp_lopt", Map.of("hidden", 3.0)), List.of(), Imitation.none(), ""),
                recipe("learnable_adam", new Rule("learnable_adam", Map.of()), List.of(), Imitation.none(), ""),
                recipe("celo-elo", celo, List.of(), EXPERT, ""));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void aRunThatWasRestoredMakesTheSameBitsAtAnyNumberOfThreads(Recipe recipe) {
        try (OuterLoop whole = recipe.loop(recipe.families(), 2);
                OuterLoop half = recipe.loop(recipe.families(), 1);
                OuterLoop resumed = recipe.loop(recipe.families(), 2)) {
            float[] start = whole.theta();
            advance(whole, 4);
            advance(half, 2);
            resumed.restore(half.snapshot());
            advance(resumed, 2);

            assertThat(resumed.theta()).containsExactly(whole.theta());
            assertThat(whole.theta()).isNotEqualTo(start).doesNotContain(Float.NaN);
        }
    }

    @Test
    void whatIsFrozenStaysBitForBitAndTheRestMoves() {
        Recipe recipe = recipe("celo", new Rule("celo", Map.of("lstm", 3.0)), List.of("ff_mod_stack"), Imitation.none(), "");
        ParamLayout layout = recipe.rule().learned().thetaLayout();
        int networks = 0;
        while (!layout.spec(networks).name().startsWith("ff_mod_stack")) {
            networks++;
        }
        int from = layout.offset(networks);
        try (OuterLoop loop = recipe.loop(recipe.families(), 1)) {
            float[] before = loop.theta();
            advance(loop, 3);
            float[] after = loop.theta();

            assertThat(Arrays.copyOfRange(after, from, after.length)).containsExactly(Arrays.copyOfRange(before, from, before.length));
            assertThat(Arrays.copyOf(after, from)).isNotEqualTo(Arrays.copyOf(before, from));
        }
    }

    @Test
    void aFrozenTensorThatThetaDoesNotHaveIsRefusedWithTheNearest() {
        Rule celo = new Rule("celo", Map.of("lstm", 3.0));
        assertThatThrownBy(() -> recipe("celo", celo, List.of("lstm_init_state/hiden"), Imitation.none(), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did you mean 'lstm_init_state/hidden'?");
    }

    @Test
    void aRunBeginsFromAPackagesThetaIfItsTensorsAreTheRules(@TempDir Path folder) {
        Rule unscheduled = new Rule("celo", Map.of("lstm", 3.0, "scheduled", 0.0));
        float[] theta = unscheduled.learned().initTheta(Rng.of(9, "theta"));
        Path file = folder.resolve("first.evolo");
        Packages.pack("first", unscheduled.learned(), theta, new TreeMap<>(), "Apache-2.0").write(file);

        Recipe second = recipe("celo", new Rule("celo", Map.of("lstm", 3.0)), List.of(), Imitation.none(), file.toString());
        try (OuterLoop loop = second.loop(second.families(), 1)) {
            assertThat(loop.theta()).containsExactly(theta);
        }
        Recipe other = recipe("celo", new Rule("celo", Map.of("lstm", 4.0)), List.of(), Imitation.none(), file.toString());
        assertThatThrownBy(() -> other.loop(other.families(), 1))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("begin from a package of the same rule and sizes");
    }

    private static void advance(OuterLoop loop, int steps) {
        for (int i = 0; i < steps; i++) {
            loop.advance();
        }
    }

    private static Recipe recipe(String name, Rule rule, List<String> frozen, Imitation imitation, String init) {
        var networks = new NetworkFamilySpec(
                new Mlp(IntRange.of(1), List.of(Activation.RELU), Norm.NONE, 0, Loss.CROSS_ENTROPY),
                new Data("strokes", 4, true, true, TextSpec.Unit.CHARACTERS, 0, 0),
                IntRange.of(4),
                IntRange.of(8),
                Parametrization.Kind.SP,
                1,
                LossScale.CLIPPED);
        Tasks tasks = new Tasks(networks, new Augmentation(Augmentation.Level.NONE, 1, 1));
        return new Recipe(
                name,
                1,
                rule,
                List.of(tasks),
                new Estimation(Estimator.PES, 0.01, 3, 7, MetaLoss.MEAN, 100, imitation),
                new Horizon(10, 20, 10),
                new Outer(8, Outer.Search.GRADIENT, 1e-3, 2, 0.1, 1e-4, 1, frozen),
                new Saving(1e9, 3, 2),
                MetaRunTest.NO_VALIDATION,
                new EvaluationGrid(List.of(4, 8), List.of(10), 2, 3, List.of(Baseline.Decay.CONSTANT), 1, 1e-3, 0.1, 100),
                init);
    }
}
