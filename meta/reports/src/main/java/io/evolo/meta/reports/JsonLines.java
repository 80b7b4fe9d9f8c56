package io.evolo.meta.reports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.checkpoints.CheckpointException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Files with one JSON object per line, read line by line. */
final class JsonLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonLines() {}

    /** Hands over every line that is an object; what was skipped is returned, a text for each line. */
    static List<String> read(Path file, Consumer<JsonNode> line) {
        List<String> skipped = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(file)) {
            int number = 0;
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                number++;
                try {
                    JsonNode node = JSON.readTree(text);
                    if (!node.isObject()) {
                        skipped.add(file.getFileName() + " line " + number + " is no JSON object");
                        continue;
                    }
                    line.accept(node);
                } catch (JsonProcessingException e) {
                    skipped.add(file.getFileName() + " line " + number + " is cut short or broken: " + e.getOriginalMessage());
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
        }
        return skipped;
    }
}
