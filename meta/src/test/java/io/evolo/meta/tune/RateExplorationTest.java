package io.evolo.meta.tune;

import static io.evolo.meta.tune.Settings.adam;
import static io.evolo.meta.tune.Settings.tried;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class RateExplorationTest {
    private final RateExploration exploration = new RateExploration(adam(1));

    /** Rates in the order of trial, and what was said, until the search ends. */
    private record Course(List<Double> rates, List<String> notes) {}

    private Course course(ToDoubleFunction<Candidate> loss) {
        List<Candidate> all = new ArrayList<>(exploration.first());
        List<String> notes = new ArrayList<>();
        for (int round = 1; ; round++) {
            Exploration.Extension more = exploration.extension(Settings.bestFirst(tried(all, loss)), round);
            notes.addAll(more.notes());
            if (more.candidates().isEmpty()) {
                return new Course(all.stream().map(Candidate::rate).toList(), notes);
            }
            all.addAll(more.candidates());
        }
    }

    private static ToDoubleFunction<Candidate> bestAt(double rate) {
        return candidate -> Math.abs(Math.log(candidate.rate() / rate));
    }

    @Test
    void theFieldsFifteenHalfDecadesAreTried() {
        Course course = course(bestAt(1e-3));
        assertThat(course.rates())
                .containsExactly(1e-7, 3e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0);
        assertThat(course.notes()).isEmpty();
    }

    @Test
    void aBestRateAtTheHighEndExtendsTheRange() {
        Course course = course(bestAt(10));
        assertThat(course.rates()).hasSize(19).contains(3.0, 10.0, 30.0, 100.0);
        assertThat(course.notes())
                .containsExactly("rate 1e0 is the highest tried: extended", "rate 1e1 is the highest tried: extended");
    }

    @Test
    void aBestRateAtTheLowEndExtendsTheRange() {
        assertThat(course(bestAt(3e-8)).rates()).contains(3e-8, 1e-8);
    }

    @Test
    void theCapIsSaidWhenItIsReached() {
        Course course = course(bestAt(1e9));
        assertThat(course.rates()).hasSize(21).endsWith(1000.0);
        assertThat(course.notes()).last().asString().contains("the cap of 3 extensions is reached");
    }

    @Test
    void divergedRatesAreWorseThanAllOthers() {
        Course course = course(candidate -> candidate.rate() > 0.01 ? Double.POSITIVE_INFINITY : 1 / candidate.rate());
        assertThat(course.rates()).hasSize(15);
    }

    @Test
    void whereAllDivergeTheSearchEnds() {
        assertThat(course(candidate -> Double.POSITIVE_INFINITY).rates()).hasSize(15);
    }
}
