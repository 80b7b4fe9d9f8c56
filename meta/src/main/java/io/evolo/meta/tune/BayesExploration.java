package io.evolo.meta.tune;

import io.evolo.tasks.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A tree-structured Parzen estimator (Bergstra et al. 2011) in a box, with kernels over all axes at once (Falkner et al. 2018): the first
 * {@value #BEGIN} points are Sobol's, then batches of {@value #BATCH}. Of every batch a point is the best of {@value #DRAWS} that are drawn
 * from the density l of the good settings, by l/g with the density g of all others; a point that was chosen counts as one of the others for
 * the rest of its batch, so that the batch spreads. A function of what was tried: the same at any number of threads, and resumed.
 *
 * @param base what the box's hyperparameters are changed of
 * @param trials at least 1
 */
record BayesExploration(Candidate base, SearchSpace space, int trials) implements Exploration {
    private static final int BEGIN = 8;
    private static final int BATCH = 4;
    private static final int DRAWS = 24;
    private static final double GOOD = 0.15; // of all settings, as BOHB has it
    private static final int FEWEST_GOOD = 2;
    private static final double LEAST_WIDTH = 0.04;

    @Override
    public List<Candidate> first() {
        return new SobolExploration(base, space, Math.min(BEGIN, trials)).first();
    }

    @Override
    public Extension extension(List<Tried> bestFirst, int round) {
        int batch = Math.min(BATCH, trials - bestFirst.size());
        if (batch <= 0) {
            return Extension.NONE;
        }
        List<double[]> places = new ArrayList<>(bestFirst.stream().map(one -> place(one.candidate())).toList());
        int good = Math.max(Math.min(FEWEST_GOOD, places.size()), (int) Math.ceil(GOOD * places.size()));
        int better = (int) bestFirst.stream().limit(good).filter(one -> !one.divergedAlways()).count();
        List<Candidate> chosen = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
            double[] point = propose(places.subList(0, better), places.subList(better, places.size()), Rng.of(round, "bayes", i));
            places.add(point);
            chosen.add(at(point));
        }
        // What rounding to choices made equal is tried once; the batch is smaller then.
        List<Candidate> tried = bestFirst.stream().map(Tried::candidate).toList();
        List<Candidate> fresh = chosen.stream().distinct().filter(one -> !tried.contains(one)).toList();
        return fresh.isEmpty() ? Extension.end("nothing is left of the box that was not tried") : new Extension(fresh, List.of());
    }

    private double[] propose(List<double[]> good, List<double[]> others, Rng rng) {
        Parzen l = density(good);
        Parzen g = density(others);
        double[] best = l.draw(rng);
        double most = l.density(best) / g.density(best);
        for (int draw = 1; draw < DRAWS; draw++) {
            double[] point = l.draw(rng);
            double ratio = l.density(point) / g.density(point);
            if (ratio > most) {
                best = point;
                most = ratio;
            }
        }
        return best;
    }

    /** Widths by Scott's rule for points that are spread evenly. */
    private Parzen density(List<double[]> points) {
        double evenly = 1 / StrictMath.sqrt(12);
        double width = evenly * StrictMath.pow(Math.max(1, points.size()), -1.0 / (4 + space.axes().size()));
        return new Parzen(points, space.axes().stream().mapToInt(BayesExploration::choices).toArray(), Math.max(LEAST_WIDTH, width / 2));
    }

    private static int choices(Axis axis) {
        return axis instanceof Axis.Choice choice ? choice.values().size() : 0;
    }

    private double[] place(Candidate candidate) {
        return space.axes().stream().mapToDouble(axis -> axis.unit(candidate.values().get(axis.name()))).toArray();
    }

    private Candidate at(double[] point) {
        return IntStream.range(0, point.length)
                .boxed()
                .reduce(base, (one, i) -> one.with(space.axes().get(i).name(), space.axes().get(i).at(point[i])), (a, b) -> b);
    }
}
