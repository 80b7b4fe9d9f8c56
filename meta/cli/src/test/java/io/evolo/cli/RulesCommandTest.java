package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.cli.EvoloProcess.Outcome;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RulesCommandTest {
    static List<String> names() {
        return RuleFiles.names();
    }

    @Test
    void theListHasARowForEachRuleAndForThePublishedFormsOfThem() {
        Outcome listed = evolo("rules", "list");
        assertThat(listed.code()).as(listed.err()).isEqualTo(ExitCode.DONE);
        assertThat(listed.out().lines().skip(1).map(line -> line.split(" ")[0]))
                .containsExactlyElementsOf(names())
                .containsAll(LearnedOptimizers.names())
                .contains("celo2-base", "mulo");
        assertThat(listed.out()).containsPattern("celo2 +347 +g, g clipped, w, m").containsPattern("tuned_soap +15 +-");
    }

    @ParameterizedTest
    @MethodSource("names")
    void aRuleThatIsShownAndNotChangedIsTheNamedOne(String name, @TempDir Path folder) throws IOException {
        Path mine = Files.writeString(folder.resolve("mine.yaml"), evolo("rules", "show", name).out());
        LearnedOptimizer ofFile = Recipes.load("quickstart", List.of("rule=" + mine)).rule().learned();
        LearnedOptimizer ofName = Recipes.load("quickstart", List.of("rule=" + name)).rule().learned();
        assertThat(ofFile).isEqualTo(ofName).isEqualTo(RuleFiles.named(name));
        assertThat(ofFile.initTheta(Rng.of(1, "theta"))).isEqualTo(ofName.initTheta(Rng.of(1, "theta")));
    }

    @Test
    void settingsAfterTheFileChangeIt(@TempDir Path folder) throws IOException {
        Path mine = Files.writeString(folder.resolve("mine.yaml"), "name: element\nhyper: {hidden: 4, loss_trend: 0}\n");
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), Recipes.SHIPPED.text("quickstart").replaceFirst("(?m)^rule:.*\n( .*\n)+", "rule: " + mine + "\n"));
        assertThat(Recipes.load(recipe.toString(), List.of()).rule().hyper()).containsEntry("hidden", 4.0).containsEntry("loss_trend", 0.0);
        assertThat(Recipes.load(recipe.toString(), List.of("rule.hyper.hidden=6")).rule().hyper())
                .containsEntry("hidden", 6.0)
                .containsEntry("loss_trend", 0.0);
    }

    @Test
    void whatIsNoRuleIsRefusedInALine(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> Recipes.load("quickstart", List.of("rule=celo2-bade")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--set rule")
                .hasMessageContaining("celo2-base")
                .hasMessageContaining("nor is there a file");
        Path mine = Files.writeString(folder.resolve("mine.yaml"), "name: element\nhyper: {supprise: 1}\n");
        assertThatThrownBy(() -> Recipes.load("quickstart", List.of("rule=" + mine)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("surprise");
        assertThat(evolo("rules", "show", "celo3").err()).contains("no learned rule is named 'celo3'").contains("celo2");
        assertThat(evolo("rules").code()).isEqualTo(ExitCode.USER_MISTAKE);
    }
}
