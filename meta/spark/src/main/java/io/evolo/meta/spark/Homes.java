package io.evolo.meta.spark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Where every partition's particles live, as far as the driver knows. Not thread-safe. */
final class Homes {
    private static final String NOWHERE = "";

    private final Members members;
    private final List<String> locations;

    Homes(Members members, int partitions) {
        this.members = members;
        this.locations = new ArrayList<>(Collections.nCopies(partitions, NOWHERE));
    }

    /** Where a task should run; empty where the home is gone, or there never was one. */
    Optional<String> of(int partition) {
        return Optional.of(locations.get(partition)).filter(members::isAlive);
    }

    void set(int partition, String location) {
        locations.set(partition, location);
    }

    /** Lets a partition that has just been cut, so that nothing is lost by it, move to an executor that has less to do. */
    void balance(int partition) {
        Map<String, Long> load = locations.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        members.lighter(locations.get(partition), load).ifPresent(location -> locations.set(partition, location));
    }
}
