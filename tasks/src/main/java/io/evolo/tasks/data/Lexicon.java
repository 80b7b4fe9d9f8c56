package io.evolo.tasks.data;

import io.evolo.tasks.Rng;
import io.evolo.tasks.data.Grammar.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Draws the words of a language and the probabilities of its grammar:
 *
 * <pre>
 * S        → NP(n,g) VP(n)
 * NP(n,g)  → Det(n,g) [Adj(g)] Noun(n,g) [Rel(n)]
 * Rel(n)   → who VP(n) | who NP(m,h) Transitive(m)
 * VP(n)    → Intransitive(n) [Adverb] | Transitive(n) NP(m,h) | Opinion(n) that S
 * </pre>
 *
 * n, m are numbers, g, h genders. The next word always tells which rule goes on, so that a text has one derivation. Not thread-safe.
 */
final class Lexicon {
    private static final int NUMBERS = 2;
    private static final int GENDERS = 2;
    private static final int NOUNS_OF_A_GENDER = 20;
    private static final int ADJECTIVES = 16;
    private static final int INTRANSITIVES = 16;
    private static final int TRANSITIVES = 20;
    private static final int OPINIONS = 6;
    private static final int ADVERBS = 8;
    private static final int DETERMINERS = 2;

    private static final String CONSONANTS = "bdfgklmnprstvz";
    private static final String VOWELS = "aeiou";

    private final Rng rng;
    private final List<String> words = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();
    private final List<List<Rule>> rules = new ArrayList<>();

    Lexicon(long seed) {
        this.rng = Rng.of(seed, "language");
    }

    Grammar grammar() {
        int start = nonTerminal();
        int[] phrase = nonTerminals(NUMBERS * GENDERS);
        int anyPhrase = nonTerminal();
        int[] predicate = nonTerminals(NUMBERS);
        int[] transitive = inflected(TRANSITIVES, NUMBERS, 2);
        double[] share = {rng.uniform(0.2, 0.3), rng.uniform(0.2, 0.3), rng.uniform(0.2, 0.3), 0};
        share[3] = 1 - share[0] - share[1] - share[2];
        for (int i = 0; i < phrase.length; i++) {
            rules.get(start).add(new Rule(share[i], phrase[i], predicate[i / GENDERS]));
            rules.get(anyPhrase).add(new Rule(share[i], phrase[i]));
        }
        phrases(phrase, relatives(phrase, share, predicate, transitive));
        predicates(predicate, transitive, anyPhrase, start);
        return new Grammar(rules, words);
    }

    private int[] relatives(int[] phrase, double[] share, int[] predicate, int[] transitive) {
        int who = word(1);
        double bySubject = rng.uniform(0.5, 0.7);
        int[] relative = nonTerminals(NUMBERS);
        for (int n = 0; n < NUMBERS; n++) {
            rules.get(relative[n]).add(new Rule(bySubject, ~who, predicate[n]));
            for (int i = 0; i < phrase.length; i++) {
                rules.get(relative[n]).add(new Rule((1 - bySubject) * share[i], ~who, phrase[i], transitive[i / GENDERS]));
            }
        }
        return relative;
    }

    private void phrases(int[] phrase, int[] relative) {
        double adjective = rng.uniform(0.2, 0.4);
        double clause = rng.uniform(0.15, 0.25);
        int[] adjectives = inflected(ADJECTIVES, GENDERS, 2);
        List<int[]> nouns = IntStream.range(0, GENDERS).mapToObj(g -> inflected(NOUNS_OF_A_GENDER, NUMBERS, 2)).toList();
        for (int i = 0; i < phrase.length; i++) {
            int n = i / GENDERS;
            int g = i % GENDERS;
            int noun = nouns.get(g)[n];
            int determiner = inflected(DETERMINERS, 1, 1)[0];
            List<Rule> ways = rules.get(phrase[i]);
            ways.add(new Rule((1 - adjective) * (1 - clause), determiner, noun));
            ways.add(new Rule(adjective * (1 - clause), determiner, adjectives[g], noun));
            ways.add(new Rule((1 - adjective) * clause, determiner, noun, relative[n]));
            ways.add(new Rule(adjective * clause, determiner, adjectives[g], noun, relative[n]));
        }
    }

    private void predicates(int[] predicate, int[] transitive, int anyPhrase, int start) {
        int that = word(1);
        double object = rng.uniform(0.35, 0.5);
        double opinion = rng.uniform(0.08, 0.15);
        double adverb = rng.uniform(0.2, 0.4) * (1 - object - opinion);
        int[] intransitive = inflected(INTRANSITIVES, NUMBERS, 2);
        int[] opinions = inflected(OPINIONS, NUMBERS, 2);
        int adverbs = inflected(ADVERBS, 1, 2)[0];
        for (int n = 0; n < NUMBERS; n++) {
            List<Rule> ways = rules.get(predicate[n]);
            ways.add(new Rule(1 - object - opinion - adverb, intransitive[n]));
            ways.add(new Rule(adverb, intransitive[n], adverbs));
            ways.add(new Rule(object, transitive[n], anyPhrase));
            ways.add(new Rule(opinion, opinions[n], ~that, start));
        }
    }

    private int nonTerminal() {
        rules.add(new ArrayList<>());
        return rules.size() - 1;
    }

    private int[] nonTerminals(int count) {
        return IntStream.range(0, count).map(_ -> nonTerminal()).toArray();
    }

    /** Non-terminals, one for each form, that choose among so many lexemes with probabilities ∝ 1/(rank + 1), equal for all forms. */
    private int[] inflected(int lexemes, int forms, int syllables) {
        int[] chosen = nonTerminals(forms);
        List<String> endings = forms == 1 ? List.of("") : endings(forms);
        double total = IntStream.rangeClosed(1, lexemes).mapToDouble(rank -> 1.0 / (rank + 1)).sum();
        for (int rank = 1; rank <= lexemes; rank++) {
            int first = lexeme(endings, syllables);
            for (int form = 0; form < forms; form++) {
                rules.get(chosen[form]).add(new Rule(1.0 / (rank + 1) / total, ~(first + form)));
            }
        }
        return chosen;
    }

    private int word(int syllables) {
        return lexeme(List.of(""), syllables);
    }

    /** A stem with each ending, none of which is a word yet; the index of the first. */
    private int lexeme(List<String> endings, int syllables) {
        List<String> forms;
        do {
            StringBuilder stem = new StringBuilder();
            for (int i = 0; i < syllables; i++) {
                stem.append(letter(CONSONANTS)).append(letter(VOWELS));
            }
            forms = endings.stream().map(ending -> stem + ending).distinct().toList();
        } while (forms.size() < endings.size() || forms.stream().anyMatch(taken::contains));
        taken.addAll(forms);
        words.addAll(forms);
        return words.size() - forms.size();
    }

    /** Different ones. */
    private List<String> endings(int count) {
        Set<String> endings = new LinkedHashSet<>();
        while (endings.size() < count) {
            endings.add(letter(CONSONANTS) + (rng.nextInt(2) == 0 ? "" : letter(VOWELS)));
        }
        return List.copyOf(endings);
    }

    private String letter(String among) {
        return String.valueOf(among.charAt(rng.nextInt(among.length())));
    }
}
