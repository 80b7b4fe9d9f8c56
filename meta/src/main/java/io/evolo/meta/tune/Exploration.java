package io.evolo.meta.tune;

import java.util.List;

/** Which settings of one rule a tier tries. A function of what has been tried: a resumed search goes the same way. */
sealed interface Exploration permits BayesExploration, FixedExploration, RateExploration, RateDecayExploration, SobolExploration {

    /** What to begin with; at least one. */
    List<Candidate> first();

    /**
     * Where to go on.
     *
     * @param bestFirst all candidates so far, the best first; equal ones in the order that they came in
     * @param round 1 after {@link #first}, then one more every time
     */
    Extension extension(List<Tried> bestFirst, int round);

    /**
     * More candidates.
     *
     * @param candidates none: the search is over
     * @param notes what to say of the search; kept with the result
     */
    record Extension(List<Candidate> candidates, List<String> notes) {
        static final Extension NONE = new Extension(List.of(), List.of());

        public Extension {
            candidates = List.copyOf(candidates);
            notes = List.copyOf(notes);
        }

        static Extension end(String note) {
            return new Extension(List.of(), List.of(note));
        }
    }
}
