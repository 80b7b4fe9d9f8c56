package io.evolo.optimizers;

import java.util.Collection;
import java.util.Comparator;

/** What to say of a name that is not known. */
public final class Names {
    private Names() {}

    /**
     * A message that names the nearest known name and all of them.
     *
     * @param kind what the name should be of
     * @param known at least one
     */
    public static String unknown(String kind, String name, Collection<String> known) {
        String nearest = known.stream()
                .min(Comparator.comparingInt((String candidate) -> distance(name, candidate)).thenComparing(candidate -> candidate))
                .orElseThrow();
        return "no " + kind + " is named '" + name + "'; did you mean '" + nearest + "'? There are " + String.join(", ", known);
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
