package io.evolo.cli;

import io.evolo.checkpoints.StoredTensor;
import io.evolo.checkpoints.TensorFile;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Task;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The weights of one trained network as safetensors: a tensor of float32 per parameter, under its name and in its shape, (in, out). */
final class TrainedWeights {
    private TrainedWeights() {}

    /** @param params laid out as the task's layout says */
    static void write(Task task, float[] params, String optimizer, int steps, Path file) {
        ParamLayout layout = task.layout();
        TreeMap<String, String> metadata = new TreeMap<>(Map.of("task", task.name(), "optimizer", optimizer, "steps", Integer.toString(steps)));
        layout.specs().forEach(spec -> metadata.put("role." + spec.name(), spec.role().name().toLowerCase(Locale.ROOT)));
        TensorFile.of(
                        IntStream.range(0, layout.tensors())
                                .mapToObj(t -> StoredTensor.of(
                                        layout.spec(t).name(), layout.spec(t).shape().axes(),
                                        Arrays.copyOfRange(params, layout.offset(t), layout.offset(t + 1))))
                                .toList(),
                        metadata)
                .write(file);
    }
}
