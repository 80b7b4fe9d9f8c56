package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.ShippedPackages;
import io.evolo.meta.config.ConfigException;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.Rng;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;

/** Optimizers as the command line names them. */
final class Optimizers {
    private Optimizers() {}

    /**
     * A hand-designed rule at a constant rate, or a package.
     *
     * @param name of the rule, with wrappers and hyperparameters if wanted ({@code adamw+lookahead:beta2=0.95,lookahead_alpha=0.8}), or
     *     name or file of a package
     * @param rate NaN: not given
     * @throws ConfigException if a name is unknown, a rate is missing, or a value is out of place
     */
    static Optimizer named(String name, double rate) {
        return named(name, rate, Schedules::constant);
    }

    /** The same at another schedule. */
    static Optimizer named(String name, double rate, DoubleFunction<Schedule> schedule) {
        if (isPackage(name)) {
            requireNoRate(rate);
            return Packages.bind(load(name));
        }
        String rule = withoutHyperparameters(name);
        requireKnown(rule);
        if (!(rate > 0)) {
            throw new ConfigException("--rate is " + (Double.isNaN(rate) ? "missing" : rate) + ", expected a positive number for " + rule);
        }
        try {
            return HandDesigned.of(rule, hyperparameters(name), schedule.apply(rate));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    /** @throws ConfigException if no hand-designed rule is called so, with or without wrappers; the message names the nearest */
    static void requireKnown(String rule) {
        try {
            HandDesigned.requireKnown(rule);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    /**
     * The same, or a learned rule that is not trained, under its initial theta.
     *
     * @param name as in {@link #named}; {@code NAME@RATE} has a rate of its own; or a learned rule ({@code celo2:hidden=16})
     * @param rate of hand-designed rules that have none of their own
     * @param seed names the initial theta
     * @throws ConfigException as {@link #named}
     */
    static Optimizer ofAnyKind(String name, double rate, long seed) {
        if (isPackage(name)) {
            return named(name, Double.NaN);
        }
        String learned = withoutHyperparameters(name);
        if (LearnedOptimizers.names().contains(learned)) {
            LearnedOptimizer rule = LearnedOptimizers.of(learned, hyperparameters(name));
            return rule.bind(rule.initTheta(Rng.of(seed, "theta")));
        }
        String[] ruleAndRate = name.split("@", 2);
        return named(ruleAndRate[0], ruleAndRate.length == 1 ? rate : number(name, ruleAndRate[1], ruleAndRate[1]));
    }

    /**
     * A package by name or file, with other hyperparameters if some follow ({@code evolo-default:rate=0.5}); see
     * {@link Packages#changed}.
     *
     * @throws ConfigException if a hyperparameter is unknown or out of place
     */
    static LearnedOptimizerPackage load(String name) {
        LearnedOptimizerPackage loaded = Packages.load(withoutHyperparameters(name));
        Map<String, Double> others = hyperparameters(name);
        try {
            return others.isEmpty() ? loaded : Packages.changed(loaded, others);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name + ": " + e.getMessage());
        }
    }

    /** The name or file before the hyperparameters: a colon behind which a path goes on begins none. */
    private static String withoutHyperparameters(String name) {
        return name.replaceFirst(":[^:/\\\\]*$", "");
    }

    /** Whether this names a package rather than a rule. */
    static boolean isPackage(String nameAndHyper) {
        String name = withoutHyperparameters(nameAndHyper);
        return ShippedPackages.names().contains(name)
                || name.endsWith(LearnedOptimizerPackage.EXTENSION)
                || Files.isRegularFile(Path.of(name));
    }

    static void requireNoRate(double rate) {
        if (!Double.isNaN(rate)) {
            throw new ConfigException("--rate is " + rate + ", but a package chooses its own steps; leave it out");
        }
    }

    /** Those behind the name; none if no colon follows it. */
    private static Map<String, Double> hyperparameters(String name) {
        Map<String, Double> hyper = new TreeMap<>();
        String rule = withoutHyperparameters(name);
        if (rule.equals(name)) {
            return hyper;
        }
        for (String setting : name.substring(rule.length() + 1).split(",", -1)) {
            String[] keyAndValue = setting.split("=", 2);
            if (keyAndValue.length < 2 || hyper.put(keyAndValue[0], number(name, setting, keyAndValue[1])) != null) {
                throw new ConfigException(name + ": got '" + setting + "', expected NAME=NUMBER once for every hyperparameter, as in "
                        + "adamw:beta2=0.95,weight_decay=0.1");
            }
        }
        return hyper;
    }

    /** Switches may be true and false, bounds inf. */
    private static double number(String name, String setting, String value) {
        return switch (value) {
            case "true" -> 1;
            case "false" -> 0;
            case "inf", ".inf" -> Double.POSITIVE_INFINITY;
            default -> {
                try {
                    yield Double.parseDouble(value);
                } catch (NumberFormatException e) {
                    throw new ConfigException(name + ": got '" + setting + "', expected a number behind the '='");
                }
            }
        };
    }
}
