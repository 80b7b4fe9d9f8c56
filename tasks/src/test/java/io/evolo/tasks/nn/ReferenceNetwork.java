package io.evolo.tasks.nn;

import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Activation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A network's loss in double precision, written for reading: what the executors are compared with. */
final class ReferenceNetwork {
    /** Names the noise of its passes. */
    static final long NOISE = 17;

    private final Network network;
    private final double[] input;
    private final int[] labels;

    /** @param input [examples, features] */
    ReferenceNetwork(Network network, double[] input, int[] labels) {
        this.network = network;
        this.input = input;
        this.labels = labels;
    }

    double loss(double[] w) {
        List<double[]> values = new ArrayList<>();
        for (Op op : network.ops()) {
            values.add(value(op, values.size(), values, w));
        }
        return values.getLast()[0];
    }

    /** Central differences; they err by about 1e-9 of the loss. */
    double[] gradient(double[] w) {
        double h = 1e-5;
        double[] gradient = new double[w.length];
        for (int i = 0; i < w.length; i++) {
            double at = w[i];
            w[i] = at + h;
            double above = loss(w);
            w[i] = at - h;
            double below = loss(w);
            w[i] = at;
            gradient[i] = (above - below) / (2 * h);
        }
        return gradient;
    }

    private double[] value(Op op, int position, List<double[]> values, double[] w) {
        return switch (op) {
            case Op.Input _, Op.Tokens _ -> input;
            case Op.Embedding(int x, int table, var shape) ->
                ReferenceOps.embedding(values.get(x), tensor(table, w), shape.axis(1));
            case Op.Positions(int x, int table, var _) -> ReferenceOps.positions(values.get(x), tensor(table, w));
            case Op.Convolution c -> ReferenceOps.convolution(
                    network.ops().get(c.x()).shape(), c.kernel(), values.get(c.x()), tensor(c.weight(), w),
                    c.bias().isPresent() ? tensor(c.bias().getAsInt(), w) : new double[c.kernel().filters()]);
            case Op.Pool pool -> ReferenceOps.pool(network.ops().get(pool.x()).shape(), pool, values.get(pool.x()));
            case Op.GlobalAverage(int x, var shape) ->
                ReferenceOps.globalAverage(values.get(x), network.ops().get(x).shape().size(), shape.size());
            case Op.BatchNorm norm -> ReferenceOps.batchNorm(
                    values.get(norm.x()), tensor(norm.gain(), w), tensor(norm.bias(), w));
            case Op.Dropout(int x, float p, var _) -> ReferenceOps.dropout(values.get(x), p, NOISE, position);
            case Op.Attention a -> ReferenceOps.attention(
                    a, values.get(a.queries()), values.get(a.keys()), values.get(a.values()));
            case Op.Recurrent r -> ReferenceOps.recurrent(
                    r, values.get(r.x()), tensor(r.weight(), w),
                    r.bias().isPresent() ? tensor(r.bias().getAsInt(), w) : new double[r.shape().axis(1)]);
            case Op.Sample(int mean, int variance, var _) ->
                ReferenceOps.sample(values.get(mean), values.get(variance), NOISE, position);
            case Op.Elbo elbo -> new double[] {
                ReferenceOps.elbo(elbo, values.get(elbo.prediction()), input, values.get(elbo.mean()), values.get(elbo.logVariance()))
            };
            case Op.Affine affine -> affine(affine, values.get(affine.x()), w);
            case Op.Activate(int x, Activation f, var _) -> map(values.get(x), f);
            case Op.LayerNorm norm -> layerNorm(norm, values.get(norm.x()), w);
            case Op.Scale(int x, float factor, var _) -> scaled(values.get(x), factor);
            case Op.Reshape(int x, var _) -> values.get(x);
            case Op.Add(int x, int y, var _) -> sum(values.get(x), values.get(y));
            case Op.SoftmaxCrossEntropy(int logits) -> new double[] {crossEntropy(values.get(logits))};
            case Op.MeanSquaredError(int prediction, Target target) ->
                new double[] {squaredError(values.get(prediction), target)};
        };
    }

    private double[] tensor(int tensor, double[] w) {
        return Arrays.copyOfRange(w, network.layout().offset(tensor), network.layout().offset(tensor + 1));
    }

    private double[] affine(Op.Affine op, double[] x, double[] w) {
        ParamLayout layout = network.layout();
        int in = layout.spec(op.weight()).shape().axis(0);
        int out = layout.spec(op.weight()).shape().axis(1);
        double[] y = new double[x.length / in * out];
        for (int i = 0; i < y.length; i++) {
            double sum = w[layout.offset(op.bias()) + i % out];
            for (int k = 0; k < in; k++) {
                sum += x[i / out * in + k] * w[layout.offset(op.weight()) + k * out + i % out];
            }
            y[i] = op.factor() * sum;
        }
        return y;
    }

    private double[] layerNorm(Op.LayerNorm op, double[] x, double[] w) {
        int n = op.shape().axis(op.shape().rank() - 1);
        double[] y = new double[x.length];
        for (int row = 0; row < x.length; row += n) {
            double mean = 0;
            double variance = 0;
            for (int i = 0; i < n; i++) {
                mean += x[row + i] / n;
            }
            for (int i = 0; i < n; i++) {
                variance += (x[row + i] - mean) * (x[row + i] - mean) / n;
            }
            for (int i = 0; i < n; i++) {
                double gain = w[network.layout().offset(op.gain()) + i];
                double bias = w[network.layout().offset(op.bias()) + i];
                y[row + i] = (x[row + i] - mean) / Math.sqrt(variance + 1e-5) * gain + bias;
            }
        }
        return y;
    }

    private static double[] map(double[] x, Activation f) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = activation(f, x[i]);
        }
        return y;
    }

    static double activation(Activation f, double x) {
        return switch (f) {
            case IDENTITY -> x;
            case RELU -> Math.max(x, 0);
            case TANH -> StrictMath.tanh(x);
            case SIGMOID -> 1 / (1 + StrictMath.exp(-x));
            case SILU -> x / (1 + StrictMath.exp(-x));
            case GELU -> 0.5 * x * (1 + StrictMath.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case ELU -> x > 0 ? x : StrictMath.expm1(x);
            case LEAKY_RELU -> x > 0 ? x : 0.01 * x;
            case SOFTPLUS -> StrictMath.log1p(StrictMath.exp(x));
        };
    }

    private static double[] scaled(double[] x, double factor) {
        double[] y = x.clone();
        for (int i = 0; i < y.length; i++) {
            y[i] *= factor;
        }
        return y;
    }

    private static double[] sum(double[] x, double[] y) {
        double[] z = x.clone();
        for (int i = 0; i < z.length; i++) {
            z[i] += y[i];
        }
        return z;
    }

    private double crossEntropy(double[] logits) {
        int classes = logits.length / labels.length;
        double total = 0;
        for (int i = 0; i < labels.length; i++) {
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                sum += StrictMath.exp(logits[i * classes + c]);
            }
            total += StrictMath.log(sum) - logits[i * classes + labels[i]];
        }
        return total / labels.length;
    }

    private double squaredError(double[] prediction, Target target) {
        int features = prediction.length / labels.length;
        double total = 0;
        for (int i = 0; i < prediction.length; i++) {
            double wanted = switch (target) {
                case ONE_HOT -> i % features == labels[i / features] ? 1 : 0;
                case INPUT -> input[i];
                case GIVEN -> 0; // what nobody has written
            };
            total += (prediction[i] - wanted) * (prediction[i] - wanted);
        }
        return total / prediction.length;
    }
}
