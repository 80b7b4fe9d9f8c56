package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.Split;
import io.evolo.tasks.data.TextSpec.Unit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextSpecTest {
    private static final String TEXT = "äbc-".repeat(10);

    @TempDir
    Path folder;

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private Path writeText() throws IOException {
        return write("some.txt", TEXT.getBytes(StandardCharsets.UTF_8));
    }

    private static TokenData bytes(Path path) {
        return new TextSpec(path.toString(), Unit.BYTES, 0).load();
    }

    private static void refused(Path path, String... fragments) {
        assertThatThrownBy(() -> TextSpec.characters(path).load()).isInstanceOf(DataException.class).hasMessageContainingAll(fragments);
    }

    @Test
    void charactersAreNumberedInAscendingOrder() throws IOException {
        TokenData data = TextSpec.characters(writeText()).load();
        assertThat(data.name()).isEqualTo("some");
        assertThat(data.vocabulary()).isEqualTo(4);
        assertThat(data.text(0, 1, 2, 3)).isEqualTo("-bcä");
        assertThat(data.id(Split.TRAIN, 0)).isEqualTo(3);
    }

    @Test
    void thePartsAreTheTextInItsOrder() throws IOException {
        TokenData data = TextSpec.characters(writeText()).load();
        StringBuilder all = new StringBuilder();
        for (Split split : new Split[] {Split.TRAIN, Split.INNER_VALID, Split.OUTER_VALID, Split.TEST}) {
            int[] part = new int[data.tokens(split)];
            data.copyWindow(split, 0, part.length, part, 0);
            all.append(data.text(part));
        }
        assertThat(all).hasToString(TEXT);
        assertThat(Arrays.stream(Split.values()).mapToInt(data::tokens)).containsExactly(36, 1, 1, 2);
    }

    @Test
    void aByteOrderMarkAndCarriageReturnsOfLineEndsAreNoCharacters() throws IOException {
        String text = "äb\nc-\n".repeat(10);
        TokenData plain = TextSpec.characters(write("text.txt", text.getBytes(StandardCharsets.UTF_8))).load();
        Path marked = write("marked.txt", ("\uFEFF" + text.replace("\n", "\r\n")).getBytes(StandardCharsets.UTF_8));

        TokenData read = TextSpec.characters(marked).load();

        assertThat(read.sha256()).isEqualTo(plain.sha256());
        assertThat(read.vocabulary()).isEqualTo(5);
    }

    @Test
    void bytesHaveAVocabularyOf256() throws IOException {
        TokenData data = bytes(writeText());
        assertThat(data.name()).isEqualTo("some-bytes");
        assertThat(data.vocabulary()).isEqualTo(256);
        assertThat(data.id(Split.TRAIN, 0)).isEqualTo(0xC3);
    }

    @Test
    void aZippedFileAndTheFolderItLiesInGiveTheSameContent() throws IOException {
        TokenData plain = TextSpec.characters(writeText()).load();
        Path zipped = Files.createDirectory(folder.resolve("zipped"));
        Files.write(zipped.resolve("input.txt.gz"), IdxWriter.gzip(TEXT.getBytes(StandardCharsets.UTF_8)));
        TokenData fromFolder = TextSpec.characters(zipped).load();
        assertThat(fromFolder.sha256()).isEqualTo(plain.sha256());
        assertThat(fromFolder.name()).isEqualTo("zipped");
        assertThat(TextSpec.characters(zipped.resolve("input.txt.gz")).load().name()).isEqualTo("input");
    }

    @Test
    void refusesBytesThatAreNoCharacter() throws IOException {
        byte[] content = TEXT.getBytes(StandardCharsets.UTF_8);
        content[12] = (byte) 0xFF;
        refused(write("bad.txt", content), "bad.txt is not UTF-8", "from 12 on", "read it as bytes");
        assertThat(bytes(folder.resolve("bad.txt")).id(Split.TRAIN, 12)).isEqualTo(255);
    }

    @Test
    void refusesAZippedFileThatWasCutShort() throws IOException {
        byte[] zipped = IdxWriter.gzip(TEXT.getBytes(StandardCharsets.UTF_8));
        refused(write("cut.txt.gz", Arrays.copyOf(zipped, zipped.length - 9)), "cut.txt.gz is damaged", "fetch it again");
    }

    @Test
    void refusesATextTooShortToDivide() throws IOException {
        refused(write("short.txt", "abc".getBytes(StandardCharsets.UTF_8)), "holds 3 tokens", "at least 40");
        refused(write("none.txt", new byte[0]), "0 different characters");
    }

    @Test
    void refusesAFolderWithoutOneTextAndAMissingPath() throws IOException {
        refused(folder, "holds 0 files");
        writeText();
        write("other.txt", new byte[1]);
        refused(folder, "holds 2 files", "name the file itself");
        refused(folder.resolve("nowhere"), "no file or folder", "'grammar'");
    }

    @Test
    void refusesWordsOfAFile() {
        assertThatThrownBy(() -> new TextSpec("some.txt", Unit.WORDS, 0)).hasMessageStartingWith("unit is words for some.txt");
    }
}
