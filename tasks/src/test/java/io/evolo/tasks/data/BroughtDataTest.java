package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.Split;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables, arrays and pictures that users bring. */
class BroughtDataTest {
    @TempDir
    private Path folder;

    private static Dataset raw(String source, int side) {
        return new DataSpec(source, side, false, false, 0, 0).load();
    }

    /** 40 lines, whose label says whether the first column is the larger one. */
    private Path table(String header, String separator) throws IOException {
        StringBuilder text = new StringBuilder(header);
        for (int i = 0; i < 40; i++) {
            text.append(i % 7).append(separator).append(i % 5).append(separator).append(i % 7 > i % 5 ? "larger" : "\"no, not\"").append('\n');
        }
        return Files.writeString(folder.resolve("mine.csv"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a,b,label\n", "\uFEFFa,b,label\n"})
    void aTablesLastColumnIsTheLabel(String header) throws IOException {
        Dataset data = raw(table(header, ",").toString(), 8);

        assertThat(data.name()).isEqualTo("mine-raw");
        assertThat(data.toString()).contains("1×1×2, 2 classes; 33 train, 1 inner valid, 2 outer valid, 4 test");
        float[] example = new float[2];
        for (Split split : Split.values()) {
            for (int i = 0; i < data.examples(split); i++) {
                data.copyInput(split, i, example, 0);
                assertThat(data.label(split, i)).as("classes in the order of their texts").isEqualTo(example[0] > example[1] ? 0 : 1);
            }
        }
    }

    @Test
    void anotherColumnIsTheLabelByItsName() throws IOException {
        StringBuilder text = new StringBuilder("\uFEFFdigit,x\n");
        for (int i = 0; i < 40; i++) {
            text.append(10 * (i % 3)).append(",").append(i % 3).append('\n');
        }
        String source = Files.writeString(folder.resolve("t.csv"), text) + "#digit";

        Dataset data = raw(source, 8);

        assertThat(data.classes()).isEqualTo(3);
        float[] x = new float[1];
        data.copyInput(Split.TRAIN, 0, x, 0);
        assertThat(data.label(Split.TRAIN, 0)).as("numbers in their order").isEqualTo((int) x[0]);
        assertThatThrownBy(() -> raw(source.replace("#digit", "#species"), 8)).hasMessageContaining("has no column 'species', only \uFEFFdigit, x");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1,two,a      | line 41, column 2 is 'two', expected a finite number",
        "1,,a         | column 2 is '', expected a finite number",
        "1,2          | has 2 columns, expected 3",
    })
    void aBrokenLineIsNamed(String line, String message) throws IOException {
        Path file = table("", ",");
        Files.writeString(file, Files.readString(file) + line + "\n");

        assertThatThrownBy(() -> raw(file.toString(), 8)).isInstanceOf(DataException.class).hasMessageContaining(message);
    }

    @Test
    void aColumnOfNumbersIsNoLabel() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1001; i++) {
            text.append("1,").append(i).append('\n');
        }
        Path file = Files.writeString(folder.resolve("t.csv"), text);

        assertThatThrownBy(() -> raw(file.toString(), 8)).hasMessageContaining("1001 different values, expected 2 to 1000 classes");
    }

    private void picture(String name, int grey, int width) throws IOException {
        Path file = folder.resolve("pets").resolve(name);
        Files.createDirectories(file.getParent());
        BufferedImage image = new BufferedImage(width, 6, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < 6; y++) {
                image.setRGB(x, y, grey << 16 | grey << 8 | grey);
            }
        }
        assertThat(ImageIO.write(image, name.endsWith("png") ? "png" : "jpg", file.toFile())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "train/"})
    void picturesByClassAreReadAtAnySize(String part) throws IOException {
        for (int i = 0; i < 15; i++) {
            picture(part + "cat/" + i + ".png", 51, 6 + i);
            picture(part + "dog/" + i + ".jpeg", 204, 9);
        }
        if (!part.isEmpty()) {
            picture("test/dog/x.JPG", 204, 3);
        }

        Dataset data = new DataSpec(folder.resolve("pets").toString(), 4, true, false, 0, 0).load();

        assertThat(data.toString()).startsWith("pets-4-raw (4×4×1, 2 classes; ");
        assertThat(data.examples(Split.TEST)).isEqualTo(part.isEmpty() ? 3 : 1);
        float[] pixels = new float[16];
        for (Split split : Split.values()) {
            for (int i = 0; i < data.examples(split); i++) {
                data.copyInput(split, i, pixels, 0);
                float expected = data.label(split, i) == 0 ? 0.2f : 0.8f;
                assertThat(pixels).usingComparatorWithPrecision(0.01f).containsOnly(expected);
            }
        }
        assertThat(DataSource.in(folder.resolve("pets"))).singleElement().extracting(DataSource::kind).isEqualTo(DataSource.Kind.PICTURES);
        assertThat(DataSource.in(folder.resolve("pets")).getFirst().files()).hasSize(part.isEmpty() ? 30 : 31);
    }

    @Test
    void aTextThatIsCalledPngIsNamed() throws IOException {
        picture("a/0.png", 1, 6);
        picture("b/0.png", 1, 6);
        Files.writeString(folder.resolve("pets/b/1.png"), "hello");

        assertThatThrownBy(() -> raw(folder.resolve("pets").toString(), 4)).hasMessageContaining("1.png is no PNG or JPEG");
    }

    private static byte[] npy(String type, String shape, ByteBuffer values) {
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }\n";
        ByteBuffer out = ByteBuffer.allocate(10 + header.length() + values.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        return out.put(header.getBytes(StandardCharsets.US_ASCII)).put(values.rewind()).array();
    }

    private static ByteBuffer values(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Path npz(Map<String, byte[]> arrays) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(array.getValue());
            }
        }
        return Files.write(folder.resolve("mine.npz"), bytes.toByteArray());
    }

    private static byte[] images(int count) {
        ByteBuffer pixels = values(count * 4);
        for (int i = 0; i < count; i++) {
            for (int p = 0; p < 4; p++) {
                pixels.put((byte) (i % 3 * 51));
            }
        }
        return npy("|u1", count + ", 2, 2", pixels);
    }

    private static byte[] labels(int count) {
        ByteBuffer labels = values(count * 8);
        for (int i = 0; i < count; i++) {
            labels.putLong(i % 3);
        }
        return npy("<i8", count + ",", labels);
    }

    @Test
    void numpysImagesAreReadFromNpzAndFromAFolder() throws IOException {
        Map<String, byte[]> arrays = new TreeMap<>(
                Map.of("x_train", images(40), "y_train", labels(40), "x_test", images(6), "y_test", labels(6)));
        Dataset packed = raw(npz(arrays).toString(), 2);
        Path apart = Files.createDirectory(folder.resolve("mine"));
        for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
            try (OutputStream out = Files.newOutputStream(apart.resolve(array.getKey() + ".npy"))) {
                out.write(array.getValue());
            }
        }

        assertThat(packed.toString()).contains("2×2×1, 3 classes; 36 train, 2 inner valid, 2 outer valid, 6 test");
        float[] pixels = new float[4];
        packed.copyInput(Split.TRAIN, 5, pixels, 0);
        assertThat(pixels).containsOnly(0.4f);
        assertThat(packed.label(Split.TRAIN, 5)).isEqualTo(2);
        assertThat(raw(apart.toString(), 2)).isEqualTo(packed);
        assertThat(DataSource.in(apart)).singleElement().extracting(DataSource::kind).isEqualTo(DataSource.Kind.NUMPY);
    }

    @ParameterizedTest
    @CsvSource({"<f4, 4", "<f8, 8"})
    void aTableOfNumpysIsDividedWhereNobodyHas(String type, int bytes) throws IOException {
        ByteBuffer numbers = values(40 * 2 * bytes);
        for (int i = 0; i < 80; i++) {
            if (bytes == 4) {
                numbers.putFloat(i / 2 % 3);
            } else {
                numbers.putDouble(i / 2 % 3);
            }
        }
        Dataset data = raw(npz(Map.of("x", npy(type, "40, 2", numbers), "y", labels(40))).toString(), 8);

        assertThat(data.toString()).startsWith("mine-raw (1×1×2, 3 classes; 33 train");
        float[] row = new float[2];
        data.copyInput(Split.TRAIN, 7, row, 0);
        assertThat(row).containsOnly(data.label(Split.TRAIN, 7));
    }

    @Test
    void brokenArraysAreNamed() throws IOException {
        byte[] cut = Arrays.copyOf(images(40), 100);
        assertThatThrownBy(() -> raw(npz(Map.of("x", cut, "y", labels(40))).toString(), 2)).hasMessageContaining("it was cut short");
        assertThatThrownBy(() -> raw(npz(Map.of("x", images(40))).toString(), 2)).hasMessageContaining("has the arrays x, expected x_train");
        assertThatThrownBy(() -> raw(npz(Map.of("x", images(40), "y", labels(39))).toString(), 2)).hasMessageContaining("39 labels for 40 examples");
        byte[] fortran = new String(images(40), StandardCharsets.ISO_8859_1).replace("False", "True ").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> raw(npz(Map.of("x", fortran, "y", labels(40))).toString(), 2)).hasMessageContaining("in C order");
    }
}
