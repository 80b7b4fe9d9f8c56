package io.evolo.tasks.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Allocation;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Role;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.Twin;
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

        GradientCheck.check(b.crossEntropy(b.affine("out", x, CLASSES, Role.OUTPUT)), 7);
    }

    @ParameterizedTest
    @EnumSource
    void chainedActivationsHaveTheGradientOfCentralDifferences(Activation activation) {
        var b = Network.builder(Parametrization.standard());
        var x = b.affine("in", b.activate(activation, b.input(FEATURES)), 8, Role.INPUT);
        x = b.activate(activation, b.activate(Activation.SILU, b.activate(activation, x)));

        GradientCheck.check(b.crossEntropy(b.affine("out", x, CLASSES, Role.OUTPUT)), 3);
    }

    @Test
    void layerNormAndScaleHaveTheGradientOfCentralDifferences() {
        var b = Network.builder(Parametrization.standard());
        var x = b.layerNorm("first", b.input(FEATURES));
        x = b.scale(1.5f, b.layerNorm("norm", b.affine("in", x, 19, Role.INPUT)));
        x = b.scale(0.7f, b.activate(Activation.TANH, x));

        GradientCheck.check(b.crossEntropy(b.affine("out", x, CLASSES, Role.OUTPUT)), 4);
    }

    @Test
    void residualConnectionsHaveTheGradientOfCentralDifferences() {
        var b = Network.builder(Parametrization.standard());
        var x = b.affine("in", b.input(FEATURES), 8, Role.INPUT);
        var y = b.add(x, b.relu(b.affine("hidden", x, 8, Role.HIDDEN)));
        y = b.add(b.activate(Activation.TANH, y), b.add(b.scale(0.5f, y), b.layerNorm("norm", x)));

        GradientCheck.check(b.crossEntropy(b.affine("out", y, CLASSES, Role.OUTPUT)), 5);
    }

    @ParameterizedTest
    @EnumSource
    void squaredErrorsHaveTheGradientOfCentralDifferences(Target target) {
        var b = Network.builder(Parametrization.standard());
        var x = b.activate(Activation.TANH, b.affine("in", b.input(FEATURES), 4, Role.INPUT));

        GradientCheck.check(b.squaredError(b.affine("out", x, FEATURES, Role.OUTPUT), target), 6);
    }

    @Test
    void severalAxesAreIndependentRows() {
        var b = Network.builder(Parametrization.standard());
        var x = b.layerNorm("norm", b.affine("in", b.input(3, FEATURES), 4, Role.INPUT));

        GradientCheck.check(b.squaredError(b.affine("out", x, FEATURES, Role.OUTPUT), Target.INPUT), 4);
    }

    @Test
    void theForwardMultiplierActsOnOutputAndGradient() {
        var b = Network.builder(Parametrization.mup(2));
        var x = b.relu(b.affine("in", b.input(FEATURES), 16, Role.INPUT));
        Network network = b.crossEntropy(b.affine("out", x, CLASSES, Role.OUTPUT));

        assertThat(((Op.Affine) network.ops().get(network.output())).factor()).isEqualTo(2 / 16f);
        GradientCheck.check(network, 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 15, 16, 17, 33, 100})
    void twinsGiveTheSameBits(int n) {
        var b = Network.builder(Parametrization.standard());
        var x = b.activate(Activation.GELU, b.layerNorm("norm", b.affine("in", b.input(n + 1), n, Role.INPUT)));
        Network network = b.crossEntropy(b.affine("out", x, n + 2, Role.OUTPUT));
        float[] w = GradientCheck.parameters(network);
        float[] plain = new float[w.length];
        float[] vector = new float[w.length];

        float plainLoss = GradientCheck.run(network, n, Twin.PLAIN, w, plain);
        float vectorLoss = GradientCheck.run(network, n, Twin.VECTOR, w, vector);

        assertThat(vectorLoss).isEqualTo(plainLoss);
        assertThat(vector).isEqualTo(plain);
    }

    @Test
    void aBatchIsTheMeanOfItsExamples() {
        Network network = mlp();
        float[] w = GradientCheck.parameters(network);
        CpuNetwork whole = GradientCheck.loaded(network, 3, Twin.VECTOR);
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
        float[] w = GradientCheck.parameters(network);
        w[0] = Float.NaN;
        for (Twin twin : Twin.values()) {
            assertThat(GradientCheck.loaded(network, 4, twin).forward(w)).isNaN();
        }
    }

    @ParameterizedTest
    @EnumSource
    void stepsAllocateNothing(Twin twin) {
        Network network = mlp();
        float[] w = GradientCheck.parameters(network);
        float[] gradient = new float[w.length];
        CpuNetwork cpu = GradientCheck.loaded(network, 64, twin);

        long allocated = Allocation.least(1000, () -> {
            cpu.forward(w);
            cpu.backward(w, gradient);
        });

        assertThat(allocated).as("bytes in 1000 steps").isLessThanOrEqualTo(1000);
    }

    private static Network mlp() {
        var b = Network.builder(Parametrization.standard());
        var x = b.layerNorm("norm", b.affine("in", b.input(FEATURES), 16, Role.INPUT));
        x = b.relu(b.affine("hidden", b.activate(Activation.GELU, x), 20, Role.HIDDEN));
        return b.crossEntropy(b.affine("out", x, CLASSES, Role.OUTPUT));
    }
}
