package io.evolo.meta.tune;

import static io.evolo.meta.tune.Settings.tried;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateDecayExplorationTest {
    private static final String DECAY = "weight_decay";

    private record Course(List<Candidate> tried, List<String> notes) {}

    private static Course course(String rule, ToDoubleFunction<Candidate> loss) {
        RateDecayExploration exploration = RateDecayExploration.of(Rules.standard(rule, Annealing.COSINE, 1));
        List<Candidate> all = new ArrayList<>(exploration.first());
        List<String> notes = new ArrayList<>();
        for (int round = 1; ; round++) {
            Exploration.Extension more = exploration.extension(Settings.bestFirst(tried(all, loss)), round);
            notes.addAll(more.notes());
            if (more.candidates().isEmpty()) {
                return new Course(all, notes);
            }
            all.addAll(more.candidates());
        }
    }

    private static double distance(Candidate candidate, double rate) {
        return Math.abs(Math.log(candidate.rate() / rate));
    }

    @Test
    void fifteenRatesWithoutDecayAndFourDecaysAtTheBestThree() {
        Course course = course("adamw", candidate -> distance(candidate, 3e-3));

        assertThat(course.tried).hasSize(27).doesNotHaveDuplicates();
        assertThat(course.tried.subList(0, 15)).allSatisfy(candidate -> assertThat(candidate.values()).containsEntry(DECAY, 0.0));
        Set<Double> rates = new TreeSet<>(course.tried.subList(15, 27).stream().map(Candidate::rate).toList());
        assertThat(rates).hasSize(3).contains(3e-3).allSatisfy(rate -> assertThat(rate).isBetween(1e-3, 1e-2));
        assertThat(course.tried.subList(15, 19).stream().map(candidate -> candidate.values().get(DECAY)))
                .satisfiesExactly(
                        decay -> assertThat(decay).isCloseTo(3.16e-4, within(1e-5)),
                        decay -> assertThat(decay).isCloseTo(3.16e-3, within(1e-4)),
                        decay -> assertThat(decay).isCloseTo(3.16e-2, within(1e-3)),
                        decay -> assertThat(decay).isCloseTo(0.316, within(1e-2)));
        assertThat(course.notes).isEmpty();
    }

    /** Everything beside rate and decay stays as the rule has it. */
    @ParameterizedTest
    @ValueSource(strings = {"soap", "muon", "sgd", "lion", "lamb"})
    void everyRuleThatDecaysGetsTheSameNumberOfTrials(String rule) {
        Course course = course(rule, candidate -> distance(candidate, 1e-2));
        assertThat(course.tried).hasSize(27);
        Candidate standard = Rules.standard(rule, Annealing.COSINE, 1);
        assertThat(course.tried.subList(0, 23)).allSatisfy(candidate -> assertThat(
                candidate.with(DECAY, standard.values().get(DECAY)).with(Candidate.RATE, 1)).isEqualTo(standard));
    }

    /** Eight of 27 on decays, four on the auxiliary rate, at the best of the others. */
    @ParameterizedTest
    @CsvSource({"muon,aux_ratio,0.015", "kl-soap+hyperball,hyperball_others,1"})
    void anAuxiliaryRateTakesThePlaceOfTheThirdRatesDecays(String rule, String ratio, double standard) {
        Course course = course(rule, candidate -> distance(candidate, 3e-3) + Math.abs(Math.log(candidate.values().get(ratio) / (10 * standard)))
                + candidate.values().get(DECAY));
        assertThat(course.tried).hasSize(27).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(course.tried.subList(15, 23).stream().map(Candidate::rate).toList())).hasSize(2);
        assertThat(course.tried.subList(23, 27)).allSatisfy(one -> assertThat(one.rate()).isEqualTo(3e-3)).satisfiesExactly(
                one -> assertThat(one.values().get(ratio)).isCloseTo(standard / 10, within(1e-12)),
                one -> assertThat(one.values().get(ratio)).isCloseTo(standard / Math.sqrt(10), within(1e-12)),
                one -> assertThat(one.values().get(ratio)).isCloseTo(standard * Math.sqrt(10), within(1e-12)),
                one -> assertThat(one.values().get(ratio)).isCloseTo(standard * 10, within(1e-12)));
        assertThat(course.notes).singleElement().asString().contains(ratio, "is 10 times its default, the end of what was tried");
    }

    /** Of SGD the range is that of a decay in the gradient. */
    @Test
    void decaysAreThoseOfTheRulesOwnCoupling() {
        Course course = course("sgd", candidate -> distance(candidate, 1e-2));
        assertThat(course.tried.subList(15, 27)).allSatisfy(candidate -> assertThat(candidate.values().get(DECAY)).isBetween(1e-7, 1e-3));
    }

    @Test
    void aRuleWithoutDecayGetsItsRates() {
        assertThat(course("zo-signsgd", candidate -> distance(candidate, 1e-2)).tried.stream().filter(c -> c.values().containsKey(DECAY))).isEmpty();
        assertThat(course("zo-signsgd", candidate -> distance(candidate, 1e-2)).tried).hasSize(15);
    }

    @Test
    void aBestRateAtTheEndOfTheRangeIsSaid() {
        assertThat(course("adamw", candidate -> -candidate.rate()).notes).containsExactly("rate 1e0 is at the end of the range: not at its best");
    }

    /** Where all rates diverge, decays do not help. */
    @Test
    void nothingIsAddedToRatesThatDivergedAll() {
        assertThat(course("adamw", candidate -> Double.POSITIVE_INFINITY).tried).hasSize(15);
    }
}
