package io.evolo.meta;

/**
 * How perturbed unrolls become a meta-gradient. All four are one rule (see {@link Particle}) with two switches: whether the noise is
 * drawn anew for every truncation or kept for the whole inner problem, and whether it is accumulated over the truncations.
 *
 * <table>
 * <caption>What a lane's past contributes</caption>
 * <tr><th>estimator</th><th>noise</th><th>accumulated</th><th>unbiased for the whole inner problem</th></tr>
 * <tr><td>FULL_ES</td><td>fresh; a truncation is a whole inner problem</td><td>no</td><td>yes, high variance</td></tr>
 * <tr><td>TRUNCATED_ES</td><td>fresh; both lanes start from the plus lane's state</td><td>no</td><td>no: short-sighted</td></tr>
 * <tr><td>PES</td><td>fresh</td><td>yes</td><td>yes (Vicol et al. 2021)</td></tr>
 * <tr><td>NRES</td><td>kept</td><td>no</td><td>yes (Li et al. 2023; ES-Single, Vicol 2023)</td></tr>
 * </table>
 */
public enum Estimator {
    FULL_ES(true, false),
    TRUNCATED_ES(true, false),
    PES(true, true),
    NRES(false, false);

    private final boolean freshNoise;
    private final boolean accumulates;

    Estimator(boolean freshNoise, boolean accumulates) {
        this.freshNoise = freshNoise;
        this.accumulates = accumulates;
    }

    /** Whether every truncation draws its own noise; else one noise serves the whole inner problem. */
    boolean freshNoise() {
        return freshNoise;
    }

    /** Whether a loss is credited to the sum of all noises that its inner problem has seen, or to the last alone. */
    boolean accumulates() {
        return accumulates;
    }

    /** Whether a truncation begins by putting both lanes into one state: so where past noise must leave no trace. */
    public boolean sharesStart() {
        return freshNoise && !accumulates;
    }

    /** Whether one truncation is one whole inner problem. */
    public boolean wholeProblems() {
        return this == FULL_ES;
    }
}
