package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.tasks.ParamLayout;
import java.util.List;

/** Meta-training by evolution strategies: an ordinary optimizer descends the meta-gradient that the particles estimate. */
public final class EsTrainer implements OuterLoop {
    private final ParticleExecutor executor;
    private final Optimizer outer;
    private final OptimizerState outerState;
    private final Step step;
    private final ThetaMask frozen;
    private final Imitation imitation;
    private final float[] before;
    private final int outerSteps;
    private FeatureTally seen = new FeatureTally();
    private long laneSteps;

    /**
     * @param executor closed with this
     * @param outer updates theta; clips, if it should
     * @param outerSteps horizon of the outer schedule
     * @param theta where to begin; copied
     */
    public EsTrainer(
            ParticleExecutor executor, Optimizer outer, ParamLayout thetaLayout, int outerSteps, float[] theta) {
        this(executor, outer, thetaLayout, outerSteps, theta, ThetaMask.NOTHING, Imitation.none());
    }

    /**
     * @param frozen what of theta stays as it is
     * @param imitation how the particles' estimates are weighed
     */
    EsTrainer(
            ParticleExecutor executor,
            Optimizer outer,
            ParamLayout thetaLayout,
            int outerSteps,
            float[] theta,
            ThetaMask frozen,
            Imitation imitation) {
        this.frozen = frozen;
        this.imitation = imitation;
        this.before = new float[theta.length];
        this.executor = executor;
        this.outer = outer;
        this.outerSteps = outerSteps;
        this.outerState = outer.init(thetaLayout, outerSteps);
        this.step = new Step(theta.clone(), new float[theta.length]);
    }

    @Override
    public OuterReport advance() {
        List<ParticleResult> results =
                imitation.weighed(executor.advance(step.params(), outerState.t()), outerState.t());
        double metaLoss = results.stream().mapToDouble(ParticleResult::loss).sum() / results.size();
        averageInto(step.gradient(), results);
        double norm = norm(step.gradient());
        if (!Double.isFinite(norm)) {
            throw new OuterDivergenceException("the meta-gradient of outer step " + (outerState.t() + 1) + " is not finite: " + cause(results)
                    + "; lower estimation.divergence, so that lanes are frozen before their losses overflow, or the rule's step_mult");
        }
        double noise = varianceOfMean(step.gradient(), results);
        if (outerState.t() >= outerSteps / 2) { // what a theta far from the last one led to is not what the last one knows
            results.forEach(result -> seen.merge(result.seen()));
        }
        frozen.copy(step.params(), before);
        outer.step(outerState, step.at((float) metaLoss));
        frozen.copy(before, step.params());
        if (!Double.isFinite(norm(step.params()))) {
            throw new OuterDivergenceException("theta after outer step " + outerState.t() + " is not finite, from a meta-gradient of norm "
                    + norm + "; lower outer.rate, or set outer.clip");
        }
        long made = results.stream().mapToLong(ParticleResult::laneSteps).sum();
        laneSteps += made;
        int diverged = results.stream().mapToInt(ParticleResult::diverged).sum();
        return new OuterReport(outerState.t(), metaLoss, norm, noise, diverged, made);
    }

    /** The first particle whose estimate is not finite; else the sum over them overflows. */
    private static String cause(List<ParticleResult> results) {
        for (int i = 0; i < results.size(); i++) {
            ParticleResult result = results.get(i);
            if (!Double.isFinite(norm(result.gradient()))) {
                return "particle " + i + " of " + results.size() + " has a mean meta-loss of " + result.loss();
            }
        }
        return "every particle's is, but their mean is not";
    }

    /** The mean of the particles' estimates, summed in particle order whatever order they were computed in. */
    private static void averageInto(float[] gradient, List<ParticleResult> results) {
        for (int i = 0; i < gradient.length; i++) {
            double sum = 0;
            for (ParticleResult result : results) {
                sum += result.gradient()[i];
            }
            gradient[i] = (float) (sum / results.size());
        }
    }

    /** Summed over the coordinates; 0 for a single particle, which shows no noise. */
    private static double varianceOfMean(float[] mean, List<ParticleResult> results) {
        double squares = 0;
        for (ParticleResult result : results) {
            for (int i = 0; i < mean.length; i++) {
                double difference = result.gradient()[i] - mean[i];
                squares += difference * difference;
            }
        }
        int n = results.size();
        return n == 1 ? 0 : squares / (n - 1) / n;
    }

    private static double norm(float[] x) {
        double sum = 0;
        for (float value : x) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    @Override
    public float[] theta() {
        return step.params().clone();
    }

    @Override
    public OuterState snapshot() {
        return new OuterState(
                outerState.t(), theta(), outerState.snapshot(), executor.snapshot(), new double[0], laneSteps, seen.snapshot());
    }

    @Override
    public void restore(OuterState state) {
        Checks.that(
                state.theta().length == step.params().length,
                "size of saved theta",
                state.theta().length,
                step.params().length + ", the rule's");
        outerState.restore(state.outerStep(), state.outerSlots());
        executor.restore(state.particles(), state.theta());
        System.arraycopy(state.theta(), 0, step.params(), 0, state.theta().length);
        laneSteps = state.laneSteps();
        seen = FeatureTally.of(state.seen());
    }

    @Override
    public void close() {
        executor.close();
    }
}
