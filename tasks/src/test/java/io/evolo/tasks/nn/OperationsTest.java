package io.evolo.tasks.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evolo.tasks.Allocation;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Role;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.EvidenceBound;
import io.evolo.tasks.kernels.Pooling;
import io.evolo.tasks.kernels.RecurrentCell;
import io.evolo.tasks.kernels.Twin;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperationsTest {
    private static final int CLASSES = 5;
    private static final int VOCABULARY = 7;

    /** Sizes of kernel, stride, padding; images of 6×7 pixels with 3 channels, then 4. */
    @ParameterizedTest
    @CsvSource({"1,1,0", "1,2,0", "3,1,1", "3,1,0", "3,2,1", "2,2,0", "5,3,2"})
    void convolutionsHaveTheGradientOfCentralDifferences(int size, int stride, int padding) {
        var b = Network.builder(Parametrization.standard());
        var x = b.convolution("first", b.input(6, 7, 3), new Op.Kernel(4, 3, 1, 1), Role.INPUT);
        x = b.bareConvolution("second", b.activate(Activation.TANH, x), new Op.Kernel(5, size, stride, padding), Role.HIDDEN);

        GradientCheck.check(classifier(b, b.flatten(b.activate(Activation.SILU, x))), 3);
    }

    @ParameterizedTest
    @EnumSource
    void poolingHasTheGradientOfCentralDifferences(Pooling.Kind kind) {
        var b = Network.builder(Parametrization.standard());
        var x = b.convolution("first", b.input(5, 6, 2), Op.Kernel.same(3, 3, 1), Role.INPUT);
        x = b.pool(kind, b.pool(kind, x, 2, 1), 3, 2);

        GradientCheck.check(classifier(b, b.flatten(x)), 4);
    }

    @Test
    void globalAveragesHaveTheGradientOfCentralDifferences() {
        var b = Network.builder(Parametrization.standard());
        var x = b.convolution("first", b.input(3, 4, 2), Op.Kernel.same(6, 1, 1), Role.INPUT);

        GradientCheck.check(classifier(b, b.globalAverage(b.activate(Activation.TANH, x))), 4);
    }

    @Test
    void batchNormHasTheGradientOfCentralDifferences() {
        var b = Network.builder(Parametrization.standard());
        var x = b.batchNorm("first", b.input(4, 3, 2));
        x = b.batchNorm("norm", b.bareConvolution("conv", x, Op.Kernel.same(19, 3, 1), Role.INPUT));

        GradientCheck.check(classifier(b, b.globalAverage(b.activate(Activation.TANH, x))), 5);
    }

    @Test
    void dropoutHasTheGradientOfCentralDifferences() {
        var b = Network.builder(Parametrization.standard());
        var x = b.dropout(0.4, b.activate(Activation.TANH, b.affine("in", b.dropout(0.2, b.input(9)), 21, Role.INPUT)));

        GradientCheck.check(classifier(b, x), 6);
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "true, 3", "false, 2"})
    void attentionHasTheGradientOfCentralDifferences(boolean causal, int heads) {
        var b = Network.builder(Parametrization.standard());
        var x = b.positions("position", b.embedding("token", b.tokens(VOCABULARY, 5), 6));
        x = b.add(x, b.attention("attention", b.layerNorm("norm", x), heads, causal));

        GradientCheck.check(b.crossEntropy(b.affine("logits", x, VOCABULARY, Role.OUTPUT)), 3);
    }

    @ParameterizedTest
    @EnumSource
    void recurrentLayersHaveTheGradientOfCentralDifferences(RecurrentCell cell) {
        var b = Network.builder(Parametrization.standard());
        var x = b.embedding("token", b.tokens(VOCABULARY, 6), 3);
        x = b.recurrent("second", cell, b.recurrent("first", cell, x, 5), 4);

        GradientCheck.check(b.crossEntropy(b.affine("logits", x, VOCABULARY, Role.OUTPUT)), 3);
    }

    @ParameterizedTest
    @EnumSource
    void recurrentLayersTakeASinglePosition(RecurrentCell cell) {
        var b = Network.builder(Parametrization.standard());
        var x = b.recurrent("layer", cell, b.input(1, 4), 5);

        GradientCheck.check(classifier(b, b.flatten(x)), 3);
    }

    @ParameterizedTest
    @EnumSource
    void evidenceBoundsHaveTheGradientOfCentralDifferences(EvidenceBound.Likelihood likelihood) {
        var b = Network.builder(Parametrization.standard());
        var x = b.activate(Activation.TANH, b.affine("encoder", b.input(8), 6, Role.INPUT));
        var mean = b.affine("mean", x, 3, Role.HIDDEN);
        var variance = b.affine("variance", x, 3, Role.HIDDEN);
        var y = b.activate(Activation.TANH, b.affine("decoder", b.sample(mean, variance), 6, Role.INPUT));

        GradientCheck.check(b.elbo(b.affine("out", y, 8, Role.OUTPUT), mean, variance, likelihood), 4);
    }

    @Test
    void reshapedValuesWithSeveralReadersHaveTheGradientOfCentralDifferences() {
        var b = Network.builder(Parametrization.standard());
        var x = b.affine("in", b.input(9), 12, Role.INPUT);
        var image = b.reshape(x, 2, 2, 3);
        var y = b.add(b.activate(Activation.RELU, b.flatten(image)), b.activate(Activation.TANH, x));
        y = b.add(y, b.flatten(b.convolution("conv", image, Op.Kernel.same(3, 3, 1), Role.HIDDEN)));

        GradientCheck.check(classifier(b, y), 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 17, 33})
    void twinsGiveTheSameBits(int n) {
        IntFunction<Network> images = width -> convolutional(width, 7);
        BiFunction<Integer, RecurrentCell, Network> texts = OperationsTest::text;
        assertTwins(images.apply(n), 3);
        for (RecurrentCell cell : RecurrentCell.values()) {
            assertTwins(texts.apply(n, cell), 3);
        }
    }

    @Test
    void evaluationDropsNothingAndUsesCollectedStatistics() {
        var b = Network.builder(Parametrization.standard());
        var x = b.dropout(0.5, b.batchNorm("norm", b.affine("in", b.input(9), 6, Role.INPUT)));
        Network network = classifier(b, x);
        float[] w = GradientCheck.parameters(network);
        CpuNetwork cpu = GradientCheck.loaded(network, 8, Twin.VECTOR);
        float training = cpu.forward(w);

        float collected = cpu.collect(w, 0);
        float evaluated = cpu.evaluate(w);

        // One batch collected: its statistics are its own, but for their way through double precision.
        assertThat(evaluated).isCloseTo(collected, org.assertj.core.api.Assertions.within(1e-5f)).isNotEqualTo(training);
        cpu.noise(ReferenceNetwork.NOISE);
        assertThat(cpu.forward(w)).isEqualTo(training);
        cpu.noise(ReferenceNetwork.NOISE + 1);
        assertThat(cpu.forward(w)).isNotEqualTo(training);
    }

    @Test
    void stepsAllocateNothing() {
        assertNoAllocation(convolutional(16, 8));
        assertNoAllocation(text(16, RecurrentCell.LSTM));
        assertNoAllocation(text(16, RecurrentCell.GRU));
    }

    @Test
    void shapesThatDoNotFitNameTensorsAndOperation() {
        var b = Network.builder(Parametrization.standard());
        var image = b.input(4, 4, 2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> b.convolution("conv", image, new Op.Kernel(3, 5, 1, 0), Role.INPUT))
                .withMessageContainingAll("convolution 'conv'", "[4×4×2]", "[5×5×2×3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> b.attention("attention", image, 2, true))
                .withMessageContainingAll("attention 'attention'", "[4×4×2]", "[positions, features]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> b.attention("attention", b.reshape(image, 16, 2), 3, true))
                .withMessageContainingAll("[16×2]", "3 heads");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> b.sample(b.reshape(image, 32), b.reshape(image, 8, 4)))
                .withMessageContainingAll("a draw", "[32]", "[8×4]");
        assertThatIllegalArgumentException().isThrownBy(() -> b.reshape(image, 5)).withMessageContainingAll("[4×4×2]", "[5]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> b.pool(Pooling.Kind.MAX, image, 5, 1))
                .withMessageContaining("windows of 5×5");
    }

    private static Network classifier(Network.Builder b, Network.Value x) {
        return b.crossEntropy(b.affine("logits", x, CLASSES, Role.OUTPUT));
    }

    private static Network convolutional(int width, int side) {
        var b = Network.builder(Parametrization.standard());
        var x = b.convolution("first", b.input(side, side, 3), Op.Kernel.same(width, 3, 1), Role.INPUT);
        x = b.pool(Pooling.Kind.MAX, b.relu(b.batchNorm("norm", x)), 2, 2);
        x = b.relu(b.convolution("second", x, Op.Kernel.same(width, 3, 2), Role.HIDDEN));
        x = b.dropout(0.3, b.convolution("third", x, Op.Kernel.same(width + 1, 1, 1), Role.HIDDEN));
        return classifier(b, b.globalAverage(x));
    }

    private static Network text(int width, RecurrentCell cell) {
        var b = Network.builder(Parametrization.mup(8));
        var x = b.positions("position", b.embedding("token", b.tokens(VOCABULARY, width + 2), width));
        x = b.add(x, b.attention("attention", b.layerNorm("norm", x), 1, true));
        x = b.recurrent("layer", cell, x, width + 1);
        return b.crossEntropy(b.affine("logits", x, VOCABULARY, Role.OUTPUT));
    }

    private static void assertTwins(Network network, int batch) {
        float[] w = GradientCheck.parameters(network);
        float[] plain = new float[w.length];
        float[] vector = new float[w.length];

        float plainLoss = GradientCheck.run(network, batch, Twin.PLAIN, w, plain);
        float vectorLoss = GradientCheck.run(network, batch, Twin.VECTOR, w, vector);

        assertThat(vectorLoss).isEqualTo(plainLoss);
        assertThat(vector).isEqualTo(plain);
    }

    private static void assertNoAllocation(Network network) {
        float[] w = GradientCheck.parameters(network);
        float[] gradient = new float[w.length];
        CpuNetwork cpu = GradientCheck.loaded(network, 8, Twin.VECTOR);

        long allocated = Allocation.least(200, () -> {
            cpu.forward(w);
            cpu.backward(w, gradient);
        });

        assertThat(allocated).as("bytes in 200 steps").isLessThanOrEqualTo(1000);
    }
}
