package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.ShippedPackages;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.RuleName;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.Packages;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Names;
import io.evolo.tasks.Rng;
import java.nio.file.Files;
import java.nio.file.Path;
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
        String rule = RuleName.withoutHyperparameters(name);
        requireKnown(rule);
        if (!(rate > 0)) {
            throw new ConfigException("--rate is " + (Double.isNaN(rate) ? "missing, or no number" : rate) + ", expected a positive number for " + rule);
        }
        try {
            return HandDesigned.of(rule, parsed(name).hyperparameters(), schedule.apply(rate));
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
        String learned = RuleName.withoutHyperparameters(name);
        if (LearnedOptimizers.names().contains(learned)) {
            LearnedOptimizer rule = LearnedOptimizers.of(learned, parsed(name).hyperparameters());
            return rule.bind(rule.initTheta(Rng.of(seed, "theta")));
        }
        String[] ruleAndRate = name.split("@", 2);
        return named(ruleAndRate[0], ruleAndRate.length == 1 ? rate : rate(name, ruleAndRate[1]));
    }

    /**
     * A package by name or file, with other hyperparameters if some follow ({@code evolo-default:rate=0.5}); see
     * {@link Packages#changed}.
     *
     * @throws ConfigException if a hyperparameter is unknown or out of place
     */
    static LearnedOptimizerPackage load(String name) {
        String file = RuleName.withoutHyperparameters(name);
        if (!ShippedPackages.names().contains(file) && !Files.exists(Path.of(file))) {
            throw new ConfigException(Names.unknown("package", file, ShippedPackages.names()) + "; nor is there a file "
                    + Path.of(file).toAbsolutePath());
        }
        try {
            return Packages.named(name);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    /** Whether this names a package rather than a rule. */
    static boolean isPackage(String nameAndHyper) {
        String name = RuleName.withoutHyperparameters(nameAndHyper);
        return ShippedPackages.names().contains(name)
                || name.endsWith(LearnedOptimizerPackage.EXTENSION)
                || Files.isRegularFile(Path.of(name));
    }

    static void requireNoRate(double rate) {
        if (!Double.isNaN(rate)) {
            throw new ConfigException("--rate is " + rate + ", but a package chooses its own steps; leave it out");
        }
    }

    private static RuleName parsed(String name) {
        try {
            return RuleName.parse(name);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    private static double rate(String name, String rate) {
        try {
            return RuleName.number(name, rate, rate, "@");
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
    }
}
