package io.evolo.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnedOptimizerPackageTest {
    @TempDir
    Path folder;

    @Test
    void comesBackWhole() {
        Path file = folder.resolve("tiny.evolo");
        Packages.sample().write(file);
        LearnedOptimizerPackage got = LearnedOptimizerPackage.read(file);
        assertThat(got).usingRecursiveComparison().isEqualTo(Packages.sample());
        assertThat(got.sha256()).isEqualTo(Packages.sample().sha256());
    }

    @Test
    void endsWithItsIdentity() throws IOException {
        Path file = folder.resolve("tiny.evolo");
        Packages.sample().write(file);
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(file))).endsWith(Packages.sample().sha256());
    }

    @Test
    void itsContentIsThatOfItsFileAndComesBackWhole() throws IOException {
        Path file = folder.resolve("tiny.evolo");
        Packages.sample().write(file);
        byte[] content = Packages.sample().content();
        assertThat(content).isEqualTo(Files.readAllBytes(file));
        assertThat(LearnedOptimizerPackage.read(content, "here")).usingRecursiveComparison().isEqualTo(Packages.sample());
        assertThatThrownBy(() -> LearnedOptimizerPackage.read(Arrays.copyOf(content, content.length - 1), "here"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("here holds a payload of ")
                .hasMessageEndingWith("it was cut short, fetch or write it again");
    }

    /** One such file is added with every version of the format, and all of them stay. */
    @Test
    void readsTheFilesOfEveryReleaseAndStillWritesTheNewestBitForBit() throws Exception {
        Path first = Path.of(getClass().getResource("tiny-1.evolo").toURI());
        assertThat(LearnedOptimizerPackage.read(first)).usingRecursiveComparison().ignoringFields("usage").isEqualTo(Packages.sample());
        assertThat(LearnedOptimizerPackage.read(first).usage()).isEmpty();
        Path released = Path.of(getClass().getResource("tiny-2.evolo").toURI());
        assertThat(LearnedOptimizerPackage.read(released)).usingRecursiveComparison().isEqualTo(Packages.sample());
        Path written = folder.resolve("tiny.evolo");
        Packages.sample().write(written);
        assertThat(written).hasSameBinaryContentAs(released);
    }

    @Test
    void refusesAUsageThatItDoesNotKnowAndSaysTheWayOut() {
        var sp = new Usage.Scaling("sp", 1);
        assertThatThrownBy(() -> new Usage.Scaling("ntk", 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parametrization 'ntk', expected sp or mup; use the release that wrote it");
        assertThatThrownBy(() -> new Usage.Scaling("mup", 0)).hasMessageContaining("base width 0, expected at least 1");
        assertThatThrownBy(() -> new Usage.Scaling("sp", 2)).hasMessageContaining("base width 2 under sp, expected 1");
        assertThatThrownBy(() -> new Usage(sp, new TreeMap<>(), new TreeSet<>(List.of("moon"))))
                .hasMessageContaining("need 'moon', expected one of [coupled-tensors, horizon, loss]");
    }

    /** The digest was computed by sha256sum over the six little-endian floats. */
    @Test
    void thetaHasADigestOfItsOwn() {
        assertThat(Packages.sample().sha256OfTheta()).isEqualTo("24ae2dfe8df57c1b80e54cef3d90ac3b417fd98973345a5f616bbc9a75dcc202");
    }

    @Test
    void ownsItsArrays() {
        LearnedOptimizerPackage sample = Packages.sample();
        String before = sample.sha256();
        sample.theta()[0] = 9;
        sample.featureStatistics().get("gradient")[0] = 9;
        sample.golden().start()[0] = 9;
        sample.golden().gradients()[0][0] = 9;
        sample.golden().expected()[0] = 9;
        sample.golden().losses()[0] = 9;
        sample.golden().updateScales()[0] = 9;
        assertThat(sample.sha256()).isEqualTo(before);
        assertThatThrownBy(() -> sample.provenance().put("a", "b")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void refusesThetaThatDoesNotFillItsTensorsOrIsNotFinite() {
        assertThatThrownBy(() -> with(new float[5])).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("theta has 5 values, expected 6");
        assertThatThrownBy(() -> with(new float[] {1, 2, Float.NaN, 4, 5, 6})).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("theta[2] is NaN");
    }

    @Test
    void refusesShapesThatOverflow() {
        assertThatThrownBy(() -> new NamedTensor("w", List.of(65536, 65536, 65536, 65536)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NamedTensor("w", List.of(3, 0))).isInstanceOf(IllegalArgumentException.class);
    }

    private static LearnedOptimizerPackage with(float[] theta) {
        return new LearnedOptimizerPackage("n", "small_fc", 1, new TreeMap<>(), List.of(new NamedTensor("w", List.of(6))), theta,
                new TreeMap<>(), Map.of(), Packages.sample().golden(), "MIT", Optional.empty());
    }
}
