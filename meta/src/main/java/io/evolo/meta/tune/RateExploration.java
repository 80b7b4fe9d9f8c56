package io.evolo.meta.tune;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The field's 15 half-decades of the learning rate, 1e-7 to 1 (VeLO, 2211.09760), everything else as it is. A best rate at an end of
 * the range is a failed search: it goes on two half-decades further, three times at most.
 *
 * @param base what the rate is changed of
 */
record RateExploration(Candidate base) implements Exploration {
    static final int LOWEST = -14;
    static final int HIGHEST = 0;
    static final int EXTENSIONS = 3;
    static final int STEP = 2;

    @Override
    public List<Candidate> first() {
        return candidates(LOWEST, HIGHEST);
    }

    private List<Candidate> candidates(int from, int to) {
        return HalfDecades.range(from, to).stream()
                .map(rate -> base.with(Candidate.RATE, rate))
                .toList();
    }

    @Override
    public Extension extension(List<Tried> bestFirst, int round) {
        Tried best = bestFirst.getFirst();
        int low = rates(bestFirst).min(Integer::compare).orElseThrow();
        int high = rates(bestFirst).max(Integer::compare).orElseThrow();
        int at = HalfDecades.nearest(best.candidate().rate());
        if (best.divergedAlways() || at != low && at != high) {
            return Extension.NONE;
        }
        String edge = String.format(
                Locale.ROOT, "rate %s is the %s tried", HalfDecades.text(at), at == low ? "lowest" : "highest");
        if (round > EXTENSIONS) {
            return Extension.end(edge + ", and the cap of " + EXTENSIONS + " extensions is reached: not at its best");
        }
        List<Candidate> more = at == low ? candidates(low - STEP, low - 1) : candidates(high + 1, high + STEP);
        return new Extension(more, List.of(edge + ": extended"));
    }

    private static Stream<Integer> rates(List<Tried> tried) {
        return tried.stream().map(one -> HalfDecades.nearest(one.candidate().rate()));
    }
}
