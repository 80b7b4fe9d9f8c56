package io.evolo.tasks.data;

import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/**
 * The embedded text: sentences of a random language, a pure function of the seed. Its grammar has two numbers and two genders.
 * Determiner and adjective agree with their noun, a verb agrees in number with its subject, over whatever stands in between; subject
 * and object clauses nest. Words, probabilities and endings are drawn from the seed.
 *
 * <p>Its entropy rate is known exactly, so that a loss can be judged: sentences are independent and each has one derivation, so it is
 * the entropy of a sentence over its expected length (see {@link Grammar}).
 *
 * @param seed which language
 */
public record GeneratedLanguage(long seed) {
    /** Tokens of the training part. */
    public static final int TRAIN = 500_000;
    /** Tokens of every other part. */
    public static final int HELD_OUT = 50_000;

    private static final char SPACE = ' ';
    private static final String END = ".";
    private static final String BREAK = "\n";

    /** Draws all parts, each from a stream of its own. */
    public TokenData draw(String name, TextSpec.Unit unit) {
        Grammar grammar = new Lexicon(seed).grammar();
        Grammar.Moments sentence = grammar.moments();
        Map<Split, int[]> parts = new EnumMap<>(Split.class);
        List<String> symbols = unit == TextSpec.Unit.WORDS ? withStop(grammar.words()) : alphabet(unit, grammar);
        for (Split split : Split.values()) {
            int count = split == Split.TRAIN ? TRAIN : HELD_OUT;
            Rng rng = Rng.of(seed, "language-text", split.ordinal());
            parts.put(split, unit == TextSpec.Unit.WORDS ? words(grammar, rng, count) : characters(grammar, rng, count, symbols));
        }
        // A full stop behind the sentence; of characters, also a space between words and a break behind the stop.
        double length = unit == TextSpec.Unit.WORDS ? sentence.words() + 1 : sentence.characters() + sentence.words() + 1;
        return new TokenData(name, symbols, parts, OptionalDouble.of(sentence.nats() / length));
    }

    private static List<String> withStop(List<String> words) {
        List<String> symbols = new ArrayList<>(words);
        symbols.add(END);
        return symbols;
    }

    private static List<String> alphabet(TextSpec.Unit unit, Grammar grammar) {
        if (unit == TextSpec.Unit.BYTES) {
            throw new IllegalArgumentException("the generated language has characters and words, not bytes");
        }
        TreeSet<String> letters = new TreeSet<>(List.of(BREAK, String.valueOf(SPACE), END));
        grammar.words().forEach(word -> letters.addAll(Arrays.asList(word.split(""))));
        return List.copyOf(letters);
    }

    private static int[] words(Grammar grammar, Rng rng, int count) {
        Tokens out = new Tokens(count);
        while (!out.full()) {
            grammar.sentence(rng, out);
            out.accept(grammar.words().size());
        }
        return out.ids;
    }

    private static int[] characters(Grammar grammar, Rng rng, int count, List<String> symbols) {
        int[][] spelled = grammar.words().stream()
                .map(word -> word.chars().map(c -> symbols.indexOf(Character.toString(c))).toArray())
                .toArray(int[][]::new);
        int space = symbols.indexOf(String.valueOf(SPACE));
        Tokens out = new Tokens(count);
        while (!out.full()) {
            int begin = out.size;
            grammar.sentence(rng, word -> {
                if (out.size > begin) {
                    out.accept(space);
                }
                Arrays.stream(spelled[word]).forEach(out);
            });
            out.accept(symbols.indexOf(END));
            out.accept(symbols.indexOf(BREAK));
        }
        return out.ids;
    }

    /** Takes tokens until it is full, and drops the rest. */
    private static final class Tokens implements IntConsumer {
        private final int[] ids;
        private int size;

        Tokens(int count) {
            this.ids = new int[count];
        }

        boolean full() {
            return size == ids.length;
        }

        @Override
        public void accept(int id) {
            if (size < ids.length) {
                ids[size++] = id;
            }
        }
    }
}
