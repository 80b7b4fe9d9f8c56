package io.evolo.tasks.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.DenseLayer;
import io.evolo.tasks.DenseSignals;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Twin;
import java.util.Arrays;

/** Compares both twins of a network with central differences in double precision. */
final class GradientCheck {
    private GradientCheck() {}

    /** Inputs are standard normals; tokens run through a vocabulary of at least 7. */
    static void check(Network network, int batch) {
        float[] w = parameters(network);
        CpuNetwork reference = loaded(network, batch, Twin.PLAIN);
        double[] input = new double[batch * network.input().size()];
        boolean tokens = reference.tokens().length > 0;
        Arrays.setAll(input, i -> tokens ? reference.tokens()[i] : reference.arena()[reference.inputAt(0) + i]);
        ReferenceNetwork exact = new ReferenceNetwork(network, input, reference.labels());
        double[] wide = new double[w.length];
        Arrays.setAll(wide, i -> w[i]);
        double[] expected = exact.gradient(wide);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();

        for (Twin twin : Twin.values()) {
            float[] gradient = new float[w.length];
            Arrays.fill(gradient, Float.NaN);
            float loss = run(network, batch, twin, w, gradient);
            assertThat((double) loss).as("%s loss", twin).isCloseTo(exact.loss(wide), within(1e-5));
            for (int i = 0; i < w.length; i++) {
                // A float's rounding in some ten operations in a row, against gradients of order 1.
                double tolerance = 1e-5 * largest + 1e-5 * Math.abs(expected[i]);
                assertThat((double) gradient[i]).as("%s gradient %d", twin, i).isCloseTo(expected[i], within(tolerance));
            }
        }
    }

    /** Whatever the network's other operations do to the arena, a and g of every dense layer are left as backward used them. */
    private static void checkDenseSignals(CpuNetwork cpu, float[] gradient) {
        ParamLayout layout = cpu.network().layout();
        assertThat(cpu.denseSignals()).hasSameSizeAs(layout.dense());
        for (int i = 0; i < layout.dense().size(); i++) {
            DenseLayer layer = layout.dense().get(i);
            int in = layout.spec(layer.weight()).shape().axis(0);
            int units = layout.spec(layer.weight()).shape().axis(1);
            DenseSignals signals = cpu.denseSignals().get(i);
            for (int j = 0; j < in * units; j++) {
                double sum = 0;
                for (int row = 0; row < signals.rows(); row++) {
                    sum += (double) signals.memory()[signals.inputsAt() + row * in + j / units]
                            * signals.memory()[signals.gradientsAt() + row * units + j % units];
                }
                assertThat((double) gradient[layout.offset(layer.weight()) + j])
                        .as("aᵀg of %s, entry %d", layout.spec(layer.weight()).name(), j)
                        .isCloseTo(sum, within(1e-5 + 1e-5 * Math.abs(sum)));
            }
        }
    }

    static float run(Network network, int batch, Twin twin, float[] w, float[] gradient) {
        CpuNetwork cpu = loaded(network, batch, twin);
        // Twice, so that a step that relies on a fresh arena is seen.
        cpu.forward(w);
        cpu.backward(w, gradient);
        float loss = cpu.forward(w);
        cpu.backward(w, gradient);
        checkDenseSignals(cpu, gradient);
        return loss;
    }

    static CpuNetwork loaded(Network network, int batch, Twin twin) {
        CpuNetwork cpu = new CpuNetwork(network, batch, twin);
        float[] input = new float[batch * network.input().size()];
        Rng.of(7, "input").fillGaussian(input, 1);
        System.arraycopy(input, 0, cpu.arena(), cpu.inputAt(0), input.length);
        Arrays.setAll(cpu.tokens(), i -> i * 5 % 7);
        cpu.noise(ReferenceNetwork.NOISE);
        int classes = network.outputShape().axis(network.outputShape().rank() - 1);
        Arrays.setAll(cpu.labels(), i -> i * 3 % classes);
        return cpu;
    }

    static float[] parameters(Network network) {
        float[] w = new float[network.layout().size()];
        Rng.of(8, "parameters").fillGaussian(w, 0.5);
        return w;
    }
}
