package io.evolo.tasks.nn;

import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Dropout;
import io.evolo.tasks.kernels.EvidenceBound;
import io.evolo.tasks.kernels.GaussianNoise;
import io.evolo.tasks.kernels.Pooling;
import io.evolo.tasks.kernels.Twin;
import java.util.Arrays;

/** Operations in double precision, index by index. */
final class ReferenceOps {
    private ReferenceOps() {}

    static double[] embedding(double[] tokens, double[] table, int features) {
        double[] y = new double[tokens.length * features];
        for (int i = 0; i < y.length; i++) {
            y[i] = table[(int) tokens[i / features] * features + i % features];
        }
        return y;
    }

    static double[] positions(double[] x, double[] table) {
        double[] y = x.clone();
        for (int i = 0; i < y.length; i++) {
            y[i] += table[i % table.length];
        }
        return y;
    }

    static double[] convolution(Shape image, Op.Kernel kernel, double[] x, double[] w, double[] bias) {
        int h = image.axis(0);
        int width = image.axis(1);
        int channels = image.axis(2);
        int size = kernel.size();
        int filters = kernel.filters();
        int outH = (h + 2 * kernel.padding() - size) / kernel.stride() + 1;
        int outW = (width + 2 * kernel.padding() - size) / kernel.stride() + 1;
        double[] y = new double[x.length / image.size() * outH * outW * filters];
        for (int i = 0; i < y.length; i++) {
            int f = i % filters;
            int ox = i / filters % outW;
            int oy = i / filters / outW % outH;
            int example = i / filters / outW / outH;
            y[i] = bias[f];
            for (int k = 0; k < size * size * channels; k++) {
                int c = k % channels;
                int ix = ox * kernel.stride() - kernel.padding() + k / channels % size;
                int iy = oy * kernel.stride() - kernel.padding() + k / channels / size;
                if (ix >= 0 && ix < width && iy >= 0 && iy < h) {
                    y[i] += x[((example * h + iy) * width + ix) * channels + c] * w[k * filters + f];
                }
            }
        }
        return y;
    }

    static double[] pool(Shape image, Op.Pool op, double[] x) {
        int h = image.axis(0);
        int width = image.axis(1);
        int channels = image.axis(2);
        int outH = op.shape().axis(0);
        int outW = op.shape().axis(1);
        double[] y = new double[x.length / image.size() * op.shape().size()];
        for (int i = 0; i < y.length; i++) {
            int ox = i / channels % outW * op.stride();
            int oy = i / channels / outW % outH * op.stride();
            int example = i / op.shape().size();
            double max = Double.NEGATIVE_INFINITY;
            double sum = 0;
            for (int k = 0; k < op.size() * op.size(); k++) {
                double value = x[((example * h + oy + k / op.size()) * width + ox + k % op.size()) * channels + i % channels];
                max = Math.max(max, value);
                sum += value;
            }
            y[i] = op.kind() == Pooling.Kind.MAX ? max : sum / op.size() / op.size();
        }
        return y;
    }

    static double[] globalAverage(double[] x, int size, int features) {
        double[] y = new double[x.length / size * features];
        for (int i = 0; i < x.length; i++) {
            y[i / size * features + i % features] += x[i] * features / size;
        }
        return y;
    }

    static double[] batchNorm(double[] x, double[] gain, double[] bias) {
        int channels = gain.length;
        double share = (double) channels / x.length;
        double[] mean = new double[channels];
        double[] variance = new double[channels];
        for (int i = 0; i < x.length; i++) {
            mean[i % channels] += x[i] * share;
        }
        for (int i = 0; i < x.length; i++) {
            variance[i % channels] += (x[i] - mean[i % channels]) * (x[i] - mean[i % channels]) * share;
        }
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int c = i % channels;
            y[i] = (x[i] - mean[c]) / Math.sqrt(variance[c] + 1e-5) * gain[c] + bias[c];
        }
        return y;
    }

    static double[] dropout(double[] x, float probability, long noise, int position) {
        float[] mask = new float[x.length];
        Arrays.fill(mask, 1);
        int name = (int) GaussianNoise.mix(noise, position);
        Dropout.apply(Twin.PLAIN, probability, name, mask, 0, mask, 0, mask.length);
        double[] y = x.clone();
        for (int i = 0; i < y.length; i++) {
            y[i] *= mask[i] == 0 ? 0 : 1.0 / (1 - probability);
        }
        return y;
    }

    static double[] attention(Op.Attention op, double[] q, double[] k, double[] v) {
        int n = op.shape().axis(0);
        int width = op.shape().axis(1);
        int size = width / op.heads();
        double[] y = new double[q.length];
        for (int row = 0; row < q.length / width; row++) {
            for (int head = 0; head < op.heads(); head++) {
                int first = row / n * n;
                int last = op.causal() ? row : first + n - 1;
                double[] share = new double[last - first + 1];
                double sum = 0;
                for (int j = first; j <= last; j++) {
                    double product = 0;
                    for (int c = head * size; c < (head + 1) * size; c++) {
                        product += q[row * width + c] * k[j * width + c];
                    }
                    share[j - first] = StrictMath.exp(op.factor() * product);
                    sum += share[j - first];
                }
                for (int j = first; j <= last; j++) {
                    for (int c = head * size; c < (head + 1) * size; c++) {
                        y[row * width + c] += share[j - first] / sum * v[j * width + c];
                    }
                }
            }
        }
        return y;
    }

    static double[] recurrent(Op.Recurrent op, double[] a, double[] w, double[] bias) {
        int n = op.shape().axis(0);
        int units = op.shape().axis(1);
        int blocks = op.cell().gates() * units;
        double[] h = new double[a.length / blocks * units];
        double[] c = new double[h.length];
        for (int row = 0; row < a.length / blocks; row++) {
            boolean first = row % n == 0;
            for (int unit = 0; unit < units; unit++) {
                double[] gate = new double[op.cell().gates()];
                double[] u = new double[op.cell().gates()];
                for (int g = 0; g < gate.length; g++) {
                    for (int k = 0; k < units && !first; k++) {
                        u[g] += h[(row - 1) * units + k] * w[k * blocks + g * units + unit];
                    }
                    gate[g] = a[row * blocks + g * units + unit];
                }
                int at = row * units + unit;
                double lastH = first ? 0 : h[at - units];
                double lastC = first ? 0 : c[at - units];
                switch (op.cell()) {
                    case VANILLA -> h[at] = StrictMath.tanh(gate[0] + u[0]);
                    case GRU -> {
                        double z = sigmoid(gate[1] + u[1]);
                        double candidate = StrictMath.tanh(gate[2] + sigmoid(gate[0] + u[0]) * (u[2] + bias[unit]));
                        h[at] = (1 - z) * candidate + z * lastH;
                    }
                    case LSTM -> {
                        c[at] = sigmoid(gate[1] + u[1] + 1) * lastC + sigmoid(gate[0] + u[0]) * StrictMath.tanh(gate[3] + u[3]);
                        h[at] = sigmoid(gate[2] + u[2]) * StrictMath.tanh(c[at]);
                    }
                }
            }
        }
        return h;
    }

    static double[] sample(double[] mean, double[] logVariance, long noise, int position) {
        float[] draws = new float[mean.length];
        GaussianNoise.fill(GaussianNoise.mix(noise, position), draws, 0, draws.length);
        double[] y = mean.clone();
        for (int i = 0; i < y.length; i++) {
            y[i] += StrictMath.exp(0.5 * logVariance[i]) * draws[i];
        }
        return y;
    }

    static double elbo(Op.Elbo op, double[] y, double[] x, double[] mean, double[] logVariance) {
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += op.likelihood() == EvidenceBound.Likelihood.GAUSSIAN
                    ? 0.5 * (x[i] - y[i]) * (x[i] - y[i])
                    : StrictMath.log1p(StrictMath.exp(y[i])) - x[i] * y[i];
        }
        for (int i = 0; i < mean.length; i++) {
            sum += 0.5 * (mean[i] * mean[i] + StrictMath.exp(logVariance[i]) - 1 - logVariance[i]);
        }
        return sum / y.length;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }
}
