package io.evolo.checkpoints;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a package's rule is to be used. Plain data, in the words of recipes.
 *
 * @param networks how networks scale with their width where their family is not in the map
 * @param families the same of a family of networks, by its name
 * @param needs what the rule looks at beyond each tensor's own parameters and gradients, of {@link #NEEDS}
 */
public record Usage(Scaling networks, SortedMap<String, Scaling> families, SortedSet<String> needs) {
    /** The number of steps planned, the loss, and the gradients of other tensors. */
    public static final Set<String> NEEDS = Set.of("horizon", "loss", "coupled-tensors");

    public Usage {
        families = Collections.unmodifiableSortedMap(new TreeMap<>(families));
        needs = Collections.unmodifiableSortedSet(new TreeSet<>(needs));
        for (String family : families.keySet()) {
            require(!family.isBlank(), "a family of networks without a name, expected one such as Mlp");
        }
        for (String need : needs) {
            require(NEEDS.contains(need), "need '" + need + "', expected one of " + new TreeSet<>(NEEDS)
                    + "; use the release that wrote it");
        }
    }

    /**
     * A parametrization.
     *
     * @param kind {@code sp}, standard, or {@code mup}, maximal-update
     * @param baseWidth where the two agree, at least 1; 1 under {@code sp}, which ignores it
     */
    public record Scaling(String kind, int baseWidth) {
        public Scaling {
            require(kind.equals("sp") || kind.equals("mup"), "parametrization '" + kind
                    + "', expected sp or mup; use the release that wrote it");
            require(baseWidth >= 1, "base width " + baseWidth + ", expected at least 1");
            require(baseWidth == 1 || kind.equals("mup"), "base width " + baseWidth + " under sp, expected 1");
        }

        @Override
        public String toString() {
            return kind.equals("sp") ? kind : kind + ", base width " + baseWidth;
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException("usage of a learned optimizer package: " + otherwise);
        }
    }
}
