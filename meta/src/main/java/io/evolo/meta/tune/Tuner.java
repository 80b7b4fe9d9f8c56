package io.evolo.meta.tune;

import io.evolo.meta.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tunes rules by the protocol of docs/tuning.md: tries settings on tuning seeds, extends ranges whose end is the best, chooses by
 * {@link TuningPlan#select}, judges on fresh seeds, sweeps for stability curves. Every phase runs the trials of all rules together, so
 * that all threads have work. What it finds is a function of the plan alone.
 */
final class Tuner {
    private static final int FINALISTS = 5;
    private static final int FINAL_SEEDS = 3;

    private final TuningPlan plan;
    private final List<Campaign> campaigns;
    private final Trials trials;
    private final TuningProgress progress;

    /** @param campaigns those of the plan, or others that are led as it says */
    Tuner(TuningPlan plan, List<Campaign> campaigns, Trials trials, TuningProgress progress) {
        this.plan = plan;
        this.campaigns = campaigns;
        this.trials = trials;
        this.progress = progress;
    }

    /** @throws java.util.concurrent.CancellationException if a stop was asked for */
    Findings run() {
        List<Search> searches = campaigns.stream().map(Search::new).toList();
        explore(searches);
        if (plan.tier().isOfBox()) {
            repeatFinalists(searches);
        }
        List<Tuned> tuned = judge(searches);
        Set<LedgerEntry> before = new LinkedHashSet<>();
        searches.forEach(search -> before.addAll(search.entries));
        return plan.stability() ? sweep(searches, tuned, before) : new Findings(tuned, List.of(), new Spent(0, 0, 0));
    }

    /** What has become of one campaign so far. */
    private final class Search {
        final Campaign campaign;
        final Map<Candidate, List<Trial>> tried = new LinkedHashMap<>();
        final Set<LedgerEntry> entries = new LinkedHashSet<>();
        final List<String> notes = new ArrayList<>();
        List<Candidate> pending;

        Search(Campaign campaign) {
            this.campaign = campaign;
            this.pending = campaign.exploration().first();
        }

        void take(Candidate candidate, List<LedgerEntry> made) {
            tried.put(candidate, made.stream().map(LedgerEntry::trial).toList());
            entries.addAll(made);
        }

        List<Tried> bestFirst() {
            return all().stream().sorted(Tried.bestFirst(plan.select())).toList();
        }

        List<Tried> all() {
            return tried.entrySet().stream()
                    .map(entry -> new Tried(entry.getKey(), entry.getValue()))
                    .toList();
        }

        /** The finalists are the candidates with most seeds: where there are any, one of them is the choice. */
        Tried best() {
            int seeds = tried.values().stream().mapToInt(List::size).max().orElseThrow();
            return bestFirst().stream().filter(one -> one.trials().size() == seeds).findFirst().orElseThrow();
        }
    }

    private void explore(List<Search> searches) {
        for (int round = 1; searches.stream().anyMatch(search -> !search.pending.isEmpty()); round++) {
            run(round == 1 ? "tuning" : "extension " + (round - 1), searches, search -> search.pending, plan.seedsWhileTuning());
            for (Search search : searches) {
                extend(search, round);
            }
        }
    }

    private static void extend(Search search, int round) {
        if (search.pending.isEmpty()) {
            return;
        }
        Exploration.Extension more =
                search.campaign.exploration().extension(search.bestFirst(), round);
        search.notes.addAll(more.notes());
        search.pending = more.candidates();
    }

    private void repeatFinalists(List<Search> searches) {
        int seeds = Math.max(FINAL_SEEDS, plan.seedsWhileTuning());
        Map<Search, List<Candidate>> finalists = new LinkedHashMap<>();
        searches.forEach(search -> finalists.put(
                search, search.bestFirst().stream().limit(FINALISTS).map(Tried::candidate).toList()));
        run("finalists", searches, finalists::get, seeds);
    }

    /** Tries candidates of all searches on the first tuning seeds. */
    private void run(
            String phase, List<Search> searches, Function<Search, List<Candidate>> candidates, int seeds) {
        List<Candidate> all = searches.stream().flatMap(search -> candidates.apply(search).stream()).toList();
        Map<Candidate, List<LedgerEntry>> made = run(phase, all, Trial.Purpose.TUNING, seeds);
        searches.forEach(search ->
                candidates.apply(search).forEach(candidate -> search.take(candidate, made.get(candidate))));
    }

    private Map<Candidate, List<LedgerEntry>> run(
            String phase, Collection<Candidate> candidates, Trial.Purpose purpose, int seeds) {
        List<Candidate> distinct = candidates.stream().distinct().toList();
        List<LedgerEntry.Key> keys = distinct.stream()
                .flatMap(candidate -> IntStream.range(0, seeds)
                        .mapToObj(seed -> new LedgerEntry.Key(candidate, purpose, seed)))
                .toList();
        List<LedgerEntry> entries = trials.run(keys, progress.begin(phase, keys.size()));
        Map<Candidate, List<LedgerEntry>> made = new LinkedHashMap<>();
        IntStream.range(0, distinct.size())
                .forEach(i -> made.put(distinct.get(i), entries.subList(i * seeds, (i + 1) * seeds)));
        return made;
    }

    private List<Tuned> judge(List<Search> searches) {
        List<Candidate> chosen = searches.stream().map(search -> search.best().candidate()).toList();
        Map<Candidate, List<LedgerEntry>> fresh = run("judging", chosen, Trial.Purpose.JUDGING, plan.seeds());
        return searches.stream().map(search -> tuned(search, fresh.get(search.best().candidate()))).toList();
    }

    private Tuned tuned(Search search, List<LedgerEntry> fresh) {
        List<Tried> all = search.all();
        return new Tuned(
                search.best(),
                fresh.stream().map(LedgerEntry::trial).toList(),
                all.size(),
                BestOf.curve(losses(all)),
                search.notes,
                Spent.of(search.entries),
                Spent.of(fresh));
    }

    /** With a finite worst for the diverged. */
    private double[] losses(List<Tried> all) {
        double untrained = all.stream().mapToDouble(Tried::initialLoss).max().orElseThrow();
        double worst = all.stream()
                .mapToDouble(tried -> tried.loss(plan.select()))
                .filter(Double::isFinite)
                .reduce(untrained, Math::max);
        return all.stream()
                .mapToDouble(tried -> Double.isFinite(tried.loss(plan.select())) ? tried.loss(plan.select()) : worst)
                .toArray();
    }

    private Findings sweep(List<Search> searches, List<Tuned> tuned, Set<LedgerEntry> before) {
        List<Stability.Sweep> sweeps = searches.stream()
                .flatMap(search -> Stability.sweeps(search.best().candidate(), search.tried.keySet()).stream())
                .toList();
        Stream<Candidate> candidates = sweeps.stream().flatMap(sweep -> sweep.candidates().stream());
        Map<Candidate, List<LedgerEntry>> made =
                run("stability", candidates.toList(), Trial.Purpose.TUNING, plan.seedsWhileTuning());
        List<LedgerEntry> more = made.values().stream()
                .flatMap(List::stream)
                .filter(entry -> !before.contains(entry))
                .toList();
        return new Findings(tuned, sweeps.stream().map(sweep -> curve(sweep, made)).toList(), Spent.of(more));
    }

    private static StabilityCurve curve(Stability.Sweep sweep, Map<Candidate, List<LedgerEntry>> made) {
        List<Tried> points = sweep.candidates().stream()
                .map(candidate -> new Tried(
                        candidate, made.get(candidate).stream().map(LedgerEntry::trial).toList()))
                .toList();
        return new StabilityCurve(sweep.center(), sweep.axis(), sweep.hyperparameter(), points);
    }
}
