package io.evolo.schema;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;

/** What to say of a name that is not known. */
public final class Names {
    private Names() {}

    /**
     * A message that names the nearest known name, where one is near, and all of them.
     *
     * @param kind what the name should be of
     * @param known at least one
     */
    public static String unknown(String kind, String name, Collection<String> known) {
        String hint = nearest(name, known)
                .map(nearest -> "; did you mean '" + nearest + "'? There are ")
                .orElse("; there are ");
        return "no " + kind + " is named '" + name + "'" + hint + String.join(", ", new LinkedHashSet<>(known));
    }

    /** The known name at the smallest edit distance, case and punctuation aside, if that is at most 2 or a third of the name. */
    private static Optional<String> nearest(String name, Collection<String> known) {
        String letters = letters(name);
        return known.stream()
                .filter(candidate -> distance(letters, letters(candidate)) <= Math.max(2, letters.length() / 3))
                .min(Comparator.comparingInt((String candidate) -> distance(letters, letters(candidate)))
                        .thenComparing(candidate -> candidate));
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
    }

    /** Insertions, deletions and replacements that lead from one to the other (Levenshtein 1966). */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
