package io.evolo.meta;

import io.evolo.schema.ConfigException;
import io.evolo.schema.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Where the particles of a run are advanced. Not part of a recipe, for it changes nothing that a recipe says: a run may be continued
 * elsewhere than where it began.
 *
 * @param executor {@code local}: threads of this process; or the name of an {@link ExecutorProvider}
 * @param address which of several machines or devices, in the executor's own words; empty: it chooses
 * @param threads of this process, at least 1
 * @param settings the executor's own, by the names that it gives them
 */
public record Execution(String executor, String address, int threads, Map<String, String> settings) {
    private static final String LOCAL = "local";

    public Execution {
        Checks.that(threads >= 1, "threads", threads, "at least 1");
        settings = Map.copyOf(settings);
    }

    /** Without settings. */
    public Execution(String executor, String address, int threads) {
        this(executor, address, threads, Map.of());
    }

    /** On so many threads of this process. */
    public static Execution local(int threads) {
        return new Execution(LOCAL, "", threads);
    }

    /**
     * As {@code --executor} says it.
     *
     * @param choice a name, or {@code name:address}
     * @throws ConfigException if no executor has that name
     */
    public static Execution of(String choice, int threads) {
        int colon = choice.indexOf(':');
        String name = colon < 0 ? choice : choice.substring(0, colon);
        if (!names().contains(name)) {
            throw new ConfigException(Names.unknown("executor", name, names()));
        }
        return new Execution(name, colon < 0 ? "" : choice.substring(colon + 1), threads);
    }

    /** The same at another address, with these settings. */
    public Execution at(String place, Map<String, String> with) {
        return new Execution(executor, place, threads, with);
    }

    /** For logs: {@code 2 threads}, or {@code executor NAME at ADDRESS}. */
    public String description() {
        if (isLocal()) {
            return threads + (threads == 1 ? " thread" : " threads");
        }
        return "executor " + executor + (address.isEmpty() ? "" : " at " + address);
    }

    /** The names of all executors here. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(List.of(LOCAL));
        ServiceLoader.load(ExecutorProvider.class).forEach(provider -> names.add(provider.name()));
        return names;
    }

    public boolean isLocal() {
        return executor.equals(LOCAL);
    }

    /** An executor of these particles. */
    ParticleExecutor open(Recipe recipe, ParticleSpec spec) {
        if (isLocal()) {
            return new LocalExecutor(spec, threads);
        }
        return provider().open(recipe, spec, this);
    }

    /**
     * Where training runs of grids are made.
     *
     * @throws ConfigException if the executor makes none
     */
    public TrialExecutor trials() {
        return isLocal() ? TrialExecutor.threads(threads) : provider().trials(this);
    }

    /** Whether training runs of grids are made there; see {@link #trials}. */
    public boolean makesTrials() {
        return isLocal() || provider().makesTrials();
    }

    private ExecutorProvider provider() {
        return ServiceLoader.load(ExecutorProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals(executor))
                .findFirst()
                .orElseThrow(() -> new ConfigException(Names.unknown("executor", executor, names())));
    }
}
