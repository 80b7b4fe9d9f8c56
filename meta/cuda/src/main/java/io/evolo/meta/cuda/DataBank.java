package io.evolo.meta.cuda;

import io.evolo.tasks.ExampleSource;
import io.evolo.tasks.ImageExamples;
import io.evolo.tasks.Split;
import io.evolo.tasks.TextWindows;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.data.TokenData;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** The training parts of data in the device's memory, each once. */
final class DataBank {
    private final Device device;
    private final Map<String, Memories> content = new HashMap<>();

    DataBank(Device device) {
        this.device = device;
    }

    private record Memories(Device.Memory inputs, Device.Memory labels) {}

    /**
     * Where data lie.
     *
     * @param examples places that a batch may take an example from
     */
    record Entry(Device.Memory inputs, Device.Memory labels, int examples) {}

    /** The place of the data; they are copied to the device if they are not there yet. */
    Entry entry(ExampleSource examples) {
        Memories memories = content.computeIfAbsent(examples.sha256(), _ -> upload(examples));
        return new Entry(memories.inputs, memories.labels, examples.examples(Split.TRAIN));
    }

    private Memories upload(ExampleSource examples) {
        return switch (examples) {
            case ImageExamples(Dataset images) -> upload(images);
            case TextWindows(TokenData text, int _) -> upload(text);
            default -> throw new IllegalArgumentException("data " + examples.name() + " are neither labelled images nor a text");
        };
    }

    private Memories upload(Dataset images) {
        int count = images.examples(Split.TRAIN);
        int features = images.features();
        float[] inputs = new float[Math.multiplyExact(count, features)];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            images.copyInput(Split.TRAIN, i, inputs, i * features);
            labels[i] = images.label(Split.TRAIN, i);
        }
        return new Memories(device.uploaded(MemorySegment.ofArray(inputs)), device.uploaded(MemorySegment.ofArray(labels)));
    }

    /** A text is its own labels; it has no inputs beside them. */
    private Memories upload(TokenData text) {
        int[] tokens = new int[text.tokens(Split.TRAIN)];
        text.copyWindow(Split.TRAIN, 0, tokens.length, tokens, 0);
        Device.Memory memory = device.uploaded(MemorySegment.ofArray(tokens));
        return new Memories(memory, memory);
    }
}
