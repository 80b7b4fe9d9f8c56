package io.evolo.meta.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.random.SobolSequenceGenerator;

/**
 * Quasi-random points of a box: points 1 to {@code trials} of the Sobol sequence (directions of Joe and Kuo 2008, not scrambled; point
 * 0 is the box's corner and left out), the same for every seed. Where the best lies within 10% of the end of a logarithmic range, the
 * search goes on in the decade beyond that end, with a quarter as many points, twice at most.
 *
 * @param base what the box's hyperparameters are changed of
 * @param trials at least 1
 */
record SobolExploration(Candidate base, SearchSpace space, int trials) implements Exploration {
    static final int EXTENSIONS = 2;
    private static final int SHARE = 4;

    @Override
    public List<Candidate> first() {
        return points(space.axes(), 1, trials);
    }

    private List<Candidate> points(List<Axis> axes, int from, int count) {
        SobolSequenceGenerator sequence = new SobolSequenceGenerator(axes.size());
        sequence.skipTo(from - 1); // returns that point; the next one is what we begin with
        return IntStream.range(0, count).mapToObj(i -> at(axes, sequence.nextVector())).toList();
    }

    private Candidate at(List<Axis> axes, double[] point) {
        Candidate candidate = base;
        for (int i = 0; i < point.length; i++) {
            candidate = candidate.with(axes.get(i).name(), axes.get(i).at(point[i]));
        }
        return candidate;
    }

    @Override
    public Extension extension(List<Tried> bestFirst, int round) {
        Tried best = bestFirst.getFirst();
        if (best.divergedAlways()) {
            return Extension.NONE;
        }
        List<Axis> axes = space.axes().stream().map(axis -> covering(axis, bestFirst)).toList();
        List<Candidate> more = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            Axis axis = axes.get(i);
            double value = best.candidate().values().get(axis.name());
            Optional<Axis.End> end = axis.end(value);
            if (end.isEmpty()) {
                continue;
            }
            String edge = String.format(Locale.ROOT, "%s %.2g is at the %s of its range", axis.name(), value, end.get().text());
            Optional<Axis> beyond = axis.beyond(end.get());
            if (round > EXTENSIONS || beyond.isEmpty()) {
                notes.add(edge + (beyond.isEmpty() ? ", and there is nothing beyond" : ", and the cap of " + EXTENSIONS
                        + " extensions is reached: not at its best"));
                continue;
            }
            List<Axis> wider = new ArrayList<>(axes);
            wider.set(i, beyond.get());
            more.addAll(points(wider, 1 + trials * round, Math.max(1, trials / SHARE)));
            notes.add(edge + ": extended");
        }
        return new Extension(more, notes);
    }

    private static Axis covering(Axis axis, List<Tried> tried) {
        Axis wide = axis;
        for (Tried one : tried) {
            wide = wide.covering(one.candidate().values().get(axis.name()));
        }
        return wide;
    }
}
