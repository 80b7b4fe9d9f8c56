package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.checkpoints.ShippedPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What shells and other programs want of the command line: completion, a manual page, tables as JSON. */
class ShellTest {
    @TempDir
    private Path folder;

    private String bash(String script) throws Exception {
        assumeThat(Path.of("/bin/bash")).exists();
        Path file = Files.writeString(folder.resolve("completion.bash"), evolo("completion").out());
        Process process = new ProcessBuilder("/bin/bash", "-c", "set -e; compopt() { :; }; source '" + file + "'; " + script).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        assertThat(bash("COMP_WORDS=(evolo meta-t); COMP_CWORD=1; _complete_evolo; echo \"${COMPREPLY[@]}\"")).contains("meta-train");
        assertThat(bash("COMP_WORDS=(evolo train --sched); COMP_CWORD=2; _complete_evolo; echo \"${COMPREPLY[@]}\"")).contains("--schedule");
        assertThat(bash("COMP_WORDS=(evolo data fe); COMP_CWORD=2; _complete_evolo; echo \"${COMPREPLY[@]}\"")).contains("fetch");
    }

    @Test
    void theManualPageHasEveryCommandAndOption() {
        String page = evolo("man").out();

        assertThat(page).startsWith(".TH EVOLO 1 ").contains(".SS evolo meta\\-train", ".SS evolo data fetch", "\\fB\\-\\-resume\\fR=\\fIDIR\\fR", ".B 130");
        assertThat(page.lines().filter(line -> line.startsWith("."))).as("macros of roff").allMatch(line -> line.matches("\\.(TH|SH|SS|TP|B|I)( .*)?"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"packages", "recipes list", "rules list", "tasks list", "data list", "data fetch"})
    void everyListIsThereAsJson(String command) throws Exception {
        Path json = folder.resolve("table.json");
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of("--json", json.toString()));
        String table = evolo(words.toArray(String[]::new)).out();

        JsonNode rows = new ObjectMapper().readTree(json.toFile());

        assertThat(rows.size()).isEqualTo((int) table.lines().count() - 1);
        rows.forEach(row -> assertThat(table).contains(row.properties().iterator().next().getValue().asText()));
        words.set(words.size() - 1, folder.resolve("missing/table.json").toString());
        assertThat(evolo(words.toArray(String[]::new)).err()).contains("--json").contains("cannot be written");
    }

    @Test
    void numbersOfATableAreNumbers() throws Exception {
        Path json = folder.resolve("packages.json");
        evolo("packages", "--json", json.toString());
        JsonNode first = new ObjectMapper().readTree(json.toFile()).get(0);

        assertThat(first.path("package").asText()).isEqualTo(ShippedPackages.names().getFirst());
        assertThat(first.path("theta").isInt()).isTrue();
        assertThat(first.path("theta sha256").isTextual()).isTrue();
    }
}
