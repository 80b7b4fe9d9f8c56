package io.evolo.meta.cuda;

import io.evolo.tasks.ExampleSource;
import io.evolo.tasks.ImageExamples;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Reparametrized;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import io.evolo.tasks.TextWindows;
import io.evolo.tasks.augment.Normalized;
import io.evolo.tasks.nn.Network;
import java.util.ArrayList;
import java.util.List;

/**
 * A task as the device sees it: training a network on images or a text, perhaps in other coordinates.
 *
 * @param examples what its batches are drawn from
 * @param factors by which its parameters are re-parametrised; empty: not
 */
record DeviceTask(Kind kind, ExampleSource examples, float[] factors) {

    /**
     * What lanes must have in common to be run by the same kernels at once.
     *
     * @param batch examples
     * @param reparametrized whether its parameters are in other coordinates
     */
    record Kind(Network network, int batch, boolean reparametrized) {}

    /** @throws IllegalArgumentException if the device cannot run the task; see {@link #missing} */
    static DeviceTask of(Task task) {
        return switch (task) {
            case Normalized(Task inner, var _) -> of(inner);
            case Reparametrized reparametrized -> {
                DeviceTask inner = of(reparametrized.task());
                float[] factors = reparametrized.factors();
                for (int i = 0; i < inner.factors.length; i++) {
                    factors[i] *= inner.factors[i];
                }
                yield new DeviceTask(new Kind(inner.kind.network, inner.kind.batch, true), inner.examples, factors);
            }
            case NetworkTask(var _, Network network, ExampleSource examples, int batch, var _) ->
                new DeviceTask(new Kind(network, batch, false), examples, new float[0]);
            default -> throw new IllegalArgumentException("task '" + task.name() + "': the GPU has no kernels for " + missing(task));
        };
    }

    /** What of a task the device cannot run, in words; empty if it can run it. */
    static List<String> missing(Task task) {
        List<String> missing = new ArrayList<>();
        if (task.gradientDelay() > 0) {
            missing.add("late gradients (augment.delay)");
        }
        switch (task) {
            case Normalized(Task inner, var _) -> missing.addAll(missing(inner));
            case Reparametrized reparametrized -> missing.addAll(missing(reparametrized.task()));
            case NetworkTask network -> {
                missing.addAll(NetworkPlan.missing(network.network()));
                if (!(network.examples() instanceof ImageExamples) && !(network.examples() instanceof TextWindows)) {
                    missing.add("the data " + network.examples().name() + ", which are neither labelled images nor a text");
                }
            }
            default -> missing.add("tasks of class " + task.getClass().getSimpleName());
        }
        return missing;
    }

    /** Initial parameters as a lane on the CPU has them, the same bits; then the factors. */
    float[] initial(Rng rng) {
        int size = kind.network.layout().size();
        float[] parameters = new float[size];
        kind.network.layout().init(rng, parameters);
        float[] row = new float[size + factors.length];
        for (int i = 0; i < size; i++) {
            row[i] = factors.length == 0 ? parameters[i] : parameters[i] / factors[i];
        }
        System.arraycopy(factors, 0, row, size, factors.length);
        return row;
    }
}
