package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FactoringTest {

    @ParameterizedTest
    @CsvSource({
        // Sizes and strides tell which axes were chosen.
        "'4,4',     4, 1, 4, 4",
        "'2,3,3',   3, 1, 3, 3",
        "'5,5,2',   5, 2, 5, 10",
        "'7,3',     7, 3, 3, 1",
        "'3,7',     7, 1, 3, 7",
        "'4,3,2,2', 4, 12, 3, 4",
        "'1,1',     1, 1, 1, 1",
    })
    void theLargestAxisIsD0AndOfEqualOnesTheLater(String axes, int size0, int stride0, int size1, int stride1) {
        FactoredTensor tensor = FactoredTensor.of(shape(axes), 0, 0);

        assertThat(tensor.factored()).isTrue();
        assertThat(List.of(tensor.size0(), tensor.stride0(), tensor.size1(), tensor.stride1()))
                .containsExactly(size0, stride0, size1, stride1);
    }

    @ParameterizedTest
    @CsvSource({"'4,4'", "'2,3,3'", "'5,5,2'", "'7,3'", "'3,7'", "'4,3,2,2'", "'3,4,5'", "'5,4,3'"})
    void rowsAndColumnsAreThePositionsOnTheOtherAxesInOrder(String axes) {
        Shape shape = shape(axes);
        FactoredTensor tensor = FactoredTensor.of(shape, 0, 0);
        int d0 = axisOf(shape, tensor.stride0(), tensor.size0());
        int d1 = axisOf(shape, tensor.stride1(), tensor.size1());
        for (int n = 0; n < shape.size(); n++) {
            assertThat(tensor.row(n)).as("row of %d", n).isEqualTo(position(shape, n, d0));
            assertThat(tensor.col(n)).as("column of %d", n).isEqualTo(position(shape, n, d1));
            // The first row of the group is the row of the element with index 0 on d1.
            int first = n - n / tensor.stride1() % tensor.size1() * tensor.stride1();
            assertThat(tensor.firstRowOfGroup(tensor.row(n))).isEqualTo(tensor.row(first));
            int next = tensor.row(first) + n / tensor.stride1() % tensor.size1() * tensor.rowStride1();
            assertThat(next).isEqualTo(tensor.row(n));
        }
    }

    @Test
    void accumulatorsLieOneBehindTheOther() {
        Factoring factoring = Factoring.of(new ParamLayout(List.of(
                ParamSpec.plain("scalar", Shape.of()),
                ParamSpec.plain("vector", Shape.of(5)),
                ParamSpec.plain("matrix", Shape.of(4, 3)),
                ParamSpec.plain("kernel", Shape.of(2, 3, 2, 4)))));

        assertThat(factoring.tensor(1).rowOffset()).isEqualTo(1);
        assertThat(factoring.tensor(1).colOffset()).isEqualTo(1);
        assertThat(factoring.tensor(2).rowOffset()).isEqualTo(6);
        assertThat(factoring.tensor(2).colOffset()).isEqualTo(9);
        assertThat(factoring.tensor(3).rowOffset()).isEqualTo(13);
        assertThat(factoring.tensor(3).colOffset()).isEqualTo(13 + 12);
        assertThat(factoring.accumulators()).isEqualTo(13 + 12 + 16);
        assertThat(factoring.mostAccumulators()).isEqualTo(28);
        assertThat(factoring.tensor(3).slices()).isEqualTo(6);
        assertThat(factoring.tensor(1).slices()).isEqualTo(1);
    }

    private static Shape shape(String axes) {
        return Shape.of(Arrays.stream(axes.split(",")).mapToInt(Integer::parseInt).toArray());
    }

    private static int axisOf(Shape shape, int stride, int size) {
        int below = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            if (below == stride && shape.axis(axis) == size) {
                return axis;
            }
            below *= shape.axis(axis);
        }
        throw new AssertionError("no axis of size " + size + " and stride " + stride + " in " + shape);
    }

    /** Row-major position of element n on all axes but one, by its multi-index. */
    private static int position(Shape shape, int n, int without) {
        int position = 0;
        int rest = n;
        int scale = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            int index = rest % shape.axis(axis);
            rest /= shape.axis(axis);
            if (axis != without) {
                position += index * scale;
                scale *= shape.axis(axis);
            }
        }
        return position;
    }
}
