package io.evolo.meta.tune;

import static io.evolo.meta.tune.Settings.adam;
import static io.evolo.meta.tune.Settings.tried;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SobolExplorationTest {
    private static final SearchSpace BOX =
            new SearchSpace("adam", 1e-3, List.of(Axis.log("rate", 1e-4, 1), Axis.complement("beta1", 0.01, 1)));

    private static final SearchSpace RATES =
            new SearchSpace("adam", 1e-3, List.of(Axis.log("rate", 1e-4, 1), Axis.choice("beta1", 0.9, 0.95)));

    private final SobolExploration exploration = new SobolExploration(adam(1), BOX, 16);

    @Test
    void thePointsAreThoseOfTheSobolSequenceAfterItsFirst() {
        List<Candidate> points = exploration.first();
        assertThat(points).hasSize(16);
        assertThat(points.subList(0, 3).stream().map(Candidate::rate))
                .usingElementComparator((a, b) -> Math.abs(a / b - 1) < 1e-12 ? 0 : 1)
                .containsExactly(1e-2, 1e-1, 1e-3); // 1/2, 3/4, 1/4
        assertThat(points.getFirst().values().get("beta1")).isEqualTo(0.9, within(1e-14));
    }

    @Test
    void everyPointLiesInTheBoxAndNoTwoAreAlike() {
        assertThat(exploration.first()).doesNotHaveDuplicates().allSatisfy(point -> {
            assertThat(point.rate()).isBetween(1e-4, 1.0);
            assertThat(point.values().get("beta1")).isBetween(0.0, 0.99);
        });
    }

    @Test
    void aBestRateAtTheHighEndIsFollowedIntoTheDecadeBeyond() {
        SobolExploration rates = new SobolExploration(adam(1), RATES, 16);
        List<Tried> tried = tried(rates.first(), candidate -> 1 / candidate.rate());
        Exploration.Extension more = rates.extension(Settings.bestFirst(tried), 1);
        assertThat(more.candidates()).hasSize(4).allSatisfy(point -> assertThat(point.rate()).isBetween(1.0, 10.0));
        assertThat(more.notes()).singleElement().asString().startsWith("rate 0.").endsWith("is at the high end of its range: extended");
    }

    @Test
    void aBestInsideTheBoxEndsTheSearch() {
        List<Tried> tried = tried(
                exploration.first(),
                candidate -> Math.abs(Math.log(candidate.rate() / 1e-2)) + Math.abs(candidate.values().get("beta1") - 0.9));
        assertThat(exploration.extension(Settings.bestFirst(tried), 1)).isEqualTo(Exploration.Extension.NONE);
    }

    @Test
    void theCapIsSaidWhenItIsReached() {
        SobolExploration rates = new SobolExploration(adam(1), RATES, 16);
        List<Tried> tried = tried(rates.first(), candidate -> 1 / candidate.rate());
        Exploration.Extension more = rates.extension(Settings.bestFirst(tried), 3);
        assertThat(more.candidates()).isEmpty();
        assertThat(more.notes()).singleElement().asString().contains("the cap of 2 extensions is reached");
    }
}
