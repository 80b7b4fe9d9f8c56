package io.evolo.optimizers.dl4j;

import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;

/** What a configuration can add to the training; every updater gets it from DL4J alike. */
enum Addition {
    NORMS(b -> b.l1(1e-2).l2(1e-2)),
    DECAY(b -> b.weightDecay(1e-1)),
    DECAY_AND_BIAS(b -> b.weightDecay(1e-2, false).l1Bias(1e-2)),
    CONSTRAINT(b -> b.constrainWeights(new MaxNormConstraint(0.8, 1))),
    CLIP_PER_LAYER(b -> normalized(b, GradientNormalization.ClipL2PerLayer)),
    CLIP_PER_ELEMENT(b -> normalized(b, GradientNormalization.ClipElementWiseAbsoluteValue)),
    RENORMALIZE(b -> normalized(b, GradientNormalization.RenormalizeL2PerParamType));

    private final UnaryOperator<NeuralNetConfiguration.Builder> to;

    Addition(UnaryOperator<NeuralNetConfiguration.Builder> to) {
        this.to = to;
    }

    NeuralNetConfiguration.Builder to(NeuralNetConfiguration.Builder builder) {
        return to.apply(builder);
    }

    private static NeuralNetConfiguration.Builder normalized(
            NeuralNetConfiguration.Builder builder, GradientNormalization normalization) {
        return builder.gradientNormalization(normalization).gradientNormalizationThreshold(0.01);
    }
}
