package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.meta.config.ConfigException;
import io.evolo.optimizers.HandDesigned;
import io.evolo.optimizers.Names;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.learned.Packages;
import java.nio.file.Files;
import java.nio.file.Path;

/** Optimizers as the command line names them. */
final class Optimizers {
    private Optimizers() {}

    /**
     * A hand-designed rule at a constant rate, or a package.
     *
     * @param name of the rule, or file of the package
     * @param rate NaN: not given
     * @throws ConfigException if the name is unknown, or a rate is missing or out of place
     */
    static Optimizer named(String name, double rate) {
        if (name.endsWith(LearnedOptimizerPackage.EXTENSION) || Files.isRegularFile(Path.of(name))) {
            if (!Double.isNaN(rate)) {
                throw new ConfigException("--rate is " + rate + ", but a package chooses its own steps; leave it out");
            }
            return Packages.bind(Packages.load(Path.of(name)));
        }
        if (!HandDesigned.names().contains(name)) {
            throw new ConfigException(Names.unknown("optimizer", name, HandDesigned.names()));
        }
        if (!(rate > 0)) {
            throw new ConfigException("--rate is " + (Double.isNaN(rate) ? "missing" : rate) + ", expected a positive number for " + name);
        }
        return HandDesigned.named(name, Schedules.constant(rate));
    }
}
