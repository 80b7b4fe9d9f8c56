package io.evolo.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.Baseline;
import io.evolo.meta.Evaluator;
import io.evolo.meta.JsonNumbers;
import io.evolo.meta.Score;
import io.evolo.meta.Trial;
import io.evolo.meta.scores.Interval;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What an evaluation found, for people and for programs.
 *
 * @param data name of the data set
 * @param tasks of the recipe, of which the first was measured
 * @param beginning the contender that the first one evolved from; empty: none of them is
 * @param cells by width, then horizon
 */
record EvaluationReport(String data, int tasks, String beginning, List<Evaluator.Cell> cells) {

    /** The same, where the first contender evolved from that one. */
    EvaluationReport since(String contender) {
        return new EvaluationReport(data, tasks, contender, cells);
    }

    /** What evolution gained comes first, then how far that is from tuned Adam. */
    void print(PrintWriter out) {
        int seeds = cells.getFirst().baseline().trials().size();
        out.printf("%s, mean of %d seeds ± 95%% interval%n", data, seeds);
        if (tasks > 1) {
            out.printf("of the recipe's %d tasks the first alone is measured here%n", tasks);
        }
        if (!beginning.isEmpty()) {
            printGain(out);
        }
        printAgainstAdam(out);
    }

    private void printGain(PrintWriter out) {
        out.printf("%nWhat evolution gained: train loss before the first outer step and after the last%n");
        Table table = new Table(2, "width", "steps", "before", "after", "after minus before", "");
        for (Evaluator.Cell cell : cells) {
            Score after = cell.scores().getFirst();
            Score before = cell.scores().stream().filter(score -> score.contender().equals(beginning)).findFirst().orElseThrow();
            table.row(String.valueOf(cell.width()), String.valueOf(cell.horizon()), loss(before), loss(after), signed(after.lossMinus(before)),
                    (after.against(before).word(after.trials().size()) + " " + diverged(after)).strip());
        }
        table.print(out);
    }

    private void printAgainstAdam(PrintWriter out) {
        out.printf("%nAgainst Adam at its best setting for every width and length%n");
        Table table = new Table(3, "width", "steps", "optimizer", "train loss", "test accuracy", "loss minus Adam's", "");
        for (Evaluator.Cell cell : cells) {
            String width = String.valueOf(cell.width());
            String steps = String.valueOf(cell.horizon());
            Score adam = cell.baseline();
            table.row(width, steps, named(adam), loss(adam), accuracy(adam), "", diverged(adam));
            for (Score score : cell.scores().stream().filter(score -> !score.contender().equals(beginning)).toList()) {
                Interval difference = score.lossMinus(adam);
                String verdict = score.against(adam).word(score.trials().size()) + " " + diverged(score);
                table.row(width, steps, score.contender(), loss(score), accuracy(score), signed(difference), verdict.strip());
            }
        }
        table.print(out);
    }

    private static String named(Score score) {
        return score.contender() + score.tuned().map(EvaluationReport::setting).orElse("");
    }

    private static String setting(Baseline baseline) {
        return String.format(Locale.ROOT, " %.1e %s", baseline.rate(), baseline.decay().name().toLowerCase(Locale.ROOT));
    }

    private static String loss(Score score) {
        return interval("%.4f ± %.4f", score.trainLoss());
    }

    private static String signed(Interval difference) {
        return interval("%+.4f ± %.4f", difference);
    }

    private static String interval(String format, Interval interval) {
        return Double.isFinite(interval.mean())
                ? String.format(Locale.ROOT, format, interval.mean(), interval.halfWidth())
                : "–";
    }

    /** A dash for tasks that classify nothing. */
    private static String accuracy(Score score) {
        Interval accuracy = score.testAccuracy();
        return accuracy.percent() + (Double.isFinite(accuracy.mean()) ? "%" : "");
    }

    private static String diverged(Score score) {
        return score.diverged() == 0 ? "" : "(" + score.diverged() + " of " + score.trials().size() + " diverged)";
    }

    /** Writes the same as JSON, with every single training run in it. */
    void write(Path file) {
        ObjectMapper mapper = new ObjectMapper();
        try {
            Files.writeString(file, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json(mapper)) + "\n");
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private ObjectNode json(ObjectMapper mapper) {
        ObjectNode root = mapper.createObjectNode();
        root.put("data", data);
        if (!beginning.isEmpty()) {
            root.put("beginning", beginning);
        }
        ArrayNode list = root.putArray("cells");
        for (Evaluator.Cell cell : cells) {
            ObjectNode node = list.addObject();
            node.put("width", cell.width());
            node.put("horizon", cell.horizon());
            ArrayNode scores = node.putArray("scores");
            scores.add(json(cell.baseline(), mapper));
            cell.scores().forEach(score -> scores.add(json(score, mapper)));
        }
        return root;
    }

    private static ObjectNode json(Score score, ObjectMapper mapper) {
        ObjectNode node = mapper.createObjectNode();
        node.put("optimizer", score.contender());
        score.tuned().ifPresent(baseline -> node.set("tuned", mapper.valueToTree(baseline)));
        ArrayNode runs = node.putArray("runs");
        score.trials().forEach(trial -> runs.add(json(trial)));
        return node;
    }

    private static ObjectNode json(Trial trial) {
        ObjectNode node = JsonNumbers.object();
        JsonNumbers.put(node, "trainLoss", trial.trainLoss());
        JsonNumbers.put(node, "validLoss", trial.validLoss());
        JsonNumbers.put(node, "testLoss", trial.testLoss());
        JsonNumbers.put(node, "testAccuracy", trial.testAccuracy());
        JsonNumbers.put(node, "initialLoss", trial.initialLoss());
        node.put("diverged", trial.diverged());
        node.put("divergence", trial.divergence());
        node.put("steps", trial.steps());
        JsonNumbers.put(node, "seconds", trial.seconds());
        JsonNumbers.put(node, "updateSeconds", trial.updateSeconds());
        node.put("stateBytes", trial.stateBytes());
        return node;
    }
}
