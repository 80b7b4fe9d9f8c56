package io.evolo.meta;

import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.families.NetworkFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/**
 * Measures learned optimizers on a grid of widths and horizons against Adam, which is tuned in every cell anew: the baseline is the
 * strongest that this many settings give. Networks are those of the task entry at the grid's width, with the first activation
 * and the least depth and batch of its ranges, not augmented. Runs of one cell share initial parameters and batches seed by seed.
 * Results do not depend on the number of threads.
 */
public final class Evaluator {
    /** Names the stream that tasks are drawn from. */
    private static final String PURPOSE = "evaluation-task";
    private static final String ADAM = "adam";

    private final Tasks entry;
    private final ScaledFamily tasks;
    private final NetworkFamily family;
    private final EvaluationGrid grid;
    private final long seed;
    private final TrialExecutor executor;

    /** @param executor not closed by this */
    public Evaluator(Tasks tasks, EvaluationGrid grid, long seed, TrialExecutor executor) {
        this.entry = tasks;
        this.tasks = tasks.networks();
        this.family = this.tasks.family();
        this.grid = grid;
        this.seed = seed;
        this.executor = executor;
    }

    /** The data set that is trained on. */
    public String data() {
        return family.data().getFirst().name();
    }

    /** The number of training runs that {@link #run} makes for so many contenders. */
    public int trials(int contenders) {
        int perCell = grid.baselines().size() * grid.tuningSeeds() + grid.seeds() * (1 + contenders);
        return grid.widths().size() * grid.horizons().size() * perCell;
    }

    /**
     * Runs the grid.
     *
     * @param progress called after every training run, from the threads that make them, with the seconds that the others are expected
     *     to take
     * @return the cells, by width, then horizon
     */
    public List<Cell> run(List<Contender> contenders, DoubleConsumer progress) {
        List<Place> places = places();
        List<Baseline> baselines = grid.baselines();
        List<Job> first = new ArrayList<>(); // tuning, and what needs none: then the cost of all kinds of runs is known early
        List<Job> judging = new ArrayList<>();
        for (Place place : places) {
            for (Baseline baseline : baselines) {
                addAll(first, place, ADAM, baseline, tasks.parametrization(), Trial.Purpose.TUNING, grid.tuningSeeds());
            }
        }
        int tunings = first.size();
        for (Place place : places) {
            for (Contender contender : contenders) {
                addAll(first, place, contender.name(), contender.rule(), contender.parametrization(), Trial.Purpose.JUDGING, grid.seeds());
            }
        }
        TimeLeft left = new TimeLeft(executor.parallel());
        first.forEach(job -> left.plan(job.kind(), 1));
        first.subList(0, tunings).stream()
                .filter(job -> job.order().index() == 0)
                .map(Job::kind)
                .distinct()
                .forEach(kind -> left.plan(kind, grid.seeds()));
        List<Trial> made = runAll(first, left, progress);
        List<Trial> tuned = made.subList(0, tunings);
        List<Baseline> best = new ArrayList<>();
        for (int p = 0; p < places.size(); p++) {
            int perPlace = baselines.size() * grid.tuningSeeds();
            best.add(baselines.get(best(tuned.subList(p * perPlace, (p + 1) * perPlace), baselines.size())));
            addAll(judging, places.get(p), ADAM, best.get(p), tasks.parametrization(), Trial.Purpose.JUDGING, grid.seeds());
        }
        List<Trial> judged = runAll(judging, left, progress);
        return cells(places, best, contenders, judged, made.subList(tunings, made.size()));
    }

    private List<Place> places() {
        return grid.widths().stream()
                .flatMap(width -> grid.horizons().stream().map(horizon -> new Place(width, horizon)))
                .toList();
    }

    private void addAll(
            List<Job> jobs, Place place, String name, RuleSource rule, Parametrization.Kind kind, Trial.Purpose purpose, int seeds) {
        NetworkTask task = task(place.width(), kind);
        TaskOrigin origin = new TaskOrigin(entry, PURPOSE, seed, OptionalInt.of(place.width()), kind);
        IntStream.range(0, seeds).forEach(index -> jobs.add(
                new Job(name, new TrialOrder(origin, task, rule, place.horizon(), seed, purpose, index, grid.examples()))));
    }

    /** The longest runs go first, so that no thread is left with one at the end. */
    private List<Trial> runAll(List<Job> jobs, TimeLeft left, DoubleConsumer progress) {
        List<Integer> order = IntStream.range(0, jobs.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> -jobs.get(i).cost()))
                .toList();
        Trial[] trials = new Trial[jobs.size()];
        try (Workers workers = new Workers(executor.parallel())) {
            List<Trial> inOrder = workers.map(order, i -> {
                long begin = System.nanoTime();
                Trial trial = executor.make(jobs.get(i).order()).trial();
                progress.accept(left.made(jobs.get(i).kind(), (System.nanoTime() - begin) * 1e-9));
                return trial;
            });
            for (int i = 0; i < trials.length; i++) {
                trials[order.get(i)] = inOrder.get(i);
            }
        }
        return List.of(trials);
    }

    /** The index of the setting with the least mean final training loss. */
    private int best(List<Trial> trials, int settings) {
        double[] mean = new double[settings];
        for (int i = 0; i < trials.size(); i++) {
            mean[i / grid.tuningSeeds()] += trials.get(i).trainLoss() / grid.tuningSeeds();
        }
        return IntStream.range(0, settings).boxed().min(Comparator.comparingDouble(i -> mean[i])).orElseThrow();
    }

    private List<Cell> cells(
            List<Place> places, List<Baseline> best, List<Contender> contenders, List<Trial> adam, List<Trial> others) {
        int seeds = grid.seeds();
        List<Cell> cells = new ArrayList<>();
        int next = 0;
        for (int p = 0; p < places.size(); p++) {
            Score baseline = new Score(ADAM, Optional.of(best.get(p)), adam.subList(p * seeds, (p + 1) * seeds));
            List<Score> scores = new ArrayList<>();
            for (Contender contender : contenders) {
                scores.add(new Score(contender.name(), Optional.empty(), others.subList(next, next += seeds)));
            }
            cells.add(new Cell(places.get(p).width(), places.get(p).horizon(), baseline, scores));
        }
        return cells;
    }

    private NetworkTask task(int width, Parametrization.Kind kind) {
        return family.at(width, new Parametrization(kind, tasks.baseWidth())).sample(Rng.of(seed, PURPOSE));
    }

    /**
     * One cell of a grid.
     *
     * @param baseline Adam at its best setting here
     * @param scores of the contenders, in their order
     */
    public record Cell(int width, int horizon, Score baseline, List<Score> scores) {}

    private record Place(int width, int horizon) {}

    /** @param rule for telling apart what costs alike */
    private record Job(String rule, TrialOrder order) {
        long cost() {
            return (long) order.task().layout().size() * order.horizon();
        }

        TimeLeft.Kind kind() {
            return new TimeLeft.Kind(rule, cost());
        }
    }
}
