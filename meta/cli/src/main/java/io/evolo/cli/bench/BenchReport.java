package io.evolo.cli.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * How fast this machine runs the kernels.
 *
 * @param machine what was measured on
 * @param fmaPeakGflops floating-point operations per nanosecond that one thread reaches with independent fused multiply-adds
 * @param copyGigabytesPerSecond of one thread that copies between arrays far larger than its caches: bytes read plus bytes written
 * @param rules update rules
 * @param gemm matrix products
 * @param laneSteps whole meta-training, outer loop included
 * @param qr QR decompositions with formed Q; these and the next two are empty but in a full measurement
 * @param eigen symmetric eigenvectors
 * @param newtonSchulz orthogonalisations
 */
public record BenchReport(
        Machine machine,
        double fmaPeakGflops,
        double copyGigabytesPerSecond,
        List<RuleTime> rules,
        List<GemmShare> gemm,
        List<LaneSteps> laneSteps,
        List<MatrixShare> qr,
        List<MatrixShare> eigen,
        @JsonProperty("newton-schulz") List<OblongShare> newtonSchulz) {

    /** Processor threads, JVM and the kernels that it selects. */
    public record Machine(String os, String architecture, int processors, String jdk, String kernels) {

        static Machine here() {
            return new Machine(
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    Runtime.getRuntime().availableProcessors(),
                    Runtime.version().toString(),
                    io.evolo.tasks.kernels.Twin.reason());
        }
    }

    /**
     * One update rule on the tensors of a 784-128-128-10 network.
     *
     * @param hidden units of its network; 0 for a rule without one
     * @param parameters that it updates
     * @param nsPerParameter nanoseconds per parameter and step, kernels as selected
     * @param plainNsPerParameter the same on plain kernels
     * @param nominalShareOfPeak multiply-adds of its network, counted once per parameter, as a share of the FMA peak; 0 for a rule
     *     without one
     */
    public record RuleTime(
            String rule,
            int hidden,
            int parameters,
            int threads,
            double nsPerParameter,
            double plainNsPerParameter,
            double nominalShareOfPeak) {}

    /**
     * The product [m, k]·[k, n], one operand stored transposed where {@code transpose} says so.
     *
     * @param transpose NN, NT or TN
     * @param shareOfPeak of the FMA peak measured in the same second
     */
    public record GemmShare(int m, int k, int n, String transpose, double shareOfPeak) {}

    /**
     * A square matrix.
     *
     * @param n rows
     * @param shareOfPeak of the FMA peak measured in the same second
     */
    public record MatrixShare(int n, double shareOfPeak) {}

    /** A matrix [m, n]. */
    public record OblongShare(int m, int n, double shareOfPeak) {}

    /**
     * Meta-training by a recipe.
     *
     * @param perSecond inner steps of single lanes
     */
    public record LaneSteps(String recipe, int threads, double perSecond) {}
}
