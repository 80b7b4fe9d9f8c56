package io.evolo.meta.reports;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.scores.Envelopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** From run directories to pages. */
public final class Reports {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Reports() {}

    /**
     * Reads a run directory of any kind.
     *
     * @throws CheckpointException if it is none, or holds nothing to report yet
     */
    public static Report read(Path run) {
        return read(run, Envelopes.NONE);
    }

    /**
     * The same, with the scores of an evaluation in a published unit too.
     *
     * @throws CheckpointException as {@link #read(Path)}
     */
    public static Report read(Path run, Envelopes envelopes) {
        if (MetaTraining.isOne(run)) {
            return MetaTraining.report(run);
        }
        if (Tuning.isOne(run)) {
            return Tuning.report(run);
        }
        if (Comparison.isOne(run)) {
            return Generalisation.report(run, envelopes);
        }
        if (SavedReport.isOne(run)) {
            return SavedReport.read(run);
        }
        throw new CheckpointException(run
                + " is no run directory: expected metrics.jsonl in it, as evolo meta-train makes it, trials.jsonl, as evolo tune does,"
                + " suite.json, as evolo evaluate --suite does, or findings.json, as evolo check-mup --run does");
    }

    /**
     * Several runs on one page: what their configurations differ in, and their curves over each other.
     *
     * @param runs at least two directories
     * @throws CheckpointException as {@link #read(Path)}
     */
    public static Report sideBySide(List<Path> runs) {
        return SideBySide.report(runs);
    }

    /**
     * Keeps a report in a directory, for {@link #read(Path)}.
     *
     * @throws CheckpointException if the directory cannot be written
     */
    public static void save(Report report, Path run) {
        try {
            SavedReport.write(report, run);
        } catch (IOException e) {
            throw new CheckpointException("report in " + run + " cannot be kept: " + e.getMessage(), e);
        }
    }

    /** The page alone. */
    public static String page(Report report) {
        return Page.of(report);
    }

    /**
     * Writes {@code report.html}, {@code report.json} and a PNG and an SVG of every figure in {@code figures/}.
     *
     * @return what could not be drawn, one line each: the page is complete all the same
     * @throws CheckpointException if the folder cannot be written
     */
    public static List<String> write(Report report, Path folder) {
        List<String> failed = new ArrayList<>();
        try {
            Path figures = Files.createDirectories(folder.resolve("figures"));
            Files.writeString(folder.resolve("report.html"), Page.of(report));
            JSON.writeValue(folder.resolve("report.json").toFile(), report);
            System.setProperty("java.awt.headless", "true");
            failed.addAll(report.figures().parallelStream().flatMap(figure -> draw(figure, figures)).toList());
        } catch (IOException | UncheckedIOException e) {
            throw new CheckpointException("report in " + folder + " cannot be written: " + e.getMessage(), e);
        }
        return failed;
    }

    /** What went wrong, if something did. */
    private static Stream<String> draw(Figure figure, Path folder) {
        try {
            FigureFiles.write(figure, folder);
            return Stream.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException | LinkageError e) { // AWT's way of saying that the machine has no font
            return Stream.of("figure " + figure.id() + " was not drawn as a file: " + e);
        }
    }
}
