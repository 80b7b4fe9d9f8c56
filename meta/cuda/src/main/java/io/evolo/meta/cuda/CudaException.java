package io.evolo.meta.cuda;

import java.util.Set;

/** A call of CUDA's driver or of NVRTC that failed. */
final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A library or a function of it is missing. */
    static final int MISSING = -1;

    /** NVRTC could not compile. */
    static final int COMPILATION = -2;

    static final int OUT_OF_MEMORY = 2;

    /** What makes a context unusable: a faulty address, a launch that failed, a memory error, a timeout, a device that has gone. */
    private static final Set<Integer> LOST = Set.of(46, 214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 999);

    private final int code;

    CudaException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** The driver's number of the error, or one of this class. */
    int code() {
        return code;
    }

    /** Whether the device cannot be used any more by this process. */
    boolean lost() {
        return LOST.contains(code);
    }
}
