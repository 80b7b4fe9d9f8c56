package io.evolo.meta;

import java.util.List;

/**
 * What a run's checkpoint holds.
 *
 * @param seconds that the run has taken so far, of all processes that worked on it
 * @param origin what the state was made of
 */
record SavedRun(OuterState state, double seconds, Origin origin) {

    /**
     * What a run's state was made of.
     *
     * @param config the resolved recipe as YAML; empty where an older version did not keep it
     * @param data names and digests; empty where an older version did not keep them
     * @param changes of the recipe since the beginning, a line each with its outer step
     */
    record Origin(String config, String data, List<String> changes) {
        static final Origin UNKNOWN = new Origin("", "", List.of());

        Origin {
            changes = List.copyOf(changes);
        }

        boolean known() {
            return !config.isEmpty();
        }
    }
}
