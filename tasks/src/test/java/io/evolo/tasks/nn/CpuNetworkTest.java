package io.evolo.tasks.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.DenseLayer;
import io.evolo.tasks.DenseSignals;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.Twin;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuNetworkTest {
    private static final int FEATURES = 9;
    private static final int CLASSES = 5;

    @ParameterizedTest
    @EnumSource
    void everyActivationHasTheGradientOfCentralDifferences(Activation activation) {
        var b = Network.builder(Parametrization.standard());
        var x = b.activate(activation, b.affine("in", b.input(FEATURES), 17, Role.INPUT));
        x = b.activate(activation, b.affine("hidden", x, 6, Role.HIDDEN));

        checkGradient(b.crossEntropy(b.affine("out", x, CLASSES, Role.OUTPUT)), 7);
    }

    @ParameterizedTest
    @EnumSource
    void chainedActivationsHaveTheGradientOfCentralDifferences(Activation activation) {
        var b = Network.builder(Parametrization.standard());
        var x = b.affine("in", b.activate(activation, b.input(FEATURES)), 8, Role.INPUT);
        x = b.activate(activation, b.activate(Activation.SILU, b.activate(activation, x)));

        checkGradient(b.crossEntropy(b.affine("out", x, CLASSES, Role.OUTPUT)), 3);
    }

    @Test
    void layerNormAndScaleHaveTheGradientOfCentralDifferences() {
        var b = Network.builder(Parametrization.standard());
        var x = b.layerNorm("first", b.input(FEATURES));
        x = b.scale(1.5f, b.layerNorm("norm", b.affine("in", x, 19, Role.INPUT)));
        x = b.scale(0.7f, b.activate(Activation.TANH, x));

        checkGradient(b.crossEntropy(b.affine("out", x, CLASSES, Role.OUTPUT)), 4);
    }

    @Test
    void residualConnectionsHaveTheGradientOfCentralDifferences() {
        var b = Network.builder(Parametrization.standard());
        var x = b.affine("in", b.input(FEATURES), 8, Role.INPUT);
        var y = b.add(x, b.relu(b.affine("hidden", x, 8, Role.HIDDEN)));
        y = b.add(b.activate(Activation.TANH, y), b.add(b.scale(0.5f, y), b.layerNorm("norm", x)));

        checkGradient(b.crossEntropy(b.affine("out", y, CLASSES, Role.OUTPUT)), 5);
    }

    @ParameterizedTest
    @EnumSource
    void squaredErrorsHaveTheGradientOfCentralDifferences(Target target) {
        var b = Network.builder(Parametrization.standard());
        var x = b.activate(Activation.TANH, b.affine("in", b.input(FEATURES), 4, Role.INPUT));

        checkGradient(b.squaredError(b.affine("out", x, FEATURES, Role.OUTPUT), target), 6);
    }

    @Test
    void severalAxesAreIndependentRows() {
        var b = Network.builder(Parametrization.standard());
        var x = b.layerNorm("norm", b.affine("in", b.input(3, FEATURES), 4, Role.INPUT));

        checkGradient(b.squaredError(b.affine("out", x, FEATURES, Role.OUTPUT), Target.INPUT), 4);
    }

    @Test
    void theForwardMultiplierActsOnOutputAndGradient() {
        var b = Network.builder(Parametrization.mup(2));
        var x = b.relu(b.affine("in", b.input(FEATURES), 16, Role.INPUT));
        Network network = b.crossEntropy(b.affine("out", x, CLASSES, Role.OUTPUT));

        assertThat(((Op.Affine) network.ops().get(network.output())).factor()).isEqualTo(2 / 16f);
        checkGradient(network, 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 15, 16, 17, 33, 100})
    void twinsGiveTheSameBits(int n) {
        var b = Network.builder(Parametrization.standard());
        var x = b.activate(Activation.GELU, b.layerNorm("norm", b.affine("in", b.input(n + 1), n, Role.INPUT)));
        Network network = b.crossEntropy(b.affine("out", x, n + 2, Role.OUTPUT));
        float[] w = parameters(network);
        float[] plain = new float[w.length];
        float[] vector = new float[w.length];

        float plainLoss = run(network, n, Twin.PLAIN, w, plain);
        float vectorLoss = run(network, n, Twin.VECTOR, w, vector);

        assertThat(vectorLoss).isEqualTo(plainLoss);
        assertThat(vector).isEqualTo(plain);
    }

    @Test
    void aBatchIsTheMeanOfItsExamples() {
        Network network = mlp();
        float[] w = parameters(network);
        CpuNetwork whole = loaded(network, 3, Twin.VECTOR);
        float mean = whole.forward(w);

        assertThat((whole.loss(0) + whole.loss(1) + whole.loss(2)) / 3).isCloseTo(mean, within(1e-6f));
    }

    @Test
    void thePredictedClassHasTheLargestOutput() {
        var b = Network.builder(Parametrization.standard());
        Network network = b.crossEntropy(b.affine("out", b.input(2), 3, Role.OUTPUT));
        CpuNetwork cpu = new CpuNetwork(network, 2, Twin.PLAIN);
        float[] w = {0, 1, 0, 0, 0, 2, 0, 0, 0};
        cpu.arena()[cpu.inputAt(0)] = 1;
        cpu.arena()[cpu.inputAt(1) + 1] = 1;

        cpu.forward(w);

        assertThat(cpu.predicted(0)).isEqualTo(1);
        assertThat(cpu.predicted(1)).isEqualTo(2);
    }

    @Test
    void divergenceIsReportedByTheLoss() {
        Network network = mlp();
        float[] w = parameters(network);
        w[0] = Float.NaN;
        for (Twin twin : Twin.values()) {
            assertThat(loaded(network, 4, twin).forward(w)).isNaN();
        }
    }

    @ParameterizedTest
    @EnumSource
    void stepsAllocateNothing(Twin twin) {
        Network network = mlp();
        float[] w = parameters(network);
        float[] gradient = new float[w.length];
        CpuNetwork cpu = loaded(network, 64, twin);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        // Interpreted vector code allocates its vectors; the compiler needs some thousand steps to get to every method.
        for (int round = 0; round < 40 && allocated > 1000; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int step = 0; step < 1000; step++) {
                cpu.forward(w);
                cpu.backward(w, gradient);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(allocated).as("bytes in 1000 steps").isLessThanOrEqualTo(1000);
    }

    private static Network mlp() {
        var b = Network.builder(Parametrization.standard());
        var x = b.layerNorm("norm", b.affine("in", b.input(FEATURES), 16, Role.INPUT));
        x = b.relu(b.affine("hidden", b.activate(Activation.GELU, x), 20, Role.HIDDEN));
        return b.crossEntropy(b.affine("out", x, CLASSES, Role.OUTPUT));
    }

    private static void checkGradient(Network network, int batch) {
        float[] w = parameters(network);
        CpuNetwork reference = loaded(network, batch, Twin.PLAIN);
        double[] input = new double[batch * network.input().size()];
        Arrays.setAll(input, i -> reference.arena()[reference.inputAt(0) + i]);
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

    private static float run(Network network, int batch, Twin twin, float[] w, float[] gradient) {
        CpuNetwork cpu = loaded(network, batch, twin);
        // Twice, so that a step that relies on a fresh arena is seen.
        cpu.forward(w);
        cpu.backward(w, gradient);
        float loss = cpu.forward(w);
        cpu.backward(w, gradient);
        checkDenseSignals(cpu, gradient);
        return loss;
    }

    private static CpuNetwork loaded(Network network, int batch, Twin twin) {
        CpuNetwork cpu = new CpuNetwork(network, batch, twin);
        float[] input = new float[batch * network.input().size()];
        Rng.of(7, "input").fillGaussian(input, 1);
        System.arraycopy(input, 0, cpu.arena(), cpu.inputAt(0), input.length);
        int classes = network.outputShape().size();
        Arrays.setAll(cpu.labels(), i -> i * 3 % classes);
        return cpu;
    }

    private static float[] parameters(Network network) {
        float[] w = new float[network.layout().size()];
        Rng.of(8, "parameters").fillGaussian(w, 0.5);
        return w;
    }
}
