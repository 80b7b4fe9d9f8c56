package io.evolo.optimizers.guard;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.Adam;
import io.evolo.schema.Default;
import io.evolo.schema.Schema;
import java.util.Optional;

/**
 * What holds a training back; all of it is off unless set.
 *
 * @param cap largest root mean square of one tensor's change in one step; infinite: none
 * @param rollBack whether a loss or gradient that is not finite, or a spike, takes the training back to its last good parameters
 * @param spike a loss is a spike above this multiple of its running mean, if it is also 5 mean deviations above it, or in the first 20
 *     steps above this multiple of the first loss; infinite: none
 * @param keep steps between the copies that a roll-back goes back to, at least 1
 * @param patience roll-backs until Adam takes over, if it may
 * @param fallback Adam's learning rate when it takes over; 0: it never does
 * @param blend Adam's share of each step from then on, in (0, 1]; 1: it makes the steps alone
 */
public record Rails(
        @Default(".inf") double cap,
        @Default("false") boolean rollBack,
        @Default(".inf") double spike,
        @Default("50") int keep,
        @Default("3") int patience,
        @Default("0") double fallback,
        @Default("1") double blend) {

    /** Nothing is held back. */
    public static final Rails OFF = Schema.of(Rails.class).read("", "the rails");

    public Rails {
        require(cap > 0, "cap", cap, "a positive number, .inf for none");
        require(spike > 1, "spike", spike, "a number above 1, .inf for none");
        require(keep >= 1, "keep", keep, "at least 1");
        require(patience >= 1, "patience", patience, "at least 1");
        require(fallback >= 0 && fallback < Double.POSITIVE_INFINITY, "fallback", fallback, "a learning rate, 0 for none");
        require(blend > 0 && blend <= 1, "blend", blend, "above 0, at most 1");
        require(rollBack || spike == Double.POSITIVE_INFINITY, "spike", spike, ".inf where rollBack is off");
        require(rollBack || fallback == 0, "fallback", fallback, "0 where rollBack is off");
    }

    private static void require(boolean holds, String name, Object got, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + got + ", expected " + expected);
        }
    }

    /** Whether they hold anything back. */
    public boolean on() {
        return rollBack || cap < Double.POSITIVE_INFINITY;
    }

    /** The rule within these rails; the rule itself where they are off. */
    public Optimizer around(Optimizer rule) {
        return on() ? new SafetyRails(rule, this) : rule;
    }

    /** What takes over; empty if nothing does. */
    Optional<Optimizer> adam() {
        return fallback == 0 ? Optional.empty() : Optional.of(Adam.of(Schedules.constant(fallback)));
    }
}
