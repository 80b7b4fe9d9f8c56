package io.evolo.meta.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DecisionsTest {
    private static final double NEVER = Double.POSITIVE_INFINITY;

    /** As R's p.adjust(method = "holm"). */
    @Test
    void holmMultipliesTheLeastByTheNumberOfComparisonsAndNeverFalls() {
        assertThat(Holm.adjusted(new double[] {0.01, 0.04, 0.03, 0.005})).containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, within(1e-12));
        assertThat(Holm.adjusted(new double[] {0.5, 0.9})).containsExactly(1, 1);
        assertThat(Holm.decided(Holm.adjusted(new double[] {0.01, 0.04, 0.03, 0.005}))).isEqualTo(2);
    }

    /** 2⁻ⁿ⁺¹ is the least that n tasks can give. */
    @Test
    void tasksOfAnyScaleCountAlikeAndADivergedOneIsTheLargestDifference() {
        double[] losses = {1e-6, 2, 30, 400, 5, 6};
        double[] others = {2e-6, 2.1, 31, 401, 5.5, NEVER};
        assertThat(CellTest.pValue(losses, others)).isCloseTo(2 * StrictMath.pow(0.5, 6), within(1e-12));
        assertThat(CellTest.tendency(losses, others)).isNegative();
        assertThat(CellTest.difference(6, NEVER)).isEqualTo(-1);
        assertThat(CellTest.difference(NEVER, NEVER)).isZero();
        assertThat(Math.abs(CellTest.difference(1, 1e9))).isLessThan(1);
        assertThat(CellTest.pValue(new double[0], new double[0])).isEqualTo(1);
    }

    /** Two contenders that are alike and one that is always last; the fourth takes part in half of the tasks and is always first there. */
    @Test
    void ranksHaveIntervalsAndWhoTakesNoPartIsNotRanked() {
        Rng rng = Rng.of(1, "ranks");
        List<Map<String, double[]>> tasks = new ArrayList<>();
        for (int task = 0; task < 40; task++) {
            Map<String, double[]> losses = new LinkedHashMap<>();
            losses.put("a", IntStream.range(0, 3).mapToDouble(i -> 1 + rng.nextDouble()).toArray());
            losses.put("b", IntStream.range(0, 3).mapToDouble(i -> 1 + rng.nextDouble()).toArray());
            losses.put("last", new double[] {3, NEVER, 3});
            if (task % 2 == 0) {
                losses.put("first", new double[] {0.1, 0.1, 0.1});
            }
            tasks.add(losses);
        }
        Map<String, RankInterval> ranks = RankInterval.of(tasks, 500, 1);
        assertThat(ranks.get("first")).isEqualTo(new RankInterval(1, 1, 1));
        assertThat(ranks.get("last").mean()).isCloseTo(3.5, within(1e-12));
        // A mean over 40 tasks of what is 0 or 1 beyond its rank: three standard errors are 0.24.
        assertThat(ranks.get("a").mean() + ranks.get("b").mean()).isCloseTo(4, within(1e-12));
        assertThat(ranks.get("a").low()).isLessThan(2).isGreaterThan(1.5);
        assertThat(ranks.get("a").high()).isGreaterThan(2).isLessThan(2.5);
        assertThat(RankInterval.of(tasks, 500, 1)).isEqualTo(ranks);
    }
}
