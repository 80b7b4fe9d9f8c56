package io.evolo.meta.tune;

import java.util.List;

/**
 * These settings and no others: a default, a published list. There is no range, so none that could be too narrow.
 *
 * @param first at least one
 */
record FixedExploration(List<Candidate> first) implements Exploration {

    @Override
    public Extension extension(List<Tried> bestFirst, int round) {
        return Extension.NONE;
    }
}
