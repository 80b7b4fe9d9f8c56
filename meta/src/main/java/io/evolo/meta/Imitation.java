package io.evolo.meta;

import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.schema.Default;
import io.evolo.schema.Unless;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Meta-training beside an expert, a hand-designed rule: inner problems follow a blend of both rules' steps, and theta is also credited
 * for how alike the steps are. Both fade out between two outer steps. Source: ELO (arXiv 2607.06772), its blending of rollouts and its
 * imitation losses; its buffer of failures is not here.
 *
 * <p>With r = 1 until outer step {@code from}, falling linearly to 0 at {@code until}: the next parameters are ω·expert's +
 * (1 − ω)·learned, ω = leastBlend + (1 − leastBlend)·r. With Δ both rules' steps over all matrices (over all tensors, where there are
 * none), c = 1 − cos(Δ_expert, Δ_learned), a = mean ||Δ_expert| − |Δ_learned||, and δ of the losses of the two lanes, what estimates
 * the meta-gradient is w_d·N(δc) + w_a·N(δa) + (1 − w_d − w_a)·δℓ with N(x) = 0.01·x/√(mean x²) over all particles' steps of a
 * truncation, w_d = direction·max(leastDirection, r) and w_a = magnitude·max(leastMagnitude, r).
 *
 * <p>Deviations: the expert keeps accumulators of its own. A lane that has diverged counts with c = 2; its a takes no part.
 *
 * @param expert name of a hand-designed rule that reads gradients alone; {@code none}: no expert
 * @param hyper its hyperparameters; what is not named takes the rule's own
 * @param rate its learning rate at first, positive
 * @param finalRate its learning rate after {@code rateSteps} inner steps, a half cosine between
 * @param rateSteps inner steps, at least 1
 * @param from outer step up to which r is 1
 * @param until outer step from which on it is 0, after {@code from}
 * @param leastBlend in [0, 1]
 * @param direction weight of c, at least 0
 * @param magnitude weight of a, at least 0; with {@code direction} at most 1
 * @param leastDirection in [0, 1]
 * @param leastMagnitude in [0, 1]
 */
public record Imitation(
        @Default("none") String expert,
        @Unless(key = "expert", is = "none") @Default("{}") Map<String, Double> hyper,
        @Unless(key = "expert", is = "none") @Default("0.01") double rate,
        @Unless(key = "expert", is = "none") @Default("1e-4") double finalRate,
        @Unless(key = "expert", is = "none") @Default("10000") int rateSteps,
        @Unless(key = "expert", is = "none") @Default("5000") int from,
        @Unless(key = "expert", is = "none") @Default("50000") int until,
        @Unless(key = "expert", is = "none") @Default("0") double leastBlend,
        @Unless(key = "expert", is = "none") @Default("0.7") double direction,
        @Unless(key = "expert", is = "none") @Default("0.3") double magnitude,
        @Unless(key = "expert", is = "none") @Default("0.3") double leastDirection,
        @Unless(key = "expert", is = "none") @Default("0") double leastMagnitude) {
    private static final String NONE = "none";
    private static final double SCALE = 0.01;

    public Imitation {
        hyper = Collections.unmodifiableSortedMap(new TreeMap<>(hyper));
        Checks.that(rate > 0 && rate < Double.POSITIVE_INFINITY, "rate", rate, "a positive number");
        Checks.that(finalRate >= 0 && finalRate < Double.POSITIVE_INFINITY, "finalRate", finalRate, "a number of at least 0");
        Checks.that(rateSteps >= 1, "rateSteps", rateSteps, "at least 1");
        Checks.that(from >= 0, "from", from, "at least 0");
        Checks.that(until > from, "until", until, "after from = " + from);
        Checks.that(leastBlend >= 0 && leastBlend <= 1, "leastBlend", leastBlend, "within 0 and 1");
        Checks.that(direction >= 0, "direction", direction, "at least 0");
        Checks.that(magnitude >= 0 && direction + magnitude <= 1, "magnitude", magnitude, "at least 0, with direction at most 1");
        Checks.that(leastDirection >= 0 && leastDirection <= 1, "leastDirection", leastDirection, "within 0 and 1");
        Checks.that(leastMagnitude >= 0 && leastMagnitude <= 1, "leastMagnitude", leastMagnitude, "within 0 and 1");
        if (!expert.equals(NONE)) {
            Set<Need> needs = HandDesigned.of(expert, hyper, Schedules.constant(rate)).needs();
            Checks.that(needs.equals(Set.of(Need.GRADIENT)), "expert", expert, "a rule that reads gradients alone, not " + needs);
        }
    }

    /** No expert. */
    public static Imitation none() {
        return new Imitation(NONE, Map.of(), 0.01, 1e-4, 10_000, 5000, 50_000, 0, 0.7, 0.3, 0.3, 0);
    }

    /** Whether there is one. */
    public boolean active() {
        return !expert.equals(NONE);
    }

    Optimizer expertRule() {
        var cosine = new Schedules.WarmupCosine(rate, rate, finalRate, Span.steps(0), Span.steps(rateSteps));
        return HandDesigned.of(expert, hyper, cosine);
    }

    private double ramp(int outerStep) {
        return Math.clamp((until - outerStep) / (double) (until - from), 0, 1);
    }

    /** ω: the expert's share of a step. */
    double blend(int outerStep) {
        return leastBlend + (1 - leastBlend) * ramp(outerStep);
    }

    /**
     * What a particle's steps were like.
     *
     * @param direction its estimate of the gradient of c, of theta's size; owned
     * @param magnitude its estimate of the gradient of a, of theta's size; owned
     * @param directionSquares sum of (δc)² over its steps
     * @param magnitudeSquares sum of (δa)² over its steps
     * @param steps number of them
     */
    public record Likeness(float[] direction, float[] magnitude, double directionSquares, double magnitudeSquares, int steps) {
        /** Where there is no expert. */
        public static final Likeness NONE = new Likeness(new float[0], new float[0], 0, 0, 0);
    }

    /** The particles' results with the three estimates of each made one. */
    List<ParticleResult> weighed(List<ParticleResult> results, int outerStep) {
        if (!active()) {
            return results;
        }
        double steps = results.stream().mapToDouble(result -> result.likeness().steps()).sum();
        double ofC = results.stream().mapToDouble(result -> result.likeness().directionSquares()).sum();
        double ofA = results.stream().mapToDouble(result -> result.likeness().magnitudeSquares()).sum();
        double weightC = direction * Math.max(leastDirection, ramp(outerStep));
        double weightA = magnitude * Math.max(leastMagnitude, ramp(outerStep));
        double scaleC = ofC > 0 ? weightC * SCALE / Math.sqrt(ofC / steps) : 0;
        double scaleA = ofA > 0 ? weightA * SCALE / Math.sqrt(ofA / steps) : 0;
        List<ParticleResult> weighed = new ArrayList<>();
        for (ParticleResult result : results) {
            float[] gradient = new float[result.gradient().length];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = (float) ((1 - weightC - weightA) * result.gradient()[i]
                        + scaleC * result.likeness().direction()[i]
                        + scaleA * result.likeness().magnitude()[i]);
            }
            weighed.add(new ParticleResult(
                    gradient, result.loss(), result.diverged(), result.laneSteps(), result.seen(), result.likeness()));
        }
        return weighed;
    }
}
