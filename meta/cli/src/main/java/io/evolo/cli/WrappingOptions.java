package io.evolo.cli;

import io.evolo.optimizers.Decay;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.Wrapping;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Names;
import io.evolo.tasks.Role;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** What the command line puts around a rule; see {@link Wrapping} for the order. */
final class WrappingOptions {
    private static final double WARMUP = 0.05;
    private static final double COOLDOWN = 0.2;
    private static final List<String> SCHEDULES = List.of("constant", "cosine", "linear", "wsd");

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description = "constant, or with a linear warm-up: cosine, half a one that reaches 0 behind the last step; linear, likewise; wsd, the"
                    + " peak until a linear --cooldown. Multiplies the steps of a package (${DEFAULT-VALUE}).")
    private String schedule = "constant";

    @Option(names = "--warmup", paramLabel = "F", description = "Fraction of the steps over which cosine, linear and wsd rise first (0.05).")
    private double warmup = Double.NaN;

    @Option(names = "--cooldown", paramLabel = "F", description = "Fraction of the steps over which wsd falls at the end (0.2).")
    private double cooldown = Double.NaN;

    @Option(names = "--accumulate", paramLabel = "N", description = "Gradients per step, the last one of what is left (${DEFAULT-VALUE}).")
    private int accumulate = 1;

    @Option(names = "--clip", paramLabel = "NORM", description = "Largest norm of the gradient over all tensors.")
    private double clip = Double.POSITIVE_INFINITY;

    @Option(
            names = "--decay",
            paramLabel = "KIND:STRENGTH",
            description = "Weight decay beside the rule's own: coupled, decoupled or independent, for instance decoupled:0.1.")
    private String decay = "";

    @Option(
            names = "--exempt",
            paramLabel = "ROLE",
            split = ",",
            description = "Roles of tensors that --decay leaves alone: input, hidden, output, vector (biases and gains).")
    private List<String> exempt = List.of();

    @Option(
            names = "--role",
            paramLabel = "ROLE:KEY=F,…",
            description = "Factors for tensors of a role (input, hidden, output, vector): rate on the steps, decay on --decay; for instance"
                    + " --role output:rate=0.1,decay=0. May be repeated.")
    private List<String> roles = List.of();

    /** The schedule of that name at this rate. */
    Schedule schedule(double rate) {
        if (!Double.isNaN(cooldown) && !schedule.equals("wsd")) {
            throw new ConfigException("--cooldown is " + cooldown + ", but the schedule is " + schedule + "; give --schedule wsd with it, or leave"
                    + " it out");
        }
        return switch (schedule) {
            case "constant" -> constant(rate);
            case "cosine" -> Schedules.cosine(rate, 0, Span.fraction(warmup()));
            case "linear" -> Schedules.linear(rate, 0, Span.fraction(warmup()));
            case "wsd" -> new Schedules.Trapezoid(rate, 0, Span.fraction(warmup()), Span.fraction(fraction("--cooldown", cooldown, COOLDOWN)));
            default -> throw new ConfigException("--schedule: " + Names.unknown("schedule", schedule, SCHEDULES));
        };
    }

    private Schedule constant(double rate) {
        if (!Double.isNaN(warmup)) {
            throw new ConfigException("--warmup is " + warmup + ", but the rate is constant; give --schedule cosine, linear or wsd with it, or leave it out");
        }
        return Schedules.constant(rate);
    }

    private double warmup() {
        return fraction("--warmup", warmup, WARMUP);
    }

    private static double fraction(String option, double given, double standard) {
        double fraction = Double.isNaN(given) ? standard : given;
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new ConfigException(option + " is " + fraction + ", expected a fraction in [0, 1]");
        }
        return fraction;
    }

    /** A hand-designed rule of that schedule, with all but the schedule around it. */
    Optimizer around(Optimizer rule, Schedule rate) {
        return around(rule, rate, Schedules.constant(1));
    }

    /** A rule that chooses its own steps, with everything around it. */
    Optimizer around(Optimizer rule) {
        return around(rule, schedule(1), schedule(1));
    }

    private Optimizer around(Optimizer rule, Schedule rate, Schedule multiplier) {
        Map<Role, Double> decays = new EnumMap<>(Role.class);
        Map<Role, Double> rates = new EnumMap<>(Role.class);
        exempt.forEach(role -> decays.put(role(role, "--exempt"), 0.0));
        roles.forEach(group -> addGroup(group, rates, decays));
        if (decay.isEmpty() && !decays.isEmpty()) {
            throw new ConfigException((exempt.isEmpty() ? "--role " + String.join(" ", roles) + " changes" : "--exempt " + String.join(",", exempt)
                    + " leaves tensors out of") + " --decay, which is not given");
        }
        try {
            return new Wrapping(accumulate, clip, decay(rate), decays, rates, multiplier).around(rule);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    private Decay decay(Schedule rate) {
        if (decay.isEmpty()) {
            return Decay.none();
        }
        String[] kindAndStrength = decay.split(":", 2);
        double strength = strength(kindAndStrength);
        return switch (kindAndStrength[0]) {
            case "coupled" -> new Decay.Coupled(strength);
            case "decoupled" -> new Decay.Decoupled(strength, rate);
            case "independent" -> new Decay.Independent(strength, rate);
            default -> throw new ConfigException("--decay: "
                    + Names.unknown("kind", kindAndStrength[0], List.of("coupled", "decoupled", "independent")));
        };
    }

    private double strength(String[] kindAndStrength) {
        try {
            return Double.parseDouble(kindAndStrength[kindAndStrength.length - 1]);
        } catch (NumberFormatException e) {
            throw new ConfigException("--decay is '" + decay + "', expected KIND:STRENGTH, as in decoupled:0.1");
        }
    }

    private static void addGroup(String group, Map<Role, Double> rates, Map<Role, Double> decays) {
        String[] roleAndFactors = group.split(":", 2);
        Role role = role(roleAndFactors[0], "--role");
        for (String factor : roleAndFactors.length == 1 ? new String[0] : roleAndFactors[1].split(",")) {
            String[] keyAndValue = factor.split("=", 2);
            Map<Role, Double> of = switch (keyAndValue[0]) {
                case "rate" -> rates;
                case "decay" -> decays;
                default -> throw new ConfigException("--role " + group + ": " + Names.unknown("key", keyAndValue[0], List.of("rate", "decay")));
            };
            if (of.put(role, factor(group, keyAndValue)) != null) {
                throw new ConfigException("--role " + group + ": " + keyAndValue[0] + " of " + roleAndFactors[0] + " is said twice");
            }
        }
        if (roleAndFactors.length == 1) {
            throw new ConfigException("--role is '" + group + "', expected ROLE:KEY=F, as in output:rate=0.1,decay=0");
        }
    }

    private static double factor(String group, String[] keyAndValue) {
        try {
            double factor = Double.parseDouble(keyAndValue[keyAndValue.length - 1]);
            if (factor >= 0 && Double.isFinite(factor)) {
                return factor;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new ConfigException("--role " + group + ": " + keyAndValue[0] + " is no factor of at least 0, as in output:rate=0.1,decay=0");
    }

    private static Role role(String name, String option) {
        List<String> names = Arrays.stream(Role.values()).map(role -> role.name().toLowerCase(Locale.ROOT)).toList();
        if (!names.contains(name)) {
            throw new ConfigException(option + ": " + Names.unknown("role", name, names));
        }
        return Role.valueOf(name.toUpperCase(Locale.ROOT));
    }
}
