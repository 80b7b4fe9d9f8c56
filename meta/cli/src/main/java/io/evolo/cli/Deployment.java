package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.guard.FeatureGuard;
import io.evolo.optimizers.guard.Finding;
import io.evolo.optimizers.guard.Rails;
import io.evolo.optimizers.guard.SafetyRails;
import io.evolo.optimizers.learned.Packages;
import io.evolo.optimizers.memory.BFloat16State;
import io.evolo.schema.Schema;
import io.evolo.tasks.Parametrization;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An optimizer as it is put to work: the rule, inside the guard that its package has statistics for, inside the rails.
 *
 * @param rule all of it
 * @param findings what the guard has found; grows while the rule trains
 */
record Deployment(Optimizer rule, List<Finding> findings) {

    /**
     * A hand-designed rule.
     *
     * @param name with hyperparameters, as {@link Optimizers#named} takes it
     * @param rate NaN: not given
     * @param around what else the command line puts around the rule, inside the rails
     * @param memory what the rule's state is kept in
     */
    static Deployment designed(String name, double rate, WrappingOptions around, UnaryOperator<Optimizer> memory, Rails rails) {
        Optimizer rule = memory.apply(Optimizers.named(name, rate, around::schedule));
        return new Deployment(rails.around(around.around(rule, around.schedule(rate))), List.of());
    }

    /**
     * A package, which has no learning rate.
     *
     * @param made the parametrization of the networks that the package is for
     * @param task that of the network which is trained
     * @param err gets what the guard finds, when it does
     */
    static Deployment learned(
            LearnedOptimizerPackage loaded, Parametrization.Kind made, Parametrization.Kind task, WrappingOptions around,
            UnaryOperator<Optimizer> memory, Rails rails, PrintWriter err) {
        List<Finding> findings = new ArrayList<>();
        if (made != task) {
            err.printf("the package '%s' is for networks under parametrization=%s, but the task has %s; see --set parametrization%n",
                    loaded.name(), Schema.constant(made), Schema.constant(task));
        }
        return new Deployment(rails.around(around.around(guarded(loaded, memory, findings, err))), findings);
    }

    private static Optimizer guarded(
            LearnedOptimizerPackage loaded, UnaryOperator<Optimizer> memory, List<Finding> findings, PrintWriter err) {
        Optimizer rule = memory.apply(Packages.bind(loaded));
        if (loaded.featureStatistics().isEmpty()) {
            err.println("the package '" + loaded.name() + "' has no statistics of its meta-training: the guard cannot say whether this"
                    + " task is like those it has seen");
            return rule;
        }
        FeatureGuard guard = FeatureGuard.of(rule, loaded.featureStatistics(), finding -> {
            findings.add(finding);
            err.println("guard: " + finding.message());
        });
        return rule instanceof BFloat16State ? guard.withoutAccumulators() : guard;
    }

    /** Says how often guard and rails have acted, if they have. */
    void report(OptimizerState state, PrintWriter out) {
        if (!findings.isEmpty()) {
            out.println("guard: " + findings.size() + " of " + state.layout().tensors() + " tensors unlike anything in meta-training");
        }
        if (rule instanceof SafetyRails rails) {
            out.println("rails: " + rails.interventions(state));
        }
    }
}
