package io.evolo.optimizers.learned;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.Momentum;
import io.evolo.optimizers.designed.Sgd;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/**
 * The learned rules "learnable_sgd" and "learnable_sgdm": gradient descent whose learning rate, and with momentum its decay too, are
 * meta-parameters: theta = (ln rate) or (ln rate, ln(1 − momentum)). Source: Metz et al., {@code learned_optimization}'s LearnableSGD
 * and LearnableSGDM. Updates are scaled by the muP factor {@code Scaling.sgd}.
 *
 * @param rate learning rate before meta-training, positive
 * @param withMomentum whether it is heavy-ball momentum
 * @param momentum its decay before meta-training, in [0, 1); without momentum, 0
 */
public record LearnableSgd(double rate, boolean withMomentum, double momentum) implements LearnedOptimizer {
    /** The largest double below 1. */
    private static final double BELOW_ONE = 1 - 0x1p-53;

    public LearnableSgd {
        requirePositive("learnable_sgd", "rate", rate);
        if (!(momentum >= 0 && momentum < 1) || !withMomentum && momentum != 0) {
            throw new IllegalArgumentException("learnable_sgd: momentum is " + momentum + ", expected one in [0, 1), 0 without momentum");
        }
    }

    /** Rate .01, as in the source. */
    public static LearnableSgd plain() {
        return new LearnableSgd(0.01, false, 0);
    }

    /** Rate .01 and momentum .9, as in the source. */
    public static LearnableSgd heavyBall() {
        return new LearnableSgd(0.01, true, 0.9);
    }

    static void requirePositive(String rule, String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(rule + ": " + name + " is " + value + ", expected a finite positive number");
        }
    }

    /** A tensor of one value that starts at ln x. */
    static ParamSpec logarithm(String name, double x) {
        return new ParamSpec(name, Shape.of(1), Role.VECTOR, 1, StrictMath.log(x), Scaling.NONE);
    }

    /** 1 − e^x, in [0, 1): the decay whose ln(1 − decay) is x. */
    static double decay(float x) {
        return Math.clamp(1 - StrictMath.exp(x), 0, BELOW_ONE);
    }

    /** {@code log_lr} [1], and with momentum {@code log_one_minus_momentum} [1]. */
    @Override
    public ParamLayout thetaLayout() {
        List<ParamSpec> specs = new ArrayList<>(List.of(logarithm("log_lr", rate)));
        if (withMomentum) {
            specs.add(logarithm("log_one_minus_momentum", 1 - momentum));
        }
        return new ParamLayout(specs);
    }

    /** The initial hyperparameters; nothing is drawn. */
    @Override
    public float[] initTheta(Rng rng) {
        ParamLayout layout = thetaLayout();
        float[] theta = new float[layout.size()];
        layout.init(rng, theta);
        return theta;
    }

    @Override
    public Optimizer bind(float[] theta, Twin twin) {
        LearnedOptimizers.requireTheta("learnable_sgd", theta, thetaLayout());
        double learned = StrictMath.exp(theta[0]);
        return withMomentum
                ? Momentum.of(Schedules.constant(learned), decay(theta[1]), 0)
                : new Sgd(Schedules.constant(learned), 0);
    }
}
