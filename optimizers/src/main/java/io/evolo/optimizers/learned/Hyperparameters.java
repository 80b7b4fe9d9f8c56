package io.evolo.optimizers.learned;

import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.schema.Names;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a rule's hyperparameters by key, each with a default, and knows which keys there are by having been asked for them. Flags are
 * 0 and 1.
 */
final class Hyperparameters {
    private final String rule;
    private final Map<String, Double> given;
    private final Set<String> known = new TreeSet<>();

    Hyperparameters(String rule, Map<String, Double> given) {
        this.rule = rule;
        this.given = Map.copyOf(given);
    }

    double number(String key, double otherwise) {
        known.add(key);
        return given.getOrDefault(key, otherwise);
    }

    int count(String key, int otherwise) {
        double value = number(key, otherwise);
        if (value != (int) value) {
            throw new IllegalArgumentException(rule + ": " + key + " is " + value + ", expected an integer");
        }
        return (int) value;
    }

    boolean flag(String key, boolean otherwise) {
        double value = number(key, otherwise ? 1 : 0);
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException(rule + ": " + key + " is " + value + ", expected 0 or 1");
        }
        return value == 1;
    }

    /**
     * {@code rate} alone is constant; with {@code warmup_fraction} or {@code end_rate} (0 each if missing) a warm-up and cosine. With
     * {@code over_cosine}, {@link WarmupOverCosine}, whose {@code initial_rate} is 0 and whose {@code end_rate} is {@code rate} if missing.
     * With {@code rate_horizon}, {@link Schedules.ByHorizon} around it.
     */
    Schedule rate(double otherwise) {
        Schedule schedule = schedule(otherwise);
        double reference = number("rate_horizon", 0);
        return reference == 0 ? schedule : new Schedules.ByHorizon(schedule, reference);
    }

    private Schedule schedule(double otherwise) {
        double rate = number("rate", otherwise);
        double warmup = number("warmup_fraction", 0);
        if (flag("over_cosine", false)) {
            return new WarmupOverCosine(number("initial_rate", 0), rate, number("end_rate", rate), new Span.Fraction(warmup));
        }
        double end = number("end_rate", 0);
        boolean constant = !given.containsKey("warmup_fraction") && !given.containsKey("end_rate");
        return constant ? Schedules.constant(rate) : Schedules.warmupCosine(rate, end, Span.fraction(warmup));
    }

    /** Writes the keys that {@link #rate} reads. */
    static void putRate(Map<String, Double> out, Schedule schedule) {
        switch (schedule) {
            case Schedules.Constant constant -> out.put("rate", constant.value());
            case Schedules.WarmupCosine(double initial, double peak, double end, Span.Fraction warmup, Span.Fraction decay)
            when initial == 0 && decay.fraction() == 1 -> {
                out.put("rate", peak);
                out.put("warmup_fraction", warmup.fraction());
                out.put("end_rate", end);
            }
            case Schedules.ByHorizon(Schedule inner, double reference) -> {
                putRate(out, inner);
                out.put("rate_horizon", reference);
            }
            case WarmupOverCosine(double initial, double peak, double end, Span.Fraction warmup) -> {
                out.put("over_cosine", 1.0);
                out.put("initial_rate", initial);
                out.put("rate", peak);
                out.put("end_rate", end);
                out.put("warmup_fraction", warmup.fraction());
            }
            default -> throw new IllegalArgumentException("the schedule " + schedule
                    + " cannot be written as hyperparameters; a constant one can, and a warm-up over a fraction with a cosine to the end");
        }
    }

    BaseDecays decays(BaseDecays otherwise) {
        return new BaseDecays(number("momentum_decay_1", otherwise.momentum1()), number("momentum_decay_2", otherwise.momentum2()),
                number("momentum_decay_3", otherwise.momentum3()), number("rms_decay", otherwise.rms()),
                number("adafactor_decay_1", otherwise.adafactor1()), number("adafactor_decay_2", otherwise.adafactor2()),
                number("adafactor_decay_3", otherwise.adafactor3()));
    }

    /** Writes the keys that {@link #decays} reads. */
    static void putDecays(Map<String, Double> out, BaseDecays decays) {
        out.put("momentum_decay_1", decays.momentum1());
        out.put("momentum_decay_2", decays.momentum2());
        out.put("momentum_decay_3", decays.momentum3());
        out.put("rms_decay", decays.rms());
        out.put("adafactor_decay_1", decays.adafactor1());
        out.put("adafactor_decay_2", decays.adafactor2());
        out.put("adafactor_decay_3", decays.adafactor3());
    }

    /** To be called when all have been read. */
    void requireNoOthers() {
        for (String key : new TreeSet<>(given.keySet())) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(Names.unknown("hyperparameter of " + rule, key, known));
            }
        }
    }
}
