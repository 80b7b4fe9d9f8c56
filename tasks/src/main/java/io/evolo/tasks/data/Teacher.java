package io.evolo.tasks.data;

import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.kernels.FloatMath;
import java.util.EnumMap;
import java.util.Map;

/**
 * A random network that gives the values which students learn to predict: standard normal inputs, tanh layers of normal weights with
 * standard deviation 1.5/√fan-in, a linear output. Every output has mean 0 and variance 1 over the training part; normal noise is
 * added to all parts. So a student that says 0 has loss 1 + noise², and none has an expected loss below noise².
 *
 * @param inputs values of one input, at least 1
 * @param outputs values to predict, at least 1
 * @param width units of every hidden layer, at least 1
 * @param depth number of hidden layers, at least 0
 * @param noise its standard deviation, at least 0
 * @param seed which teacher
 * @param heldOut examples of each part but the training part, at least 1; more of them begin with the same
 */
public record Teacher(int inputs, int outputs, int width, int depth, double noise, long seed, int heldOut) {
    public static final int TRAIN = 4096;
    /** The usual number of held-out examples; names say any other. */
    public static final int HELD_OUT = 1024;

    private static final double GAIN = 1.5;

    public Teacher {
        if (inputs < 1 || outputs < 1 || width < 1 || depth < 0 || !(noise >= 0) || Double.isInfinite(noise) || heldOut < 1) {
            throw new IllegalArgumentException("teacher of " + inputs + " inputs, " + outputs + " outputs, width " + width + ", depth "
                    + depth + ", noise " + noise + ", " + heldOut + " held-out examples; expected at least 1, 1, 1, 0, 0 and 1");
        }
    }

    /** Draws all examples. */
    public RegressionData draw() {
        float[][] weights = weights();
        Map<Split, RegressionData.Values> parts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            float[] x = new float[(split == Split.TRAIN ? TRAIN : heldOut) * inputs];
            Rng.of(seed, "teacher-inputs", split.ordinal()).fillGaussian(x, 1);
            parts.put(split, new RegressionData.Values(x, values(weights, x)));
        }
        standardize(parts);
        for (Split split : Split.values()) {
            float[] y = parts.get(split).targets();
            Rng rng = Rng.of(seed, "teacher-noise", split.ordinal());
            for (int i = 0; i < y.length; i++) {
                y[i] += (float) (noise * rng.gaussian());
            }
        }
        String name = "teacher-" + inputs + "-w" + width + "-d" + depth + "-" + outputs + (seed == 0 ? "" : "-seed" + seed)
                + (heldOut == HELD_OUT ? "" : "-held" + heldOut);
        return new RegressionData(name, inputs, outputs, parts);
    }

    /** Of every layer, [in × out]. */
    private float[][] weights() {
        float[][] weights = new float[depth + 1][];
        for (int layer = 0; layer <= depth; layer++) {
            int in = layer == 0 ? inputs : width;
            int out = layer == depth ? outputs : width;
            weights[layer] = new float[in * out];
            Rng.of(seed, "teacher-weights", layer).fillGaussian(weights[layer], GAIN / Math.sqrt(in));
        }
        return weights;
    }

    private float[] values(float[][] weights, float[] x) {
        float[] y = new float[x.length / inputs * outputs];
        for (int e = 0; e < x.length / inputs; e++) {
            float[] h = new float[inputs];
            System.arraycopy(x, e * inputs, h, 0, inputs);
            for (int layer = 0; layer <= depth; layer++) {
                h = layer(weights[layer], h, layer < depth);
            }
            System.arraycopy(h, 0, y, e * outputs, outputs);
        }
        return y;
    }

    private static float[] layer(float[] weights, float[] h, boolean hidden) {
        float[] out = new float[weights.length / h.length];
        for (int i = 0; i < h.length; i++) {
            for (int j = 0; j < out.length; j++) {
                out[j] += h[i] * weights[i * out.length + j];
            }
        }
        for (int j = 0; hidden && j < out.length; j++) {
            out[j] = FloatMath.tanh(out[j]);
        }
        return out;
    }

    private void standardize(Map<Split, RegressionData.Values> parts) {
        float[] train = parts.get(Split.TRAIN).targets();
        for (int j = 0; j < outputs; j++) {
            double sum = 0;
            double squares = 0;
            for (int i = j; i < train.length; i += outputs) {
                sum += train[i];
                squares += (double) train[i] * train[i];
            }
            double mean = sum / TRAIN;
            double std = Math.sqrt(squares / TRAIN - mean * mean);
            for (Split split : Split.values()) {
                float[] y = parts.get(split).targets();
                for (int i = j; i < y.length; i += outputs) {
                    y[i] = (float) ((y[i] - mean) / std);
                }
            }
        }
    }
}
