package io.evolo.optimizers.dl4j;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whether the GPUs here can run ND4J's newest CUDA build. It holds machine code for compute capabilities 3.7 to 8.6 and no PTX, so
 * Kepler's last to Ada's cards run it (code for 8.6 runs on 8.9), and Hopper's and Blackwell's fail at the first kernel, with a message
 * that does not say why. Therefore the updaters ask before.
 */
final class Gpus {
    private static final String CUDA_BACKEND = "org.nd4j.linalg.jcublas.JCublasBackend";
    private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";
    private static final double LEAST = 3.7;
    private static final double MOST = 8.9;
    private static final int SECONDS = 10;

    private Gpus() {}

    /**
     * Nothing where ND4J will run on the CPU, or where there is no GPU.
     *
     * @throws IllegalStateException if ND4J's CUDA backend would be chosen and cannot serve a GPU here; the message says what to do
     */
    static void requireServed() {
        if (Gpus.class.getClassLoader().getResource(CUDA_BACKEND.replace('.', '/') + ".class") != null) {
            requireServed(System.getenv(), "nvidia-smi");
        }
    }

    /**
     * As {@link #requireServed()} with the CUDA backend on the class path.
     *
     * @param environment the process's
     * @param driverTool the command that prints compute capabilities
     */
    static void requireServed(Map<String, String> environment, String driverTool) {
        if (!cpuIsPreferred(environment) && !hidden(environment)) {
            problem(capabilities(environment, driverTool)).ifPresent(message -> {
                throw new IllegalStateException(message);
            });
        }
    }

    /** What is wrong with GPUs of these compute capabilities, each as {@code 8.6}. */
    static Optional<String> problem(List<String> capabilities) {
        return capabilities.stream()
                .filter(capability -> !served(capability))
                .findFirst()
                .map(capability -> "a GPU here has compute capability " + capability + ", but nd4j-cuda-11.6 holds code for 3.7 to"
                        + " 8.9 only (no Hopper, no Blackwell); set the environment variable BACKEND_PRIORITY_CPU=200 to run on the"
                        + " CPU, hide the GPU by " + VISIBLE + ", or build with nd4j-native");
    }

    private static boolean served(String capability) {
        double value = Double.parseDouble(capability);
        return value >= LEAST && value <= MOST;
    }

    private static boolean cpuIsPreferred(Map<String, String> environment) {
        return Integer.parseInt(environment.getOrDefault("BACKEND_PRIORITY_CPU", "0"))
                > Integer.parseInt(environment.getOrDefault("BACKEND_PRIORITY_GPU", "100"));
    }

    /** Whether CUDA is told to see no GPU. */
    private static boolean hidden(Map<String, String> environment) {
        return environment.containsKey(VISIBLE) && environment.get(VISIBLE).matches("\\s*(-1.*)?");
    }

    /** As the driver's own tool prints them, of the GPUs that CUDA may see; none where it is not installed. */
    private static List<String> capabilities(Map<String, String> environment, String driverTool) {
        List<String> command = new ArrayList<>(List.of(driverTool, "--query-gpu=compute_cap", "--format=csv,noheader"));
        if (environment.containsKey(VISIBLE)) {
            command.addAll(List.of("-i", environment.get(VISIBLE)));
        }
        try {
            Process process = new ProcessBuilder(command).start();
            List<String> lines = process.inputReader().lines().map(String::strip).filter(l -> l.matches("\\d+\\.\\d+")).toList();
            process.waitFor(SECONDS, TimeUnit.SECONDS);
            return lines;
        } catch (IOException e) {
            return List.of(); // no driver, so no GPU
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
