package io.evolo.meta.tune;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which settings the stability curves round a chosen one consist of. */
final class Stability {
    /** Half-decades of the learning rate to either side. */
    private static final int REACH = 4;

    private static final List<Double> MOMENTA = List.of(0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99);
    private static final List<Double> DECAYS = List.of(0.0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1);

    /** What rules call their momentum and their weight decay. */
    private static final List<String> MOMENTUM_NAMES = List.of("momentum", "beta1", "beta");

    private static final String DECAY_NAME = "weight_decay";

    private Stability() {}

    /**
     * One curve to be.
     *
     * @param candidates its settings, the center among them
     */
    record Sweep(Candidate center, StabilityCurve.Axis axis, String hyperparameter, List<Candidate> candidates) {}

    /**
     * The sweeps that the rule has hyperparameters for.
     *
     * @param tried settings that have been tried anyway: those that differ from the center in its rate alone join the rate's curve
     */
    static List<Sweep> sweeps(Candidate center, Collection<Candidate> tried) {
        Set<Double> rates = new TreeSet<>(rates(center.rate()));
        tried.stream()
                .filter(other -> other.with(Candidate.RATE, center.rate()).equals(center))
                .forEach(other -> rates.add(other.rate()));
        List<Sweep> sweeps = new ArrayList<>();
        sweeps.add(sweep(center, StabilityCurve.Axis.RATE, Candidate.RATE, rates));
        momentum(center).ifPresent(name -> sweeps.add(sweep(center, StabilityCurve.Axis.MOMENTUM, name, MOMENTA)));
        if (center.values().containsKey(DECAY_NAME)) {
            sweeps.add(sweep(center, StabilityCurve.Axis.DECAY, DECAY_NAME, DECAYS));
        }
        return sweeps;
    }

    private static Optional<String> momentum(Candidate center) {
        return MOMENTUM_NAMES.stream().filter(center.values()::containsKey).findFirst();
    }

    private static Sweep sweep(Candidate center, StabilityCurve.Axis axis, String name, Collection<Double> values) {
        Set<Double> all = new TreeSet<>(values);
        all.removeIf(value -> !Rules.allows(center.optimizer(), name, value));
        all.add(center.values().get(name));
        return new Sweep(center, axis, name, all.stream().map(value -> center.with(name, value)).toList());
    }

    /** Half-decades round the rate; a rate that is one itself keeps to the numbers that the grid has. */
    private static List<Double> rates(double rate) {
        Stream<Double> around = HalfDecades.isOne(rate)
                ? HalfDecades.range(HalfDecades.nearest(rate) - REACH, HalfDecades.nearest(rate) + REACH).stream()
                : IntStream.rangeClosed(-REACH, REACH).mapToObj(i -> i == 0 ? rate : rate * HalfDecades.at(i));
        return around.toList();
    }
}
