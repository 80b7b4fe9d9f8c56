package io.evolo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.meta.Estimator;
import io.evolo.meta.Parametrizations;
import io.evolo.meta.Recipe;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Schema;
import io.evolo.schema.YamlReader;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecipesTest {

    static Stream<String> names() {
        return Recipes.SHIPPED.names().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyRecipeBindsAndItsResolvedTextBindsToTheSame(String name) {
        Recipe recipe = Recipes.load(name, List.of());
        assertThat(recipe.name()).isEqualTo(name);
        String resolved = Schema.write(recipe);
        assertThat(Schema.of(Recipe.class).bind(YamlReader.document(resolved, "resolved"))).as(resolved).isEqualTo(recipe);
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyRecipeTakesASmallNumberOfOuterSteps(String name) {
        assertThat(Recipes.load(name, List.of("outer.steps=3")).outer().steps()).isEqualTo(3);
    }

    @Test
    void theCeloRecipesAreThePublishedSizes() {
        Recipe celo2 = Recipes.load("celo2", List.of());
        assertThat(celo2.tasks()).hasSize(4).allSatisfy(tasks -> {
            assertThat(tasks.family().sample(io.evolo.tasks.Rng.of(1, "test")).layout().size()).isEqualTo(2410);
            assertThat(tasks.networks().batch()).isEqualTo(IntRange.of(64));
        });
        assertThat(celo2.rule().learned().thetaLayout().size()).isEqualTo(347);
        assertThat(celo2.estimation().estimator()).isEqualTo(Estimator.PES);
        assertThat(celo2.outer().steps()).isEqualTo(100_000);
    }

    @Test
    void theTwinWithoutMupDiffersInParametrizationAndStepSizeAlone() {
        Recipe mup = Recipes.load("mulo-m", List.of());
        Recipe sp = Recipes.load("mulo-m-sp", List.of());
        assertThat(sp.tasks()).extracting(tasks -> tasks.networks().parametrization()).containsOnly(Parametrization.Kind.SP);
        assertThat(sp.rule().hyper()).containsEntry("step_mult", 0.001);
        assertThat(sp.outer()).isEqualTo(mup.outer());
        assertThat(sp.estimation()).isEqualTo(mup.estimation());
        assertThat(sp.tasks()).extracting(tasks -> tasks.networks().width())
                .isEqualTo(mup.tasks().stream().map(tasks -> tasks.networks().width()).toList());
    }

    /** One base width does not suit convolutions and recurrent layers, so that a package has one for every family that its recipe names. */
    @Test
    void everyFamilyHasTheBaseWidthOfTheRecipesFirstTaskOfItOrElseOfItsFirstProblem() {
        Recipe recipe = Schema.of(Recipe.class).bind(YamlReader.document("""
                name: mixed
                rule: {name: small_fc}
                tasks:
                  - {family: mlp, baseWidth: 32}
                  - {family: conv, baseWidth: 16}
                  - {family: conv, baseWidth: 8}
                  - {family: vit, parametrization: sp, baseWidth: 4}
                horizon: {min: 10, max: 10}
                outer: {steps: 1, rate: 0.001}
                validation:
                  problems:
                    - {task: {family: conv, baseWidth: 2}}
                    - {task: {family: rnn_lm, data: {source: grammar}, baseWidth: 64}}
                """, "mixed"));
        var scalings = Parametrizations.of(recipe);
        assertThat(scalings.of(TaskSettings.bind(List.of("family=mlp"), ""))).isEqualTo(Parametrization.mup(32));
        assertThat(scalings.of(TaskSettings.bind(List.of("family=conv", "baseWidth=5"), ""))).isEqualTo(Parametrization.mup(16));
        assertThat(scalings.of(TaskSettings.bind(List.of("family=vit"), ""))).isEqualTo(Parametrization.standard());
        assertThat(scalings.of(TaskSettings.bind(List.of("family=rnn_lm", "data.source=grammar"), ""))).isEqualTo(Parametrization.mup(64));
        assertThat(scalings.of(TaskSettings.bind(List.of("family=resnet"), ""))).as("not in the recipe").isEqualTo(Parametrization.mup(32));
        assertThat(scalings.of(TaskSettings.bind(List.of("family=teacher_student"), ""))).isEqualTo(Parametrization.mup(32));
    }

    @Test
    void anUnknownRecipeIsAnsweredWithTheNearest() {
        assertThatThrownBy(() -> Recipes.load("mulo-x", List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("no recipe is named 'mulo-x'; did you mean 'mulo-m'?")
                .hasMessageContaining("nor is there a file");
    }

    @Test
    void aRecipeIsReadFromAFileWithItsNameInEveryPlace(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("mine.yaml");
        Files.writeString(file, Recipes.SHIPPED.text("quickstart").replace("sigma:", "sigam:"));
        assertThatThrownBy(() -> Recipes.load(file.toString(), List.of("outer.steps=0", "rule.name=small_fx")))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching("(?s).*" + file + ":\\d+:\\d+: no key is named 'sigam'; did you mean 'sigma'\\?.*")
                .hasMessageContaining("--set outer.steps: steps is 0, expected at least 1")
                .hasMessageContaining("no learned optimizer is named 'small_fx'; did you mean 'small_fc'?");
    }
}
