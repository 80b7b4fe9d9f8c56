package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.util.Map;

/** Brings every channel to mean 0 and standard deviation 1 over the training part; the other parts go through the same map. */
final class Standardizer {
    private final int channels;

    Standardizer(int channels) {
        this.channels = channels;
    }

    /** Changes all inputs in place. */
    void apply(String name, Map<Split, Examples> parts) {
        for (int c = 0; c < channels; c++) {
            float[] train = parts.get(Split.TRAIN).inputs();
            double mean = mean(train, c);
            double std = Math.sqrt(meanSquare(train, c, mean));
            if (!(std > 0)) {
                throw new DataException("data set '" + name + "': all training values of channel " + c + " are " + mean
                        + ", expected images that differ; they cannot be standardised");
            }
            for (Examples part : parts.values()) {
                map(part.inputs(), c, mean, std);
            }
        }
    }

    private double mean(float[] values, int offset) {
        double sum = 0;
        for (int i = offset; i < values.length; i += channels) {
            sum += values[i];
        }
        return sum / (values.length / channels);
    }

    private double meanSquare(float[] values, int offset, double mean) {
        double sum = 0;
        for (int i = offset; i < values.length; i += channels) {
            sum += (values[i] - mean) * (values[i] - mean);
        }
        return sum / (values.length / channels);
    }

    private void map(float[] values, int offset, double mean, double std) {
        for (int i = offset; i < values.length; i += channels) {
            values[i] = (float) ((values[i] - mean) / std);
        }
    }
}
