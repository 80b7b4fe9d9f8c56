package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.util.Event;

class EventFileTest {
    @TempDir
    private Path folder;

    @Test
    void tensorFlowsOwnClassesReadWhatWasWritten() throws IOException {
        Path file = folder.resolve("events.out.tfevents.evolo");
        EventFile events = new EventFile(file);
        events.begin(1000.5);
        events.add(1001.25, 20, new TreeMap<>(Map.of("meta/metaLoss", 0.5, "meta/laneSteps", 3200.0)));
        events.add(1002, 1L << 40, new TreeMap<>(Map.of("meta/metaLoss", Double.NaN)));

        List<Event> read = read(file);
        assertThat(read).hasSize(3);
        assertThat(read.get(0).getFileVersion()).isEqualTo("brain.Event:2");
        assertThat(read.get(0).getWallTime()).isEqualTo(1000.5);
        assertThat(read.get(1).getStep()).isEqualTo(20);
        assertThat(read.get(1).getWallTime()).isEqualTo(1001.25);
        assertThat(read.get(1).getSummary().getValueList())
                .extracting(v -> v.getTag() + "=" + v.getSimpleValue())
                .containsExactly("meta/laneSteps=3200.0", "meta/metaLoss=0.5");
        assertThat(read.get(2).getStep()).isEqualTo(1L << 40);
        assertThat(read.get(2).getSummary().getValue(0).getSimpleValue()).isNaN();
    }

    @Test
    void theChecksumOfALengthIsTensorFlowsMaskedOne() throws IOException {
        Path file = folder.resolve("events");
        new EventFile(file).begin(0);
        // 24 bytes of event; the masked CRC32C of the eight bytes 18 00 … 00, as TensorFlow's masked_crc32c gives it.
        assertThat(Files.readAllBytes(file)).startsWith(0x18, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22);
    }

    static List<Event> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] event = new byte[(int) bytes.getLong()];
            bytes.getInt();
            bytes.get(event);
            bytes.getInt();
            events.add(Event.parseFrom(event));
        }
        return events;
    }
}
