package io.evolo.meta;

import java.util.HashMap;
import java.util.Map;

/**
 * How long planned training runs will still take: their numbers times the measured cost of each kind. A kind that none was made of yet
 * costs what was guessed, in the unit that those made so far say. Thread-safe.
 */
final class TimeLeft {
    private final int parallel;
    private final Map<Kind, Made> kinds = new HashMap<>();

    /** @param parallel runs made at the same time, at least 1 */
    TimeLeft(int parallel) {
        this.parallel = parallel;
    }

    /**
     * Runs that cost alike.
     *
     * @param what one optimizer in one cell, say
     * @param guess cost of one run, in any unit that all kinds share, above 0
     */
    record Kind(String what, double guess) {}

    private record Made(int planned, int count, double seconds) {}

    /** So many more runs are to be made. */
    synchronized void plan(Kind kind, int runs) {
        kinds.merge(kind, new Made(runs, 0, 0), (old, more) -> new Made(old.planned + more.planned, old.count, old.seconds));
    }

    /** One was made; the seconds that all others will take. */
    synchronized double made(Kind kind, double seconds) {
        kinds.computeIfPresent(kind, (_, old) -> new Made(old.planned, old.count + 1, old.seconds + seconds));
        double spent = 0;
        double guessed = 0;
        for (Map.Entry<Kind, Made> entry : kinds.entrySet()) {
            spent += entry.getValue().seconds;
            guessed += entry.getValue().count * entry.getKey().guess;
        }
        double unit = spent / guessed;
        double left = 0;
        for (Map.Entry<Kind, Made> entry : kinds.entrySet()) {
            Made made = entry.getValue();
            double each = made.count > 0 ? made.seconds / made.count : unit * entry.getKey().guess;
            left += (made.planned - made.count) * each;
        }
        return left / parallel;
    }
}
