package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.PackedMatrix.padded;

import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.Activations;
import io.evolo.tasks.kernels.Elements;
import io.evolo.tasks.kernels.Twin;

/**
 * The recurrent network of VeLO and Celo, run for all tensors at once: u = ReLU(X·A2 + a2), z = X·A3 + a3 + (the largest u of all
 * tensors), an LSTM on [z, h] whose forget gate has 1 added, and from its h a step size and the mixture of networks. Source: VeLO
 * (arXiv 2211.09760), code of {@code hyper_v2}. Both twins give the same bits. Immutable.
 */
final class TensorLstm {
    private final Twin twin;
    private final int units;
    private final PackedMatrix maxLayer;
    private final PackedMatrix directLayer;
    private final PackedMatrix gates;
    private final PackedMatrix stepLayer;
    private final PackedMatrix controls;
    private final PackedMatrix networks;
    private final boolean mixes;
    private final float blend;
    private final int networkStride;
    private final int controlsStride;

    /** @param theta copied */
    TensorLstm(Twin twin, HyperRule rule, float[] theta) {
        RecurrentTheta places = rule.places();
        int inputs = places.inputs();
        this.twin = twin;
        this.units = places.lstm();
        this.maxLayer = layer(theta, places.maxLayer(), inputs, units);
        this.directLayer = layer(theta, places.directLayer(), inputs, units);
        this.gates = layer(theta, places.gates(), 2 * units, 4 * units);
        this.stepLayer = layer(theta, places.stepLayer(), units, 1);
        this.mixes = rule.mixes();
        int outs = mixes ? places.controls() : 0;
        this.controls = layer(theta, places.controlsLayer(), units, outs);
        float[] stacked = mixes ? places.stacked(theta) : new float[0];
        this.networks = new PackedMatrix(twin, outs, mixes ? places.networkSize() : 0, stacked, 0, -1);
        this.blend = (float) (rule.blend() / Math.max(1, outs));
        this.controlsStride = padded(outs);
        this.networkStride = mixes ? padded(places.networkSize()) : 0;
    }

    private PackedMatrix layer(float[] theta, int at, int ins, int outs) {
        return new PackedMatrix(twin, ins, outs, theta, at, at + ins * outs);
    }

    /** Working memory for so many rows. */
    int scratch(int rows) {
        return rows * rowScratch();
    }

    private int rowScratch() {
        return padded(units) + padded(2 * units) + padded(4 * units) + padded(1) + controlsStride + networkStride;
    }

    /**
     * Advances the network by one step.
     *
     * @param s holds the inputs [rows, inputs] from {@code x} on, {@code xStride} apart; its {@link #scratch} values from
     *     {@code work} on are overwritten, and keep the results
     * @param h the LSTM's outputs [rows, H], in place
     * @param c its cells, in place
     */
    void run(float[] s, int x, int xStride, int rows, float[] h, float[] c, int work) {
        int u = work;
        int uStride = padded(units);
        int joined = u + rows * uStride;
        int joinedStride = padded(2 * units);
        int g = joined + rows * joinedStride;
        int gStride = padded(4 * units);
        maxLayer.map(s, x, xStride, rows, s, u, uStride);
        directLayer.map(s, x, xStride, rows, s, joined, joinedStride);
        mix(s, u, uStride, rows, joined, joinedStride, h);
        gates.map(s, joined, joinedStride, rows, s, g, gStride);
        for (int row = 0; row < rows; row++) {
            cell(s, g + row * gStride, h, c, row * units);
        }
        stepLayer.map(h, 0, units, rows, s, stepSize(work, rows, 0), padded(1));
        if (mixes) {
            int control = stepSize(work, rows, rows);
            controls.map(h, 0, units, rows, s, control, controlsStride);
            int network = network(work, rows, 0);
            networks.map(s, control, controlsStride, rows, s, network, networkStride);
            Elements.scale(twin, blend, s, network, s, network, rows * networkStride);
        }
    }

    /** Adds the largest ReLU(u) of all rows to the direct layer's output, and puts h behind it. */
    private void mix(float[] s, int u, int uStride, int rows, int joined, int joinedStride, float[] h) {
        for (int j = 0; j < units; j++) {
            float largest = 0;
            for (int row = 0; row < rows; row++) {
                largest = Math.max(largest, s[u + row * uStride + j]);
            }
            for (int row = 0; row < rows; row++) {
                s[joined + row * joinedStride + j] += largest;
            }
        }
        for (int row = 0; row < rows; row++) {
            System.arraycopy(h, row * units, s, joined + row * joinedStride + units, units);
        }
    }

    /** c ← σ(f + 1)·c + σ(i)·tanh(g); h ← σ(o)·tanh(c). */
    private void cell(float[] s, int gate, float[] h, float[] c, int at) {
        int i = gate;
        int g = i + units;
        int f = g + units;
        int o = f + units;
        Activations.forward(twin, Activation.SIGMOID, s, i, s, i, units);
        Activations.forward(twin, Activation.TANH, s, g, s, g, units);
        Elements.affine(twin, 1, 1, s, f, s, f, units);
        Activations.forward(twin, Activation.SIGMOID, s, f, s, f, units);
        Activations.forward(twin, Activation.SIGMOID, s, o, s, o, units);
        Elements.multiply(twin, s, f, c, at, c, at, units);
        Elements.multiply(twin, s, i, s, g, s, i, units);
        Elements.add(twin, s, i, c, at, units);
        Activations.forward(twin, Activation.TANH, c, at, s, g, units);
        Elements.multiply(twin, s, o, s, g, h, at, units);
    }

    /** Where a row's raw step size is after {@link #run}. */
    int stepSize(int work, int rows, int row) {
        return work + rows * (padded(units) + padded(2 * units) + padded(4 * units)) + row * padded(1);
    }

    /** Where a row's network is after {@link #run}, as {@link Mlp} has it; only if networks are mixed. */
    int network(int work, int rows, int row) {
        return stepSize(work, rows, rows) + rows * controlsStride + row * networkStride;
    }
}
