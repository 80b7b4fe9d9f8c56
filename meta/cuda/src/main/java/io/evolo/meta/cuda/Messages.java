package io.evolo.meta.cuda;

import java.util.Locale;

/** What a user is told when the GPU does not do as it should, and what can be done about it. */
final class Messages {
    private static final String ON_THE_CPU = "continue on the CPU by --resume and the run's directory, without --executor";

    private Messages() {}

    /** Of an error in the middle of a run. */
    static String running(CudaException e) {
        String way = e.lost()
                ? "the GPU is lost to this process, but the run's last checkpoint is good: " + ON_THE_CPU + ", or with it once the GPU is well"
                : e.code() == CudaException.OUT_OF_MEMORY
                        ? "the GPU's memory is used up by lanes of so many kinds of tasks, or by others; " + ON_THE_CPU
                                + ", or begin with fewer estimation.pairs"
                        : ON_THE_CPU;
        return e.getMessage() + ": " + way;
    }

    /** Of an error before a run begins. */
    static String opening(CudaException e) {
        return "executor cuda: " + e.getMessage() + "; leave --executor out to run on the CPU";
    }

    /**
     * Of lanes that do not fit.
     *
     * @param perLane bytes
     * @param free bytes
     */
    static String memory(String device, int lanes, long perLane, long free) {
        long fit = free / perLane / 2 * 2;
        return String.format(Locale.ROOT, "executor cuda: %d lanes need %.2f GB of the %.2f GB that are free on %s, so %d lanes"
                + " fit; set fewer estimation.pairs (two lanes each), a smaller batch or a smaller width", lanes, lanes * perLane * 1e-9,
                free * 1e-9, device, fit);
    }
}
