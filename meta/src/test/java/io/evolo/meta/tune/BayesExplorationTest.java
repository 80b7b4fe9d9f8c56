package io.evolo.meta.tune;

import static io.evolo.meta.tune.Settings.tried;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Rng;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BayesExplorationTest {
    private static final SearchSpace BOX = SearchSpaces.of("adamw");
    private static final Candidate BASE = Rules.standard("adamw", Annealing.COSINE);

    private static List<Candidate> course(Exploration exploration, ToDoubleFunction<Candidate> loss) {
        List<Candidate> all = new ArrayList<>(exploration.first());
        for (int round = 1; ; round++) {
            List<Candidate> more = exploration.extension(Settings.bestFirst(tried(all, loss)), round).candidates();
            if (more.isEmpty()) {
                return all;
            }
            all.addAll(more);
        }
    }

    /** A bowl in the box's own coordinates with its least somewhere in it, and worse by a step for the wrong choice of beta2. */
    private static ToDoubleFunction<Candidate> bowl(int seed) {
        Rng rng = Rng.of(seed, "bowl");
        double[] least = BOX.axes().stream().mapToDouble(axis -> rng.uniform(0.1, 0.9)).toArray();
        double beta2 = BOX.axes().get(2).at(rng.nextDouble());
        return candidate -> IntStream.range(0, least.length)
                .filter(i -> !(BOX.axes().get(i) instanceof Axis.Choice))
                .mapToDouble(i -> Math.pow(BOX.axes().get(i).unit(candidate.values().get(BOX.axes().get(i).name())) - least[i], 2))
                .sum() + (candidate.values().get("beta2") == beta2 ? 0 : 0.05);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 10, 11, 30, 33})
    void asManyDifferentSettingsOfTheBoxAreTriedAsThereAreTrials(int trials) {
        List<Candidate> all = course(new BayesExploration(BASE, BOX, trials), bowl(1));
        assertThat(all).hasSize(trials).doesNotHaveDuplicates().allSatisfy(one ->
                BOX.axes().forEach(axis -> assertThat(axis.unit(one.values().get(axis.name()))).isBetween(0.0, 1.0)));
    }

    /** Of 20 bowls: the median of the best of 30 against that of as many points of Sobol. */
    @Test
    void theBestOfThirtyIsBetterThanThatOfAsManySobolPointsOnTheMedian() {
        List<Double> bayes = new ArrayList<>();
        List<Double> sobol = new ArrayList<>();
        for (int seed = 0; seed < 20; seed++) {
            bayes.add(least(course(new BayesExploration(BASE, BOX, 30), bowl(seed)), bowl(seed)));
            sobol.add(least(new SobolExploration(BASE, BOX, 30).first(), bowl(seed)));
        }
        Collections.sort(bayes);
        Collections.sort(sobol);
        assertThat(bayes.get(10)).isLessThan(0.6 * sobol.get(10));
    }

    private static double least(List<Candidate> tried, ToDoubleFunction<Candidate> loss) {
        return tried.stream().mapToDouble(loss).min().orElseThrow();
    }

    @Test
    void settingsThatDivergeAreAvoided() {
        List<Candidate> all = course(new BayesExploration(BASE, BOX, 30), one -> one.rate() > 1e-3
                ? Double.POSITIVE_INFINITY : Math.abs(Math.log(one.rate() / 1e-4)));
        assertThat(all.subList(8, 30).stream().filter(one -> one.rate() > 1e-3).count()).as("half of the box").isLessThan(6);
        assertThat(course(new BayesExploration(BASE, BOX, 30), one -> Double.POSITIVE_INFINITY)).hasSize(30);
    }

    @Test
    void aBoxOfFewChoicesEndsWhenAllWereTried() {
        SearchSpace few = new SearchSpace("adamw", 1e-3, List.of(Axis.choice("beta2", 0.9, 0.99)));
        assertThat(course(new BayesExploration(BASE, few, 30), one -> one.values().get("beta2")).stream().distinct()).hasSize(2);
    }

    /** By the midpoint rule on 400 places of each continuous axis. */
    @Test
    void aDensityHasMassOne() {
        Parzen density = new Parzen(List.of(new double[] {0.02, 0.5}, new double[] {0.9, 0.1}), new int[] {0, 3}, 0.2);
        double sum = 0;
        for (int i = 0; i < 400; i++) {
            for (int choice = 0; choice < 3; choice++) {
                sum += density.density(new double[] {(i + 0.5) / 400, (choice + 0.5) / 3}) / 1200;
            }
        }
        assertThat(sum).isCloseTo(1, within(1e-3));
    }

    @Test
    void aPlaceOfAnAxisIsThatOfItsValue() {
        for (Axis axis : List.of(Axis.log("a", 1e-4, 1), Axis.complement("a", 0.01, 0.5), Axis.zeroOrLog("a", 1e-7, 1e-3))) {
            assertThat(axis.unit(axis.at(0.7))).isCloseTo(0.7, within(1e-9));
        }
        assertThat(Axis.zeroOrLog("a", 1e-7, 1e-3).unit(0)).isEqualTo(0.25);
        assertThat(Axis.choice("a", 5, 6).unit(6)).isEqualTo(0.75);
    }
}
