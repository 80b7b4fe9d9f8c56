package io.evolo.optimizers.designed;

import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Where {@link Adafactor} keeps the statistics of each tensor: of rank 2 and more, rows and columns of the last two axes; of the others
 * every value.
 *
 * @param places one per tensor
 * @param rows statistics of all rows
 * @param columns statistics of all columns
 * @param vectors statistics of single values
 * @param widest size of the largest last axis
 */
record LastAxes(List<Place> places, int rows, int columns, int vectors, int widest) {

    /**
     * One tensor's. A tensor of height 0 is not factored.
     *
     * @param height size of the axis before the last
     * @param width size of the last axis
     */
    record Place(int height, int width, int rowAt, int columnAt, int vectorAt) {
        boolean factored() {
            return height > 0;
        }
    }

    static LastAxes of(ParamLayout layout) {
        List<Place> places = new ArrayList<>();
        int rows = 0;
        int columns = 0;
        int vectors = 0;
        int widest = 0;
        for (int i = 0; i < layout.tensors(); i++) {
            Shape shape = layout.spec(i).shape();
            boolean factored = shape.rank() >= 2;
            int height = factored ? shape.axis(shape.rank() - 2) : 0;
            int width = factored ? shape.axis(shape.rank() - 1) : 0;
            places.add(new Place(height, width, rows, columns, vectors));
            rows += factored ? shape.size() / width : 0;
            columns += factored ? shape.size() / height : 0;
            vectors += factored ? 0 : shape.size();
            widest = Math.max(widest, width);
        }
        return new LastAxes(places, rows, columns, vectors, widest);
    }

    Place place(int tensor) {
        return places.get(tensor);
    }
}
