package io.evolo.optimizers.learned;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.learned.FusedTensor.Grain;
import io.evolo.optimizers.learned.FusedTensor.Slice;
import io.evolo.tasks.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FusedTensorTest {

    static Stream<Shape> shapes() {
        return Stream.of(
                Shape.of(), Shape.of(1), Shape.of(20_000), Shape.of(1, 1), Shape.of(7, 1), Shape.of(1, 7), Shape.of(5, 5),
                Shape.of(2100, 9), Shape.of(9, 2100), Shape.of(1100, 1200), Shape.of(7, 1, 1), Shape.of(1, 7, 1), Shape.of(2, 7, 1),
                Shape.of(3, 3, 3), Shape.of(5, 3, 2), Shape.of(40, 2, 7), Shape.of(60, 3, 70), Shape.of(30, 40, 50),
                Shape.of(3, 3, 6, 20), Shape.of(20, 6, 3, 3), Shape.of(6, 20, 3, 3), Shape.of(20, 3, 3, 6), Shape.of(4, 6, 2, 3, 3));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void chunksAndTilesMeetEveryElementOnceWithItsRowAndItsColumn(Shape shape) {
        FactoredTensor tensor = FactoredTensor.of(shape, 0, 0);
        for (int sliceSize : new int[] {tensor.size(), tensor.sliceSize()}) {
            FusedTensor fused = FusedTensor.of(tensor, sliceSize);
            assertThat(fused.slices()).hasSize(tensor.size() / sliceSize);
            int[] chunkVisits = new int[tensor.size()];
            int[] tileVisits = new int[tensor.size()];
            for (Slice slice : fused.slices()) {
                visit(fused, slice, slice.chunks(), chunkVisits);
                visit(fused, slice, slice.tiles(), tileVisits);
                assertThat(slice.chunks()).allMatch(chunk -> chunk.size() <= FusedTensor.CHUNK);
                assertThat(slice.tiles()).allMatch(tile -> tile.rows() <= FusedTensor.TILE);
                assertThat(slice.tiles()).allMatch(tile -> tile.alongEntries() <= FusedTensor.TILE);
            }
            assertThat(chunkVisits).containsOnly(1);
            assertThat(tileVisits).containsOnly(1);
        }
    }

    private static void visit(FusedTensor fused, Slice slice, List<FusedTile> tiles, int[] visits) {
        FactoredTensor tensor = fused.factoring();
        for (FusedTile tile : tiles) {
            for (int row = 0; row < tile.rows(); row++) {
                for (int col = 0; col < tile.cols(); col++) {
                    int n = tile.at() + row * tile.pitch() + col;
                    visits[n]++;
                    check(tensor.row(n), rowSeen(fused.grain(), tile, row, col, n), slice.rows());
                    check(tensor.col(n), colSeen(fused.grain(), tile, row, col), slice.cols());
                }
            }
        }
    }

    private static void check(int expected, int seen, FusedTensor.Entries entries) {
        if (seen != expected || seen < entries.first() || seen >= entries.first() + entries.count()) {
            throw new AssertionError("entry " + seen + ", expected " + expected + " and within " + entries);
        }
    }

    private static int rowSeen(Grain grain, FusedTile tile, int row, int col, int n) {
        return switch (grain) {
            case COLUMNS_ALONG -> tile.across() + row;
            case ROWS_ALONG -> tile.along() + row * tile.alongStep() + col;
            case BOTH_ALONG -> tile.other() + row * tile.otherStep() + col;
            case UNFACTORED -> n;
        };
    }

    private static int colSeen(Grain grain, FusedTile tile, int row, int col) {
        return switch (grain) {
            case ROWS_ALONG -> tile.across() + row;
            case COLUMNS_ALONG, BOTH_ALONG, UNFACTORED -> tile.along() + row * tile.alongStep() + col;
        };
    }
}
