package io.evolo.meta.reports;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The report of a command whose measurement is short, as a coordinate check is: all of it in {@code findings.json}. */
final class SavedReport {
    private static final String NAME = "findings.json";
    private static final ObjectMapper JSON = new ObjectMapper().addMixIn(Figure.class, Kinds.class);

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Figure.Lines.class, name = "lines"),
        @JsonSubTypes.Type(value = Figure.HeatMap.class, name = "heatMap")
    })
    private interface Kinds {}

    private SavedReport() {}

    static boolean isOne(Path run) {
        return Files.exists(run.resolve(NAME));
    }

    static Report read(Path run) {
        Path file = run.resolve(NAME);
        try {
            return JSON.readValue(file.toFile(), Report.class);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(file + " is no whole report: " + e.getOriginalMessage() + "; make it again", e);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    static void write(Report report, Path run) throws IOException {
        Files.createDirectories(run);
        Files.writeString(run.resolve(NAME), JSON.writeValueAsString(report) + "\n");
    }
}
