package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.cli.EvoloProcess.Outcome;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckMupCommandTest {

    @Test
    void printsASlopeForEveryLayerAndAVerdictAndWritesAPage(@TempDir Path folder) throws IOException {
        Path page = folder.resolve("page.html");
        Outcome outcome = evolo(
                "check-mup", "small_fc:level_gradients=1", "--widths", "64,128,256", "--steps", "1,2", "--set", "batch=16", "--html",
                page.toString(), "--run", folder.resolve("run").toString());
        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out())
                .containsPattern("muP +small_fc:level_gradients=1 +dense1 +[-+]0\\.0\\d\\d +[-+]0\\.0\\d\\d +pass")
                .containsPattern("SP +small_fc:level_gradients=1 +logits +\\+[01]\\.\\d+ +\\+[01]\\.\\d+ +grows")
                .contains("muP, small_fc:level_gradients=1: passes");
        assertThat(Files.readString(page))
                .contains("<h1>Coordinate check</h1>", "SP, small_fc:level_gradients=1")
                .doesNotContain("http-equiv");
        Outcome report = evolo("report", folder.resolve("run").toString());
        assertThat(report.code()).as(report.err()).isZero();
        assertThat(folder.resolve("run/report.html")).hasSameTextualContentAs(page);
    }

    @Test
    void explainsEveryTensor() {
        Outcome outcome = evolo("check-mup", "--explain", "--set", "depth=2", "--parametrization", "mup");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .containsPattern("dense2/w +\\[64×64\\] +hidden +sums over 64 \\(grows\\), gives 64 \\(grows\\) +0 +0.125 +1 +0.01563 +1\n")
                .containsPattern("logits/w +\\[64×10\\] +output +sums over 64 \\(grows\\), gives 10 \\(fixed\\) +0 +0 +0.01563 +1 +64\n")
                .containsPattern("dense1/b +\\[64\\] +vector +one axis that no sum runs over, grows")
                .doesNotContain("MISMATCH");
    }

    /** Two widths that every family can have, of data that any has. */
    @ParameterizedTest
    @ValueSource(strings = {"mlp", "conv", "resnet", "vit", "autoencoder", "vae", "transformer_lm", "rnn_lm", "teacher_student"})
    void explainsTheRolesOfEveryFamilyWithoutAMismatch(String family) {
        Outcome outcome = evolo("check-mup", "--explain", "--set", "family=" + family, "--widths", "16,32", "--parametrization", "mup,sp");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("muP, ", "SP, ")
                .containsPattern("/w +\\[\\d+.*\\] +input +sums over \\d+ \\(fixed\\), gives \\d+ \\(grows\\)|/table .*input")
                .containsPattern("/w +\\[\\d+.*\\] +output +sums over \\d+ \\(grows\\), gives \\d+ \\(fixed\\)")
                .doesNotContain("MISMATCH");
    }

    @Test
    void aRoleThatDoesNotFitWhatGrowsIsMarked() {
        ParamSpec narrow = new ParamSpec("w", Shape.of(8, 8), Role.INPUT, 8, 0, Scaling.NONE);
        ParamSpec wide = new ParamSpec("w", Shape.of(16, 16), Role.INPUT, 16, 0, Scaling.NONE);
        assertThat(Explanation.reason(narrow, wide)).endsWith("MISMATCH: expected hidden");
        ParamSpec fixed = new ParamSpec("w", Shape.of(8, 8), Role.INPUT, 8, 0, Scaling.NONE);
        assertThat(Explanation.reason(fixed, fixed)).endsWith("no width scales it");
    }

    @Test
    void mistakesAreNamed() {
        assertThat(evolo("check-mup", "small_fx").err()).contains("no optimizer is named 'small_fx'");
        assertThat(evolo("check-mup", "small_fc", "--widths", "64").err()).contains("widths is [64], expected at least two, ascending");
        assertThat(evolo("check-mup", "small_fc", "--set", "wdith=3").err()).contains("did you mean 'width'?");
    }
}
