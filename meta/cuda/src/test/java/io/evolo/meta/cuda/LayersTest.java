package io.evolo.meta.cuda;

import io.evolo.meta.ParticleSpec;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Role;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.families.Architecture;
import io.evolo.tasks.families.Autoencoder;
import io.evolo.tasks.families.Conv;
import io.evolo.tasks.families.Loss;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.Norm;
import io.evolo.tasks.families.Resnet;
import io.evolo.tasks.families.TransformerLm;
import io.evolo.tasks.families.Vit;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.Pooling;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Op;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Families of networks beside plain perceptrons, and tensors of rank 4, on the device's kernels against the local executor. */
class LayersTest {
    private static final LearnedOptimizer SMALL_FC = new SmallFc(8, 0.001, 0.05, true, Schedules.constant(1), 0);
    private static final LearnedOptimizer CELO2_BASE = Celo2.base().withRate(Schedules.constant(0.02));

    @ParameterizedTest
    @EnumSource(Norm.class)
    void normalisedPerceptronsAgree(Norm norm) {
        requireAgreement(SMALL_FC, 50, new Mlp(IntRange.of(2), List.of(Activation.RELU), norm, 0, Loss.CROSS_ENTROPY));
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void convolutionsAgree(Norm norm) {
        Conv conv = new Conv(IntRange.of(2), IntRange.of(1), List.of(1, 2), List.of(Activation.GELU), norm);
        requireAgreement(SMALL_FC, 10, conv);
        requireAgreement(CELO2_BASE, 10, conv);
    }

    @ParameterizedTest
    @EnumSource(Pooling.Kind.class)
    void poolingAgreesWhereWindowsOverlapAndWhereTheyLeaveAnEdge(Pooling.Kind kind) {
        var b = Network.builder(Parametrization.standard());
        var x = b.convolution("conv", b.input(6, 6, 1), Op.Kernel.same(3, 3, 1), Role.INPUT);
        x = b.pool(kind, b.pool(kind, b.activate(Activation.TANH, x), 2, 1), 2, 2);
        Network network = b.crossEntropy(b.affine("logits", b.flatten(x), 10, Role.OUTPUT));
        TaskFamily images = Runs.digits(Conv.standard(), 6, IntRange.of(4), 5);
        TaskFamily pooled = rng -> {
            NetworkTask task = (NetworkTask) images.sample(rng);
            return new NetworkTask("pooled", network, task.examples(), task.batch(), task.normalizer());
        };

        HostCuda.with(() -> Agreement.require(Runs.brief(SMALL_FC, 10, pooled), 1));
    }

    @Test
    void dropoutDropsTheSameValues() {
        requireAgreement(SMALL_FC, 50, new Mlp(IntRange.of(2), List.of(Activation.RELU), Norm.NONE, 0.3, Loss.CROSS_ENTROPY));
        requireAgreement(SMALL_FC, 10, new Vit(IntRange.of(1), 2, 0, 2, 2, 0.2));
    }

    @Test
    void squaredErrorsOfLabelsAndOfReconstructionsAgree() {
        requireAgreement(SMALL_FC, 50, new Mlp(IntRange.of(1), List.of(Activation.TANH), Norm.NONE, 0, Loss.SQUARED_ERROR));
        requireAgreement(SMALL_FC, 50, Autoencoder.standard());
    }

    @Test
    void residualNetworksAgree() {
        requireAgreement(SMALL_FC, 10, new Resnet(IntRange.of(1), List.of(1, 2), 3, Norm.BATCH));
    }

    @Test
    void visionTransformersAgree() {
        requireAgreement(SMALL_FC, 10, new Vit(IntRange.of(1), 2, 0, 2, 2, 0));
    }

    @Test
    void languageModelsAgree() {
        requireAgreement(SMALL_FC, 10, new TransformerLm(IntRange.of(2), 2, 0, IntRange.of(6), 2, 0));
        requireAgreement(CELO2_BASE, 10, new TransformerLm(IntRange.of(1), 2, 0, IntRange.of(6), 2, 0));
    }

    private static void requireAgreement(LearnedOptimizer rule, int steps, Architecture.OfData architecture) {
        ParticleSpec spec = Runs.brief(rule, steps, Runs.digits(architecture, 4, IntRange.of(4), 5));
        HostCuda.with(() -> Agreement.require(spec, 1));
    }
}
