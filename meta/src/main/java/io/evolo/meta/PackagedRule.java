package io.evolo.meta;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.learned.Packages;

/**
 * The rule in a package.
 *
 * @param bytes of the package; owned
 */
public record PackagedRule(byte[] bytes) implements RuleSource {

    public static PackagedRule of(LearnedOptimizerPackage loaded) {
        return new PackagedRule(loaded.bytes());
    }

    @Override
    public Optimizer optimizer() {
        return Packages.bind(LearnedOptimizerPackage.of(bytes));
    }
}
