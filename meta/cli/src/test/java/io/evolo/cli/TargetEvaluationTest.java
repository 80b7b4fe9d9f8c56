package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.cli.EvoloProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetEvaluationTest {
    @TempDir
    private Path folder;

    private Outcome evaluate(String target, String seeds, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "evaluate", "--target", target, "--seeds", seeds, "--run", folder.resolve("run").toString(), "--threads", "1", "--set",
                "data.side=4", "--set", "width=8", "--set", "depth=1", "--set", "parametrization=sp"));
        arguments.addAll(List.of(more));
        return evolo(arguments.toArray(String[]::new));
    }

    /** SGD at this rate does not learn in 20 steps; Adam is below the loss of equal logits after 100 and not after one. */
    @Test
    void whoReachesTheTargetInFewestStepsComesFirstAndOthersLast() throws Exception {
        Outcome outcome = evaluate("2", "4", "sgd:rate=1e-6@20", "adam:rate=0.03@200", "adam:rate=0.03@100", "adam:rate=0.03@1");
        assertThat(outcome.code()).isEqualTo(ExitCode.DONE);
        List<String> lines = outcome.out().lines().toList();
        assertThat(lines.get(0)).startsWith("target: held-out loss 2.0, seeds 0 to 3");
        assertThat(lines.get(2)).matches("adam:rate=0.03 +100 .* yes .*");
        assertThat(lines.get(3)).matches("adam:rate=0.03 +200 .* yes .*");
        assertThat(lines.subList(4, 6)).allSatisfy(line -> assertThat(line).contains(" no "));
        assertThat(lines.stream().filter(line -> line.contains("@") && line.contains("±"))).hasSize(6);
    }

    @Test
    void entriesAndSeedsStandBeforeTheFirstRunAndDoNotChange() throws Exception {
        Outcome whole = evaluate("2", "2", "adam:rate=0.03@20");
        assertThat(Files.readString(folder.resolve("run/target.yaml"))).contains("target: 2", "adam:rate=0.03");
        assertThat(evaluate("2", "2", "adam:rate=0.03@20").err()).contains("--resume");
        assertThat(evaluate("2", "3", "adam:rate=0.03@20", "--resume").err()).contains("says other target runs");
        int trials = trials();
        Outcome again = evaluate("2", "2", "adam:rate=0.03@20", "--resume");
        assertThat(again.out()).isEqualTo(whole.out());
        assertThat(trials()).isEqualTo(trials).isEqualTo(2);
    }

    private int trials() throws IOException {
        return Files.readAllLines(folder.resolve("run/steps-20/trials.jsonl")).size();
    }

    @ParameterizedTest
    @CsvSource({"adam:rate=0.1, does not say where it stops", "adam@, does not say where it stops", "adam:rate=0.1@0, expected at least 1",
        "nosuch@10, nosuch"})
    void whatIsNoEntryIsRefusedInOneLine(String entry, String part) throws Exception {
        Outcome outcome = evaluate("2", "2", entry);
        assertThat(outcome.code()).isEqualTo(ExitCode.USER_MISTAKE);
        assertThat(outcome.err()).contains(part);
    }
}
