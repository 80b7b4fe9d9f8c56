package io.evolo.meta;

import io.evolo.optimizers.GlobalNormClip;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.designed.AdamW;
import io.evolo.schema.Default;
import io.evolo.schema.Unless;
import java.util.List;

/**
 * The outer optimizer: the meta-gradient is clipped to a global norm, then AdamW (β 0.9, 0.999, ε 1e-8) under warm-up and cosine.
 *
 * @param steps outer steps in all, at least 1
 * @param search what moves theta: the meta-gradient, or CMA-ES, for which the values below have no meaning
 * @param rate peak learning rate
 * @param warmup outer steps of linear warm-up; a run with fewer steps ends within it
 * @param finalFraction of the peak that the cosine ends at, in [0, 1]; 1: constant after warm-up
 * @param weightDecay decoupled, multiplied by the rate
 * @param clip largest global norm of the meta-gradient; .inf: none
 * @param frozen tensors of theta, by name or by the beginning of their names up to a {@code /} or {@code .}, that are neither
 *     perturbed nor moved; Celo's two phases freeze one half of it each
 */
public record Outer(
        int steps,
        @Default("gradient") Search search,
        double rate,
        @Unless(key = "search", is = "cma_es") @Default("0") int warmup,
        @Unless(key = "search", is = "cma_es") @Default("1") double finalFraction,
        @Unless(key = "search", is = "cma_es") @Default("1e-4") double weightDecay,
        @Unless(key = "search", is = "cma_es") @Default(".inf") double clip,
        @Default("[]") List<String> frozen) {

    /** What moves theta. */
    public enum Search {
        GRADIENT,
        CMA_ES
    }

    public Outer {
        Checks.that(steps >= 1, "steps", steps, "at least 1");
        Checks.that(rate > 0 && rate < Double.POSITIVE_INFINITY, "rate", rate, "a positive number");
        Checks.that(warmup >= 0, "warmup", warmup, "at least 0");
        Checks.that(finalFraction >= 0 && finalFraction <= 1, "finalFraction", finalFraction, "within 0 and 1");
        Checks.that(weightDecay >= 0 && weightDecay < 1 / rate, "weightDecay", weightDecay, "at least 0, below 1/rate");
        Checks.that(clip > 0, "clip", clip, "a positive number, .inf for none");
        frozen = List.copyOf(frozen);
        Checks.that(frozen.isEmpty() || search == Search.GRADIENT, "frozen", frozen, "nothing, for CMA-ES moves all of theta");
    }

    /** The rule over theta; its horizon is {@code steps}. */
    Optimizer optimizer() {
        Schedule schedule = Schedules.warmupCosine(rate, rate * finalFraction, Span.steps(warmup));
        Optimizer adamW = AdamW.of(schedule, weightDecay);
        return clip == Double.POSITIVE_INFINITY ? adamW : new GlobalNormClip(adamW, clip);
    }
}
