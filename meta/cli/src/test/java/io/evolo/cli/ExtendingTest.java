package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.cli.EvoloProcess.Outcome;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/extending.md, compiled, trained and refused. */
class ExtendingTest {
    private static final String SETTING = "rule={name: element, hyper: {hidden: 2, within_row: 1}}";

    @Test
    void theExamplesFeatureIsTrainedWithItsJarAndRefusedWithoutIt(@TempDir Path folder) throws Exception {
        Matcher example = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("../../docs/extending.md")));
        assertThat(example.find()).isTrue();
        Path source = Files.writeString(folder.resolve("WithinRow.java"), example.group(1));
        Path classes = folder.resolve("classes");
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        String path = System.getProperty("java.class.path");
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "--add-modules", "jdk.incubator.vector", "-cp", path, "-d", classes.toString(), source.toString());
        assertThat(failed).isZero();
        Files.writeString(services.resolve("io.evolo.optimizers.learned.element.Feature"), "mine.WithinRow\n");

        Outcome trained = EvoloProcess.start(
                folder, List.of(), path + File.pathSeparator + classes, TinyRun.arguments(folder, "run", "--set", SETTING)).await();
        assertThat(trained.code()).as(trained.err()).isEqualTo(ExitCode.DONE);
        Path packaged = folder.resolve("run/tiny.evolo");
        assertThat(packaged).exists();

        Outcome recipe = evolo(TinyRun.arguments(folder, "other", "--set", SETTING));
        assertThat(recipe.code()).isEqualTo(ExitCode.USER_MISTAKE);
        assertThat(recipe.err()).contains("within_row").doesNotContain("at io.evolo");
        Outcome loaded = evolo("train", packaged.toString(), "--steps", "2");
        assertThat(loaded.code()).isNotEqualTo(ExitCode.DONE);
        assertThat(loaded.err()).contains("within_row").doesNotContain("at io.evolo");
    }
}
