package io.evolo.meta.tune;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The 15 half-decades of the learning rate without weight decay, then {@value #DECAYS} decays at the best {@value #RATES} rates, by the
 * rule's own coupling: 27 trials for every rule that decays, the same for all. A rule without weight decay has the 15. Nothing is
 * extended, so that all have the same effort; a best rate at an end of the range is noted.
 *
 * @param base what rate and decay are changed of
 * @param decays what is tried beside 0; none for a rule that does not decay
 */
record RateDecayExploration(Candidate base, List<Double> decays) implements Exploration {
    private static final int DECAYS = 4;
    private static final int RATES = 3;
    /** For rules whose box says nothing of it: that of Adam's decoupled relatives. */
    private static final Axis USUAL = Axis.log(Candidate.DECAY, 1e-4, 1);

    /** Of a rule; the middles of four equal parts of the logarithmic range in its box. */
    static RateDecayExploration of(Candidate base) {
        if (!base.values().containsKey(Candidate.DECAY)) {
            return new RateDecayExploration(base, List.of());
        }
        Axis axis = SearchSpaces.names().contains(base.optimizer()) ? SearchSpaces.of(base.optimizer()).axes().stream()
                .filter(one -> one.name().equals(Candidate.DECAY)).findFirst().orElse(USUAL) : USUAL;
        Axis positive = axis instanceof Axis.ZeroOrLog zeroOr ? zeroOr.positive() : axis;
        List<Double> decays = DoubleStream.iterate(0.5, part -> part + 1).limit(DECAYS).map(part -> positive.at(part / DECAYS)).boxed().toList();
        return new RateDecayExploration(base.with(Candidate.DECAY, 0), decays);
    }

    @Override
    public List<Candidate> first() {
        return new RateExploration(base).first();
    }

    @Override
    public Extension extension(List<Tried> bestFirst, int round) {
        Tried best = bestFirst.getFirst();
        if (round == 1 && !best.divergedAlways() && !decays.isEmpty()) {
            return new Extension(bestFirst.stream().limit(RATES).filter(one -> !one.divergedAlways())
                    .flatMap(one -> decays.stream().map(decay -> one.candidate().with(Candidate.DECAY, decay))).toList(), List.of());
        }
        int at = HalfDecades.nearest(best.candidate().rate());
        boolean edge = at == RateExploration.LOWEST || at == RateExploration.HIGHEST;
        return edge && !best.divergedAlways()
                ? Extension.end(String.format(Locale.ROOT, "rate %s is at the end of the range: not at its best", HalfDecades.text(at)))
                : Extension.NONE;
    }
}
