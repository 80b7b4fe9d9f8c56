package io.evolo.tasks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.Grammar.Rule;
import io.evolo.tasks.data.TextSpec.Unit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratedLanguageTest {

    /** Pins the language: if this fails, earlier losses on it can no longer be compared, and the name must change. */
    @Test
    void theEmbeddedLanguageNeverChanges() {
        assertThat(TextSpec.grammar().load().sha256())
                .isEqualTo("c8961a53241b7e27e51544e4b73bb75ceb728f265e548cb77a102ffb3fef6491");
        assertThat(new TextSpec("grammar", Unit.WORDS, 3).load().sha256())
                .isEqualTo("548f60c390dc2181f8c9f334b22ff9711cdbf404981b00dcdc340b62d2287786");
    }

    @Test
    void anotherSeedIsAnotherLanguage() {
        TokenData other = new TextSpec("grammar", Unit.CHARACTERS, 1).load();
        assertThat(other.name()).isEqualTo("grammar-seed1");
        assertThat(other.sha256()).isNotEqualTo(TextSpec.grammar().load().sha256());
    }

    /** Two words, a with .25: entropy .5623 nats; nested with .5: the expected depth is 1. */
    @Test
    void momentsOfASmallGrammarAreThoseOfItsClosedForm() {
        List<List<Rule>> rules = List.of(
                List.of(new Rule(0.5, 1), new Rule(0.5, 1, 0)), List.of(new Rule(0.25, ~0), new Rule(0.75, ~1)));
        Grammar.Moments moments = new Grammar(rules, List.of("a", "bcd")).moments();
        double choice = -0.25 * Math.log(0.25) - 0.75 * Math.log(0.75);
        assertThat(moments.words()).isCloseTo(2, within(1e-9));
        assertThat(moments.characters()).isCloseTo(2 * 2.5, within(1e-9));
        assertThat(moments.nats()).isCloseTo(2 * (Math.log(2) + choice), within(1e-9));
    }

    /** The ratio of sums over 20,000 sentences, against four standard errors of it. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3})
    void theEntropyRateIsWhatSentencesNeedOnAverage(long seed) {
        Grammar grammar = new Lexicon(seed).grammar();
        Grammar.Moments moments = grammar.moments();
        double rate = moments.nats() / (moments.words() + 1);
        int n = 20_000;
        double excess = 0;
        double squares = 0;
        double length = 0;
        Rng rng = Rng.of(7, "sentences", seed);
        for (int i = 0; i < n; i++) {
            List<Integer> words = new ArrayList<>();
            double nats = -grammar.sentence(rng, words::add);
            double deviation = nats - rate * (words.size() + 1);
            excess += deviation;
            squares += deviation * deviation;
            length += words.size() + 1;
        }
        assertThat(excess / length).isCloseTo(0, within(4 * Math.sqrt(squares) / length));
        assertThat(length / n).isCloseTo(moments.words() + 1, within(0.3));
    }

    /** The probability of the words, summed over all derivations, is that of the one by which they were drawn. */
    @Test
    void everySentenceHasOneDerivation() {
        Grammar grammar = new Lexicon(0).grammar();
        Rng rng = Rng.of(1, "sentences");
        int checked = 0;
        while (checked < 200) {
            List<Integer> words = new ArrayList<>();
            double log = grammar.sentence(rng, words::add);
            if (words.size() <= 25) {
                assertThat(Math.log(new Inside(grammar, words).probability())).isCloseTo(log, within(1e-9 * Math.abs(log)));
                checked++;
            }
        }
    }

    @Test
    void aModelOfPairsOfCharactersStaysAboveTheEntropyRate() {
        TokenData data = TextSpec.grammar().load();
        int v = data.vocabulary();
        double[] pairs = new double[v * v];
        double[] singles = new double[v];
        for (int i = 1; i < data.tokens(Split.TRAIN); i++) {
            pairs[data.id(Split.TRAIN, i - 1) * v + data.id(Split.TRAIN, i)]++;
            singles[data.id(Split.TRAIN, i - 1)]++;
        }
        double loss = 0;
        int count = data.tokens(Split.TEST) - 1;
        for (int i = 1; i <= count; i++) {
            int before = data.id(Split.TEST, i - 1);
            loss -= Math.log((pairs[before * v + data.id(Split.TEST, i)] + 0.1) / (singles[before] + 0.1 * v)) / count;
        }
        assertThat(data.entropyRate().orElseThrow()).isBetween(0.3, 1.2);
        assertThat(loss).isBetween(1.3 * data.entropyRate().orElseThrow(), Math.log(v));
    }

    @Test
    void thePartsDiffer() {
        TokenData data = TextSpec.grammar().load();
        List<String> beginnings = new ArrayList<>();
        for (Split split : Split.values()) {
            int[] window = new int[60];
            data.copyWindow(split, 0, window.length, window, 0);
            beginnings.add(data.text(window));
        }
        assertThat(beginnings).doesNotHaveDuplicates();
        assertThat(beginnings.getFirst()).startsWith("su gomar ketav du lipubu megiz mi no nagut ketati.\n");
    }

    /** The inside algorithm: P(symbol ⇒ words[i … j)), by all derivations. */
    private record Inside(Grammar grammar, List<Integer> words, Map<Long, Double> known) {

        Inside(Grammar grammar, List<Integer> words) {
            this(grammar, words, new HashMap<>());
        }

        double probability() {
            return of(0, 0, words.size());
        }

        private double of(int symbol, int i, int j) {
            if (symbol < 0) {
                return j == i + 1 && words.get(i) == ~symbol ? 1 : 0;
            }
            long key = (symbol * 64L + i) * 64 + j;
            Double found = known.get(key);
            if (found != null) {
                return found;
            }
            double sum = 0;
            for (Rule rule : grammar.rules().get(symbol)) {
                sum += rule.probability() * of(rule.symbols(), 0, i, j);
            }
            known.put(key, sum);
            return sum;
        }

        private double of(int[] symbols, int from, int i, int j) {
            int left = symbols.length - from;
            if (left == 1) {
                return of(symbols[from], i, j);
            }
            double sum = 0;
            for (int k = i + 1; k <= j - left + 1; k++) {
                double first = of(symbols[from], i, k);
                sum += first == 0 ? 0 : first * of(symbols, from + 1, k, j);
            }
            return sum;
        }
    }
}
