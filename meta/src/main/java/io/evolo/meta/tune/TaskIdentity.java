package io.evolo.meta.tune;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a trial's figures depend on beside its candidate: two ledgers may be put together only where all of this is the same.
 *
 * @param facts by name: the network, its parametrization, the data with its hash, batch, steps, examples, seed
 */
public record TaskIdentity(SortedMap<String, String> facts) {
    public TaskIdentity {
        facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
    }

    /** What differs, as in {@code steps is 2000 there, 500 here}; empty where nothing does. */
    List<String> differences(TaskIdentity there) {
        SortedMap<String, String> all = new TreeMap<>(there.facts);
        all.putAll(facts);
        return all.keySet().stream()
                .filter(key -> !said(key).equals(there.said(key)))
                .map(key -> key + " is " + there.said(key) + " there, " + said(key) + " here")
                .toList();
    }

    private String said(String key) {
        return facts.getOrDefault(key, "not said");
    }
}
