package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/dl4j.md says what runs. */
class DocumentationTest {
    private static final Path MODULE = Path.of("").toAbsolutePath();
    private static final Pattern BLOCK = Pattern.compile("```(java|xml)\\n(.*?)```", Pattern.DOTALL);

    @Test
    void itsLeNetIsTrainedAndSaved(@TempDir Path folder) {
        Path saved = folder.resolve("lenet.zip");

        double accuracy = LeNetExample.train(saved);

        assertThat(accuracy).isGreaterThan(0.8); // 0.1 by chance
        assertThat(saved).exists();
    }

    @Test
    void itsJavaIsTheExamples() throws IOException {
        String example = squeezed(Files.readString(MODULE.resolve("src/test/java/io/evolo/optimizers/dl4j/LeNetExample.java")));

        assertThat(blocks("java")).isNotEmpty().allSatisfy(block -> assertThat(example).contains(squeezed(block)));
    }

    @Test
    void itsPomNamesThisArtefactAndItsVersions() throws IOException {
        String pom = Files.readString(MODULE.resolve("pom.xml"));
        String block = String.join("", blocks("xml"));

        assertThat(block).contains("<artifactId>evolo-optimizers-dl4j</artifactId>");
        assertThat(pom).contains("<artifactId>evolo-optimizers-dl4j</artifactId>");
        String version = pom.replaceAll("(?s).*?<version>(.*?)</version>.*", "$1");
        assertThat(block).contains("<version>" + version + "</version>");
    }

    private static List<String> blocks(String language) throws IOException {
        return BLOCK.matcher(Files.readString(MODULE.resolve("../../docs/dl4j.md")))
                .results()
                .filter(match -> match.group(1).equals(language))
                .map(match -> match.group(2))
                .toList();
    }

    /** Without indentation and empty lines. */
    private static String squeezed(String code) {
        return code.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining("\n"));
    }
}
