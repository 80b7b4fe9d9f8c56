package io.evolo.optimizers.dl4j;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.guard.Interventions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The states of a rule on some tensors of one network, from its first step here on. If the rule does not couple tensors, they are dealt
 * out to as many states as there are threads, of like size, and the result is the same with any number. Not more states than threads,
 * for some rules compute for each what does not depend on its tensors.
 */
final class Session {
    /** Tells the sessions of a process apart; see {@link #nextStamp}. */
    private static final AtomicInteger SESSIONS = new AtomicInteger();

    private static final int STAMPS = 1 << 22;

    private final List<TensorGroup> groups;
    private final List<OptimizerState> states;
    private final List<float[]> marks;
    private final Optional<ForkJoinPool> pool;
    private final int id = SESSIONS.incrementAndGet();
    private float stamp;

    /** A fresh one, with a state per thread. */
    Session(BoundRule rule, NetworkPlan tensors) {
        this(rule, tensors, Math.min(rule.options().threads(), tensors.variables().size()));
    }

    /** One with so many states, as another session has left them; any number of threads shares the work on them. */
    Session(BoundRule rule, NetworkPlan tensors, int parts) {
        this.groups = (rule.traits().couplesTensors() ? List.of(tensors) : tensors.dealt(parts))
                .stream().map(plan -> new TensorGroup(rule, rule.shown(plan))).toList();
        this.states = groups.stream().map(TensorGroup::state).toList();
        this.marks = groups.stream().flatMap(group -> group.marks().stream()).toList();
        int threads = Math.min(rule.options().threads(), groups.size());
        this.pool = threads > 1 ? Optional.of(new ForkJoinPool(threads)) : Optional.empty();
    }

    /** How many states it has. */
    int parts() {
        return states.size();
    }

    /** Whether this session has made a step. */
    boolean begun() {
        return stamp != 0;
    }

    /** Completed steps. */
    int steps() {
        return states.getFirst().t();
    }

    /** How often rails have acted on one of the states; empty if they have not. */
    Optional<Interventions> interventions() {
        return groups.stream().flatMap(group -> group.interventions().stream()).filter(Interventions::any).findFirst();
    }

    /** Takes over what DL4J's updater state holds, if someone else has written it: a copy, an average, a file. */
    void load(StateMemory memory) {
        if (!wrote(memory)) {
            memory.load(states, marks);
        }
    }

    /** Whether nobody else has written DL4J's updater state since. */
    boolean wrote(StateMemory memory) {
        return memory.stamp() == stamp;
    }

    void save(StateMemory memory) {
        stamp = nextStamp();
        memory.save(states, marks, stamp);
    }

    /** Says in DL4J's updater state that there is newer than it holds. */
    void mark(StateMemory memory) {
        stamp = -nextStamp();
        memory.mark(states, stamp);
    }

    /** A number in [1, 2^22] that hardly any other session or step has, and that averages of others hardly are. */
    private float nextStamp() {
        int mixed = (id * 0x9E3779B9 + states.getFirst().t()) * 0x85EBCA6B;
        return 1 + ((mixed ^ mixed >>> 15) & STAMPS - 1);
    }

    /** Does the work for every group, on the threads that there are. */
    void each(Consumer<TensorGroup> work) {
        if (pool.isEmpty()) {
            groups.forEach(work);
            return;
        }
        List<ForkJoinTask<?>> tasks = new ArrayList<>();
        for (TensorGroup group : groups) {
            tasks.add(pool.get().submit(() -> work.accept(group)));
        }
        tasks.forEach(ForkJoinTask::join);
    }
}
