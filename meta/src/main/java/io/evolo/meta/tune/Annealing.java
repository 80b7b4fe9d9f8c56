package io.evolo.meta.tune;

import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;

/** What becomes of a learning rate over a run. The horizon is the run's own: all rules know it. */
public enum Annealing {
    /** The same rate at every step. */
    CONSTANT,
    /** 5% linear warm-up, then a half cosine that reaches 0 behind the last step; see {@link Schedules.Cosine}. */
    COSINE,
    /** As an entry of a published list says; the candidate's hyperparameters hold its fractions. See {@link SettingList}. */
    LISTED;

    /** The schedule of a candidate. */
    Schedule of(Candidate candidate) {
        double rate = candidate.rate();
        return switch (this) {
            case CONSTANT -> Schedules.constant(rate);
            case COSINE -> Schedules.cosine(rate, 0, Span.fraction(0.05));
            case LISTED -> SettingList.schedule(candidate);
        };
    }
}
