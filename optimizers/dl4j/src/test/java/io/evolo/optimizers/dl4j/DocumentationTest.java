package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataSpec;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/dl4j.md says what runs. */
class DocumentationTest {
    private static final Path MODULE = Path.of("").toAbsolutePath();
    private static final Path PROJECT = MODULE.resolve("../../docs/examples/lenet");
    private static final Pattern BLOCK = Pattern.compile("```(java|xml)\\n(.*?)```", Pattern.DOTALL);

    /** In no package, as a user's, and with no more on the class path than this module has. */
    @Test
    void itsLeNetIsCompiledTrainedAndSaved(@TempDir Path folder) throws Exception {
        Path source = PROJECT.resolve("src/main/java/LeNet.java");
        int problems = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", folder.toString(), "-cp",
                System.getProperty("java.class.path"), source.toString());
        assertThat(problems).isZero();
        Path saved = folder.resolve("lenet.zip");

        try (URLClassLoader classes = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            classes.loadClass("LeNet").getMethod("main", String[].class).invoke(null, (Object) new String[] {saved.toString()});
        }

        var test = Dl4jData.of(DataSpec.strokes(16).load()).dataSet(Split.TEST).asList();
        double accuracy = NetworkFile.readLayers(saved).evaluate(new ListDataSetIterator<>(test, 200)).accuracy();
        assertThat(accuracy).isGreaterThan(0.8); // 0.1 by chance
    }

    @Test
    void itsCodeIsTheProjects() throws IOException {
        assertThat(blocks("java")).containsExactly(Files.readString(PROJECT.resolve("src/main/java/LeNet.java")));
        assertThat(blocks("xml")).containsExactly(Files.readString(PROJECT.resolve("pom.xml")));
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
}
