package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Twin;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both twins of {@link Crossing} move the same values at awkward sizes, and {@link Strided} finds every element. */
class CrossingTest {

    private static float[] values(int count, String purpose) {
        float[] values = new float[count];
        Rng.of(1, purpose).fillGaussian(values, 1);
        return values;
    }

    private static MemorySegment segment(float[] values) {
        MemorySegment segment = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, values.length);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return segment;
    }

    private static float[] array(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_FLOAT);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,5", "4,4", "7,16", "16,9", "20,33", "258,6", "261,517"})
    void rowsBecomeColumns(int rows, int columns) {
        float[] x = values(3 + rows * (columns + 2), "crossing-x");
        float[] plain = new float[1 + columns * (rows + 1)];
        float[] vector = plain.clone();

        Crossing.read(Twin.PLAIN, segment(x), 3, columns + 2, rows, columns, plain, 1, rows + 1);
        Crossing.read(Twin.VECTOR, segment(x), 3, columns + 2, rows, columns, vector, 1, rows + 1);

        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                assertThat(plain[1 + j * (rows + 1) + i]).isEqualTo(x[3 + i * (columns + 2) + j]);
            }
        }
        assertThat(vector).containsExactly(plain);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,5", "4,4", "7,16", "16,9", "20,33", "258,6", "261,517"})
    void differencesAreOfTheSameElements(int rows, int columns) {
        float[] x = values(rows * columns, "crossing-x");
        float[] old = values(2 + x.length, "crossing-old");
        MemorySegment plain = segment(new float[1 + x.length]);
        MemorySegment vector = segment(new float[1 + x.length]);

        Crossing.subtract(Twin.PLAIN, x, 0, columns, rows, columns, segment(old), 2, plain, 1, rows);
        Crossing.subtract(Twin.VECTOR, x, 0, columns, rows, columns, segment(old), 2, vector, 1, rows);

        float[] got = array(plain);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                assertThat(got[1 + j * rows + i]).isEqualTo(old[2 + j * rows + i] - x[i * columns + j]);
            }
        }
        assertThat(array(vector)).containsExactly(got);
    }

    @ParameterizedTest
    @CsvSource({"1", "15", "16", "47", "1000"})
    void denseDifferencesAreOfTheSameElements(int count) {
        float[] x = values(count, "crossing-x");
        float[] old = values(count, "crossing-old");
        MemorySegment plain = segment(new float[count]);
        MemorySegment vector = segment(new float[count]);

        Crossing.subtract(Twin.PLAIN, x, 0, count, segment(old), 0, plain, 0);
        Crossing.subtract(Twin.VECTOR, x, 0, count, segment(old), 0, vector, 0);

        assertThat(array(plain)[count - 1]).isEqualTo(old[count - 1] - x[count - 1]);
        assertThat(array(vector)).containsExactly(array(plain));
    }

    /** Axes outermost first; strides of every order of axes that fills memory. */
    @ParameterizedTest
    @CsvSource({"0 1 2 3", "3 2 1 0", "1 0 3 2", "2 3 1 0", "0 3 1 2", "1 2 3 0"})
    void everyOrderOfAxesIsReadAndWritten(String order) {
        List<Integer> axes = List.of(3, 2, 5, 4);
        int[] outermostFirst = Arrays.stream(order.split(" ")).mapToInt(Integer::parseInt).toArray();
        Integer[] strides = new Integer[4];
        int stride = 1;
        for (int i = 3; i >= 0; i--) {
            strides[outermostFirst[i]] = stride;
            stride *= axes.get(outermostFirst[i]);
        }
        Strided strided = new Strided(axes, List.of(strides));
        float[] memory = values(120, "strided");
        float[] read = new float[120];

        strided.read(new Memory(segment(memory), 0, null), 0, read, 0);

        int[] places = IntStream.range(0, 120).map(i -> i / 40 * strides[0] + i / 20 % 2 * strides[1] + i / 4 % 5 * strides[2]
                + i % 4 * strides[3]).toArray();
        for (int i = 0; i < 120; i++) {
            assertThat(read[i]).isEqualTo(memory[places[i]]);
        }
        MemorySegment written = segment(new float[120]);
        strided.write(read, 0, new Memory(written, 0, null), 0);
        assertThat(array(written)).containsExactly(memory);
        strided.writeDecrease(read, 0, new Memory(segment(memory), 0, null), new Memory(written, 0, null), 0);
        assertThat(array(written)).containsOnly(0f);
    }

    @Test
    void tensorsWithGapsAreRefused() {
        assertThatThrownBy(() -> new Strided(List.of(3, 2), List.of(4, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dup()");
    }
}
