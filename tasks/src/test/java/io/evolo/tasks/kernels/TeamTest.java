package io.evolo.tasks.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.Rng;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void runsEveryPartOnce(int size) {
        try (Team team = new Team(size)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(size);
            team.during(() -> {
                for (int i = 0; i < 1000; i++) {
                    Team.each(runs::incrementAndGet);
                }
            });
            assertThat(IntStream.range(0, size).map(runs::get)).containsOnly(1000);
        }
    }

    @Test
    void thereIsNoTeamOutsideABodyAndNoneWithinAPart() {
        try (Team team = new Team(3)) {
            assertThat(Team.size()).isEqualTo(1);
            AtomicInteger within = new AtomicInteger();
            team.during(() -> {
                assertThat(Team.size()).isEqualTo(3);
                Team.each(part -> within.addAndGet(Team.size()));
                assertThat(Team.size()).isEqualTo(3);
            });
            assertThat(within).hasValue(3);
            assertThat(Team.size()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatAPartFailsWithReachesTheCallerAndTheTeamGoesOn(int failing) {
        try (Team team = new Team(3)) {
            team.during(() -> {
                assertThatThrownBy(() -> Team.each(part -> {
                    if (part == failing) {
                        throw new IllegalStateException("part " + part);
                    }
                })).isInstanceOf(IllegalStateException.class).hasMessage("part " + failing);
                AtomicInteger runs = new AtomicInteger();
                Team.each(part -> runs.incrementAndGet());
                assertThat(runs).hasValue(3);
            });
        }
    }

    @Test
    void aTeamSleepsAndWakes() throws InterruptedException {
        try (Team team = new Team(2)) {
            AtomicInteger runs = new AtomicInteger();
            for (int i = 0; i < 5; i++) {
                team.during(() -> Team.each(part -> runs.incrementAndGet()));
                Thread.sleep(20); // longer than a thread waits before it sleeps
            }
            assertThat(runs).hasValue(10);
        }
    }

    @Test
    void refusesATeamOfNobody() {
        assertThatThrownBy(() -> new Team(0)).hasMessageContaining("a team of 0 threads, expected at least 1");
    }

    @ParameterizedTest
    @CsvSource({"128, 784, 128", "784, 128, 128", "1, 2000, 600", "5, 700, 333", "331, 127, 129", "64, 3000, 10"})
    void sharesAProductWithTheSameBits(int rows, int depth, int columns) {
        Rng rng = Rng.of(1, "product", rows, depth, columns);
        float[] a = normal(rng, rows * depth);
        float[] b = normal(rng, depth * columns);
        float[] start = normal(rng, rows * columns);
        for (Gemm.Form form : Gemm.Form.values()) {
            for (Twin twin : Twin.values()) {
                float[] alone = product(new Gemm(twin, form, rows, columns, depth), a, b, start);
                for (int threads = 2; threads <= 4; threads++) {
                    Gemm shared = new Gemm(twin, form, rows, columns, depth);
                    assertThat(shared.flops()).isGreaterThan(Gemm.WORTH_SHARING);
                    float[] together;
                    try (Team team = new Team(threads)) {
                        together = team.during(() -> product(shared, a, b, start));
                    }
                    assertThat(together).as("%s %s, %s threads", twin, form, threads).isEqualTo(alone);
                }
            }
        }
    }

    /** C = AB, then C += AB, then a bias in the place of a start. */
    private static float[] product(Gemm gemm, float[] a, float[] b, float[] start) {
        float[] c = new float[3 * start.length];
        gemm.multiply(a, 0, b, 0, c, 0);
        System.arraycopy(start, 0, c, start.length, start.length);
        gemm.multiplyAdd(a, 0, b, 0, c, start.length);
        gemm.multiplyBias(a, 0, b, 0, start, 0, c, 2 * start.length);
        return c;
    }

    @ParameterizedTest
    @EnumSource(Twin.class)
    void sharesASymmetricProductWithTheSameBits(Twin twin) {
        for (int n : new int[] {100, 160, 333}) {
            float[] x = normal(Rng.of(2, "symmetric", n), n * 400);
            for (Gemm.Form form : new Gemm.Form[] {Gemm.Form.NT, Gemm.Form.TN}) {
                float[] alone = new float[n * n];
                Gemm.symmetric(twin, form, n, 400).multiply(x, 0, x, 0, alone, 0);
                for (int threads = 2; threads <= 4; threads++) {
                    float[] together = new float[n * n];
                    Gemm gemm = Gemm.symmetric(twin, form, n, 400);
                    try (Team team = new Team(threads)) {
                        team.during(() -> gemm.multiply(x, 0, x, 0, together, 0));
                    }
                    assertThat(together).as("%s %s, %s threads", n, form, threads).isEqualTo(alone);
                }
            }
        }
    }

    /** What is computed left of the diagonal is not kept: with operands that do not commute, the right half counts. */
    @Test
    void ofAProductThatIsNotQuiteSymmetricTheRightHalfCounts() {
        int n = 200;
        float[] a = normal(Rng.of(3, "a"), n * n);
        float[] b = normal(Rng.of(3, "b"), n * n);
        float[] alone = new float[n * n];
        float[] together = new float[n * n];
        Gemm gemm = Gemm.symmetric(Twin.VECTOR, Gemm.Form.NN, n, n);
        gemm.multiply(a, 0, b, 0, alone, 0);
        try (Team team = new Team(3)) {
            team.during(() -> gemm.multiply(a, 0, b, 0, together, 0));
        }
        assertThat(together).isEqualTo(alone);
    }

    @Test
    void cutsCoverEverythingOnce() {
        for (int count : new int[] {1, 16, 17, 100, 1000}) {
            for (int parts = 1; parts <= 5; parts++) {
                int[] cuts = new int[parts + 1];
                for (int part = 0; part <= parts; part++) {
                    cuts[part] = Team.cut(count, 16, part, parts);
                }
                assertThat(cuts).startsWith(0).endsWith(count).isSorted();
                assertThat(Arrays.stream(cuts, 0, parts)).allMatch(cut -> cut % 16 == 0 || cut == count);
            }
        }
    }

    private static float[] normal(Rng rng, int count) {
        float[] x = new float[count];
        rng.fillGaussian(x, 1);
        return x;
    }
}
