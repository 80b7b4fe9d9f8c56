package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.data.DataSource.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSourceTest {
    @TempDir
    Path folder;

    @Test
    void aFolderOfSeveralIsSearchedOneLevelDeep() throws IOException {
        IdxWriter.folder(Files.createDirectory(folder.resolve("digits")));
        Files.writeString(Files.createDirectory(folder.resolve("book")).resolve("input.txt"), "ab".repeat(40));
        Files.writeString(folder.resolve("notes.txt"), "cd".repeat(40));
        Files.createFile(Files.createDirectory(folder.resolve("pictures")).resolve("train.bin"));
        Files.createDirectory(folder.resolve("empty"));
        assertThat(DataSource.in(folder))
                .extracting(DataSource::kind)
                .containsExactly(Kind.TEXT, Kind.IDX, Kind.TEXT, Kind.CIFAR100);
    }

    @Test
    void imagesKeepTheirOwnSizeAndRange() throws IOException {
        IdxWriter.folder(folder);
        DataSource source = DataSource.in(folder).getFirst();
        assertThat(source.load()).isEqualTo(new DataSpec(folder.toString(), 2, false, false, 0, 0).load());
        assertThat(source.files()).hasSize(4).allMatch(Files::exists);
    }

    @Test
    void theEmbeddedOnesLoadWithoutFiles() {
        assertThat(DataSource.embedded()).allSatisfy(source -> {
            assertThat(source.load().name()).startsWith(source.source());
            assertThat(source.files()).isEmpty();
        });
    }

    @Test
    void refusesAFolderWithoutDataAndAMissingPath() throws IOException {
        Files.createFile(folder.resolve("some.jpg"));
        assertThatThrownBy(() -> DataSource.in(folder)).isInstanceOf(DataException.class).hasMessageContaining("holds no data set");
        assertThatThrownBy(() -> DataSource.in(folder.resolve("none"))).hasMessageContaining("no file or folder");
    }
}
