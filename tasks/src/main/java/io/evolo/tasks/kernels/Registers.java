package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;

/** How many vectors this machine's registers hold, which decides what shape a tile has. Needs the module {@code jdk.incubator.vector}. */
public final class Registers {
    private static final int BITS = FloatVector.SPECIES_PREFERRED.vectorBitSize();

    /** 32 with AVX-512 and on ARM, 16 with AVX2 and below. */
    public static final int VECTORS = BITS == 512 || System.getProperty("os.arch").equals("aarch64") ? 32 : 16;

    private Registers() {}
}
