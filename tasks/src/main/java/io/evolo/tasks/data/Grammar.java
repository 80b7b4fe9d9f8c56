package io.evolo.tasks.data;

import io.evolo.tasks.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A probabilistic context-free grammar. Symbol 0 is the start; a rule's symbols are non-terminals as they are and words as their
 * complement {@code ~word}.
 *
 * <p>If every word tells which rule it began (the grammar is LL(1)), every text has one derivation, and entropy per sentence is the
 * expected sum of the choices' entropies: with h_i that of non-terminal i's own choice and m_ij the expected number of j in its
 * replacement, H = h + m·H. Expected lengths obey the same equation.
 */
final class Grammar {
    /** Expected values grow geometrically less with every round; so many are only needed next to explosion. */
    private static final int MOST_ROUNDS = 10_000;

    private static final double PRECISION = 1e-13;

    private final List<List<Rule>> rules;
    private final List<String> words;

    /**
     * One way to replace a non-terminal.
     *
     * @param probability above 0; those of a non-terminal sum to 1
     */
    record Rule(double probability, int... symbols) {}

    Grammar(List<List<Rule>> rules, List<String> words) {
        this.rules = rules.stream().map(List::copyOf).toList();
        this.words = List.copyOf(words);
    }

    List<List<Rule>> rules() {
        return rules;
    }

    List<String> words() {
        return words;
    }

    /** Expected values of one sentence. */
    record Moments(double nats, double words, double characters) {}

    /** The expected values of a sentence; a word's characters are counted without any separator. */
    Moments moments() {
        double[] nats = new double[rules.size()];
        double[] count = new double[rules.size()];
        double[] characters = new double[rules.size()];
        for (int i = 0; i < rules.size(); i++) {
            for (Rule rule : rules.get(i)) {
                nats[i] -= rule.probability * StrictMath.log(rule.probability);
                for (int symbol : rule.symbols) {
                    count[i] += symbol < 0 ? rule.probability : 0;
                    characters[i] += symbol < 0 ? rule.probability * words.get(~symbol).length() : 0;
                }
            }
        }
        return new Moments(expected(nats), expected(count), expected(characters));
    }

    /** The start's component of the solution of x = own + m·x. */
    private double expected(double[] own) {
        double[] x = own.clone();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            double before = x[0];
            double change = 0;
            for (int i = 0; i < x.length; i++) {
                double sum = own[i];
                for (Rule rule : rules.get(i)) {
                    for (int symbol : rule.symbols) {
                        sum += symbol < 0 ? 0 : rule.probability * x[symbol];
                    }
                }
                change = Math.max(change, Math.abs(sum - x[i]));
                x[i] = sum;
            }
            if (change <= PRECISION * Math.max(1, before)) {
                return x[0];
            }
        }
        throw new IllegalArgumentException("a grammar whose sentences have no finite expected length");
    }

    /**
     * Draws a sentence.
     *
     * @param out takes its words in order
     * @return the natural logarithm of its probability
     */
    double sentence(Rng rng, IntConsumer out) {
        List<Integer> open = new ArrayList<>(List.of(0));
        double log = 0;
        while (!open.isEmpty()) {
            int symbol = open.removeLast();
            if (symbol < 0) {
                out.accept(~symbol);
                continue;
            }
            Rule rule = choose(rules.get(symbol), rng.nextDouble());
            log += StrictMath.log(rule.probability);
            for (int i = rule.symbols.length - 1; i >= 0; i--) {
                open.add(rule.symbols[i]);
            }
        }
        return log;
    }

    private static Rule choose(List<Rule> among, double uniform) {
        double left = uniform;
        for (Rule rule : among) {
            left -= rule.probability;
            if (left < 0) {
                return rule;
            }
        }
        return among.getLast(); // probabilities may sum to a little less than 1
    }
}
