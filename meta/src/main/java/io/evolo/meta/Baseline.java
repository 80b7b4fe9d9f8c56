package io.evolo.meta;

import io.evolo.optimizers.designed.Adam;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;

/**
 * One setting of Adam (β 0.9, 0.999, ε 1e-8) that tuning tries.
 *
 * @param rate constant, or the peak
 */
public record Baseline(double rate, Decay decay) implements RuleSource {

    /** What becomes of the learning rate. */
    public enum Decay {
        CONSTANT,
        /** 5% linear warm-up, then a half cosine that reaches 0 behind the last step; see {@link Schedules.Cosine}. */
        COSINE
    }

    @Override
    public Optimizer optimizer() {
        return Adam.of(
                switch (decay) {
                    case CONSTANT -> Schedules.constant(rate);
                    case COSINE -> Schedules.cosine(rate, 0, Span.fraction(0.05));
                });
    }
}
