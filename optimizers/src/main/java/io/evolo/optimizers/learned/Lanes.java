package io.evolo.optimizers.learned;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * In what portions the fused kernels take a tensor's elements. The portions, and with them the order of all sums, are the same
 * whatever the vector length of the machine; so are the results, bit for bit.
 */
final class Lanes {
    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    /** The vector length; divides {@link #GROUP}. */
    static final int L = S.length();

    /** Elements of a row are taken in groups; a row's last group may be partial. Sums have as many partial sums. */
    static final int GROUP = 16;

    /** Groups that go through the network together. */
    static final int GROUPS = 4;

    /** Elements that go through the network together. */
    static final int BLOCK = GROUPS * GROUP;

    /** Elements of a block whose rows the first layer's kernel can tell apart. */
    static final int HALF = BLOCK / 2;

    private Lanes() {}

    /** The least multiple of the group that is at least {@code n}. */
    static int padded(int n) {
        return Math.addExact(n, GROUP - 1) / GROUP * GROUP;
    }

    /** Sum of the {@link #GROUP} values from {@code at} on, added by halves. */
    static float sum(float[] s, int at) {
        float a0 = s[at] + s[at + 8];
        float a1 = s[at + 1] + s[at + 9];
        float a2 = s[at + 2] + s[at + 10];
        float a3 = s[at + 3] + s[at + 11];
        float a4 = s[at + 4] + s[at + 12];
        float a5 = s[at + 5] + s[at + 13];
        float a6 = s[at + 6] + s[at + 14];
        float a7 = s[at + 7] + s[at + 15];
        return ((a0 + a4) + (a2 + a6)) + ((a1 + a5) + (a3 + a7));
    }
}
