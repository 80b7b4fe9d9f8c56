package io.evolo.optimizers.dl4j;

import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Traits;
import io.evolo.optimizers.guard.Interventions;
import io.evolo.optimizers.guard.SafetyRails;
import io.evolo.tasks.ParamLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A rule with what an updater must know of it, and how much state it needs on a network.
 *
 * @param name for messages
 * @param rule the rule
 * @param traits what it looks at
 * @param options how it runs
 * @param plan the network's tensors
 * @param stateValues state values that the updater asks DL4J for, by number of parameters of a tensor
 */
record BoundRule(
        String name, Optimizer rule, Traits traits, Options options, NetworkPlan plan, Map<Long, Long> stateValues) {

    /**
     * @throws IllegalArgumentException if the rule needs what DL4J's updaters do not see
     */
    static BoundRule of(String name, Optimizer rule, Options options, NetworkPlan plan) {
        requireShown(name, rule); // the trial steps show it no more
        return of(name, rule, Traits.of(rule), options, plan);
    }

    /**
     * Where what the rule looks at is known.
     *
     * @throws IllegalArgumentException if the rule needs what DL4J's updaters do not see
     */
    static BoundRule of(String name, Optimizer rule, Traits traits, Options options, NetworkPlan plan) {
        requireShown(name, rule);
        Optional<String> missing = missing(name, traits, options);
        NetworkPlan shown = traits.turns() ? plan.asStored() : plan;
        Map<Long, Long> values = missing.isPresent() ? Map.of() : stateValues(rule, traits, options, shown);
        return new BoundRule(name, rule, traits, options, plan, values);
    }

    private static void requireShown(String name, Optimizer rule) {
        for (Need need : rule.needs()) {
            if (need != Need.GRADIENT) {
                throw new IllegalArgumentException("the rule " + name + " needs " + need.words()
                        + ", which DL4J does not show to updaters; take another rule, or train the network as a Dl4jTask");
            }
        }
    }

    private static Optional<String> missing(String name, Traits traits, Options options) {
        return traits.usesHorizon() && options.horizon() == 0
                ? Optional.of(name + " plans its steps over the whole run, but was not told how long that is; call"
                        + " Attach.to(network, data, epochs), which counts, or add .horizon(iterations) to the updater, where"
                        + " iterations = epochs × batches per epoch, times segments per batch under truncated back-propagation"
                        + " through time")
                : Optional.empty();
    }

    /**
     * Checks that everything that the rule looks at has been given.
     *
     * @throws IllegalArgumentException if not; the message says what to add
     */
    void requireComplete() {
        missing(name, traits, options).ifPresent(message -> {
            throw new IllegalArgumentException(message);
        });
    }

    /** The tensors as the rule gets to see them: turned to how they lie in DL4J's memory, if that is the same to it. */
    NetworkPlan shown(NetworkPlan tensors) {
        return traits.turns() ? tensors.asStored() : tensors;
    }

    /** Whether so many steps are more than the rule has planned for. */
    boolean isBeyondHorizon(int steps) {
        return traits.usesHorizon() && steps > options.horizon();
    }

    /** How often rails have acted on a state of this rule; empty if it has none. */
    Optional<Interventions> interventions(OptimizerState state) {
        return rule instanceof SafetyRails railed ? Optional.of(railed.interventions(state)) : Optional.empty();
    }

    OptimizerState init(ParamLayout layout) {
        return rule.init(layout, Math.max(1, options.horizon()));
    }

    /** The accumulators' values. */
    static int values(OptimizerState state) {
        int values = 0;
        for (int i = 0; i < state.slots(); i++) {
            values += state.slot(i).length;
        }
        return values;
    }

    /** How many of a tensor's rows are marked when they are looked up. */
    int markedRows(Variable variable) {
        return markedRows(variable, options);
    }

    private static int markedRows(Variable variable, Options options) {
        return options.movesUnseenRows() ? 0 : variable.rows();
    }

    /**
     * A tensor's state has as many values as its shape asks for, but DL4J asks by number of parameters: equal numbers get the most
     * that one of them needs. Of a rule that couples tensors, each gets its share of the whole.
     */
    private static Map<Long, Long> stateValues(Optimizer rule, Traits traits, Options options, NetworkPlan plan) {
        Map<Long, Long> values = new HashMap<>();
        int horizon = Math.max(1, options.horizon());
        if (traits.couplesTensors() && !plan.isEmpty()) {
            long all = values(rule.init(plan.layout(options.parametrization()), horizon))
                    + plan.variables().stream().mapToInt(v -> markedRows(v, options)).sum();
            for (Variable v : plan.variables()) {
                long share = (all * v.size() + plan.size() - 1) / plan.size();
                values.put((long) v.size(), StateMemory.HEADER + share);
            }
            return values;
        }
        for (Variable v : plan.variables()) {
            ParamLayout layout = new NetworkPlan(List.of(v)).layout(options.parametrization());
            long needed = StateMemory.HEADER + values(rule.init(layout, horizon)) + markedRows(v, options);
            values.merge((long) v.size(), needed, Math::max);
        }
        return values;
    }
}
