package io.evolo.meta.cuda;

import io.evolo.tasks.Split;
import io.evolo.tasks.data.Dataset;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** The training parts of data sets in the device's memory, each once. */
final class DataBank {
    private final Device device;
    private final Map<String, Entry> entries = new HashMap<>();

    DataBank(Device device) {
        this.device = device;
    }

    /** Where a data set lies. */
    record Entry(Device.Memory inputs, Device.Memory labels, int examples) {}

    /** The data set's place; it is copied to the device if it is not there yet. */
    Entry entry(Dataset images) {
        return entries.computeIfAbsent(images.sha256(), _ -> upload(images));
    }

    private Entry upload(Dataset images) {
        int count = images.examples(Split.TRAIN);
        int features = images.features();
        float[] inputs = new float[Math.multiplyExact(count, features)];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            images.copyInput(Split.TRAIN, i, inputs, i * features);
            labels[i] = images.label(Split.TRAIN, i);
        }
        return new Entry(device.uploaded(MemorySegment.ofArray(inputs)), device.uploaded(MemorySegment.ofArray(labels)), count);
    }
}
