package io.evolo.optimizers.learned;

import io.evolo.optimizers.ChangedGradient;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Twin;
import java.util.List;

/**
 * The learned rule "mlp_lopt" (MLPLOpt, LOLv2): as {@link SmallFc}, but the features of an element are its gradient, its value and six
 * momenta alone, with 11 time features beside them, and the network is 19 → hidden → hidden → 2. Source: Metz et al.,
 * {@code learned_optimization}'s MLPLOpt.
 *
 * <p>The update is p ← p − rate·s·dir·exp(mag·expMult)·stepMult, where s is the tensor's muP factor {@code Scaling.adam}.
 *
 * @param hidden units per hidden layer, at least 1; 32 in the source
 * @param expMult factor on mag, .001 in the source
 * @param stepMult factor on the step, .001 in the source
 * @param momenta decays of the momenta, six in [0, 1]
 * @param rate multiplies the step; constant 1 in the source
 */
public record MlpLopt(int hidden, double expMult, double stepMult, List<Double> momenta, Schedule rate) implements LearnedOptimizer {
    /** Momenta. */
    static final int K = 6;

    /** Normalised features per element: g, p, momenta. */
    static final int COLUMNS = 2 + K;

    static final int INPUTS = COLUMNS + SmallFc.TIMES;

    public MlpLopt {
        momenta = List.copyOf(momenta);
        Velo.requireUnits("mlp_lopt", "hidden", hidden);
        Velo.requireMultipliers("mlp_lopt", expMult, stepMult, 0);
        if (momenta.size() != K || !momenta.stream().allMatch(decay -> decay >= 0 && decay <= 1)) {
            throw new IllegalArgumentException("mlp_lopt: decays of the momenta are " + momenta + ", expected " + K + " in [0, 1]");
        }
    }

    /** The source's with so many hidden units: 32 there, which gives 1,762 meta-parameters. */
    public static MlpLopt of(int hidden) {
        return new MlpLopt(hidden, 0.001, 0.001, List.of(0.1, 0.5, 0.9, 0.99, 0.999, 0.9999), Schedules.constant(1));
    }

    /** Weights and biases of the network: w0, b0, w1, b1, w2, b2; matrices are (in, out). */
    @Override
    public ParamLayout thetaLayout() {
        return new ParamLayout(Mlp.specs(INPUTS, hidden, SmallFc.OUTPUTS));
    }

    /** Matrices N_trunc(1/√fan-in), biases 0. */
    @Override
    public float[] initTheta(Rng rng) {
        ParamLayout layout = thetaLayout();
        float[] theta = new float[layout.size()];
        layout.init(rng, theta);
        return theta;
    }

    @Override
    public Optimizer bind(float[] theta, Twin twin) {
        LearnedOptimizers.requireTheta("mlp_lopt", theta, thetaLayout());
        Optimizer bound = switch (twin) {
            case PLAIN -> new MlpLoptPlain(this, theta.clone());
            case VECTOR -> new MlpLoptVector(this, theta);
        };
        return new ChangedGradient(bound, List.of(new SquarableGradient()));
    }

    /** The decays as the kernels take them. */
    float[] betas() {
        float[] betas = new float[K];
        for (int k = 0; k < K; k++) {
            betas[k] = momenta.get(k).floatValue();
        }
        return betas;
    }
}
