package io.evolo.meta.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The 15 half-decades of the learning rate without weight decay, then {@value #DECAYS} decays at the best {@value #RATES} rates, by the
 * rule's own coupling: 27 trials for every rule that decays, the same for all. A rule that moves some tensors by an auxiliary one has
 * the decays at its best {@value #RATES_BESIDE} rates, and what is left of the 27 goes to the auxiliary rate: {@value #AUXILIARIES} values at
 * the best setting, half a decade and a decade below and above its default. A rule without weight decay has the 15, and these. Nothing is
 * extended, so that all have the same effort; a best rate at an end of the range is noted, and an auxiliary rate that is off its default.
 *
 * @param base what the values are changed of
 * @param decays what is tried beside 0; none for a rule that does not decay
 * @param auxiliary the hyperparameter that is the auxiliary rate over the rate; empty: the rule has none
 */
record RateDecayExploration(Candidate base, List<Double> decays, String auxiliary) implements Exploration {
    private static final int DECAYS = 4;
    private static final int RATES = 3;
    private static final int RATES_BESIDE = 2;
    private static final int AUXILIARIES = 4;
    private static final List<Double> FACTORS = List.of(0.1, StrictMath.sqrt(0.1), StrictMath.sqrt(10), 10.0);
    /** For rules whose box says nothing of it: that of Adam's decoupled relatives. */
    private static final Axis USUAL = Axis.log(Candidate.DECAY, 1e-4, 1);

    /** Of a rule; decays are the middles of four equal parts of the logarithmic range in its box. */
    static RateDecayExploration of(Candidate base) {
        String auxiliary = Candidate.AUXILIARY_RATES.stream().filter(name -> base.values().getOrDefault(name, 0.0) > 0).findFirst().orElse("");
        if (!base.values().containsKey(Candidate.DECAY)) {
            return new RateDecayExploration(base, List.of(), auxiliary);
        }
        Axis axis = SearchSpaces.names().contains(base.optimizer()) ? SearchSpaces.of(base.optimizer()).axes().stream()
                .filter(one -> one.name().equals(Candidate.DECAY)).findFirst().orElse(USUAL) : USUAL;
        Axis positive = axis instanceof Axis.ZeroOrLog zeroOr ? zeroOr.positive() : axis;
        List<Double> decays = DoubleStream.iterate(0.5, part -> part + 1).limit(DECAYS).map(part -> positive.at(part / DECAYS)).boxed().toList();
        return new RateDecayExploration(base.with(Candidate.DECAY, 0), decays, auxiliary);
    }

    @Override
    public List<Candidate> first() {
        return new RateExploration(base).first();
    }

    @Override
    public Extension extension(List<Tried> bestFirst, int round) {
        Tried best = bestFirst.getFirst();
        if (best.divergedAlways()) {
            return Extension.NONE;
        }
        int decaying = decays.isEmpty() ? 0 : 1; // the round of the decays, where there is one
        if (round == decaying) {
            return new Extension(bestFirst.stream().limit(auxiliary.isEmpty() ? RATES : RATES_BESIDE).filter(one -> !one.divergedAlways())
                    .flatMap(one -> decays.stream().map(decay -> one.candidate().with(Candidate.DECAY, decay))).toList(), List.of());
        }
        if (round == decaying + 1 && !auxiliary.isEmpty()) {
            double standard = base.values().get(auxiliary);
            return new Extension(FACTORS.stream().map(factor -> best.candidate().with(auxiliary, standard * factor)).toList(), List.of());
        }
        return new Extension(List.of(), notes(best.candidate()));
    }

    private List<String> notes(Candidate best) {
        List<String> notes = new ArrayList<>();
        int at = HalfDecades.nearest(best.rate());
        if (at == RateExploration.LOWEST || at == RateExploration.HIGHEST) {
            notes.add(String.format(Locale.ROOT, "rate %s is at the end of the range: not at its best", HalfDecades.text(at)));
        }
        if (!auxiliary.isEmpty() && !best.values().get(auxiliary).equals(base.values().get(auxiliary))) {
            double factor = best.values().get(auxiliary) / base.values().get(auxiliary);
            boolean end = factor < 0.2 || factor > 5; // of 0.1, 0.32, 3.2, 10
            notes.add(String.format(Locale.ROOT, "%s %.3g is %.2g times its default%s", auxiliary, best.values().get(auxiliary), factor,
                    end ? ", the end of what was tried" : ""));
        }
        return notes;
    }
}
