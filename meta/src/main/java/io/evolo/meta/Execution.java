package io.evolo.meta;

import io.evolo.meta.config.ConfigException;
import io.evolo.optimizers.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Where the particles of a run are advanced. Not part of a recipe, for it changes nothing that a recipe says: a run may be continued
 * elsewhere than where it began.
 *
 * @param executor {@code local}: threads of this process; or the name of an {@link ExecutorProvider}
 * @param address which of several machines or devices, in the executor's own words; empty: it chooses
 * @param threads of this process, at least 1
 */
public record Execution(String executor, String address, int threads) {
    private static final String LOCAL = "local";

    public Execution {
        Checks.that(threads >= 1, "threads", threads, "at least 1");
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
        return ServiceLoader.load(ExecutorProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals(executor))
                .findFirst()
                .orElseThrow(() -> new ConfigException(Names.unknown("executor", executor, names())))
                .open(recipe, spec, this);
    }
}
