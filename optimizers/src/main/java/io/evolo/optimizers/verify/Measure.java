package io.evolo.optimizers.verify;

/** How far a tensor of this project's run is from the recorded one. */
public enum Measure {
    /** ‖ours − golden‖ / ‖golden − initial‖ over a tensor: 0 if equal, infinite if only ours moved. */
    DISTANCE_MOVED {
        @Override
        double difference(float[] ours, float[] golden, float[] initial, int begin, int end) {
            double apart = 0;
            double moved = 0;
            for (int i = begin; i < end; i++) {
                apart += square((double) ours[i] - golden[i]);
                moved += square((double) golden[i] - initial[i]);
            }
            return apart == 0 ? 0 : Math.sqrt(apart / moved);
        }
    },
    /** The largest |ours − golden| / max(|golden|, 0.01) of a tensor's elements. */
    ELEMENT {
        @Override
        double difference(float[] ours, float[] golden, float[] initial, int begin, int end) {
            double largest = 0;
            for (int i = begin; i < end; i++) {
                // Math.max keeps a NaN, so that a diverged run does not pass.
                largest = Math.max(largest, Math.abs((double) ours[i] - golden[i]) / Math.max(Math.abs(golden[i]), 0.01));
            }
            return largest;
        }
    };

    /** The difference of elements [begin, end). */
    abstract double difference(float[] ours, float[] golden, float[] initial, int begin, int end);

    private static double square(double x) {
        return x * x;
    }
}
