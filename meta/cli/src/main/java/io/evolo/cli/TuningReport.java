package io.evolo.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.JsonNumbers;
import io.evolo.meta.Trial;
import io.evolo.meta.tune.Candidate;
import io.evolo.meta.tune.Findings;
import io.evolo.meta.tune.Quartiles;
import io.evolo.meta.tune.Spent;
import io.evolo.meta.tune.StabilityCurve;
import io.evolo.meta.tune.Tried;
import io.evolo.meta.tune.Tuned;
import io.evolo.meta.tune.TuningPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What a tuning run found, for people and for programs.
 *
 * @param task its name
 */
record TuningReport(String task, TuningPlan plan, Findings findings) {

    void print(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s, %d steps; chosen by %s loss over %d tuning seeds, then %d fresh seeds: median [quartiles]%n",
                task,
                plan.steps(),
                word(plan.select()),
                plan.seedsWhileTuning(),
                plan.seeds());
        Table table = new Table(
                3, "optimizer", "schedule", "best setting", "tuning loss", "fresh train loss", "fresh test loss", "test accuracy",
                "settings", "trials");
        findings.tuned().forEach(tuned -> table.row(
                tuned.optimizer(),
                word(tuned.annealing()),
                setting(tuned.best().candidate()),
                loss(tuned.best().loss(plan.select())),
                quartiles(tuned.fresh(Trial::trainLoss)),
                quartiles(tuned.fresh(Trial::testLoss)),
                accuracy(tuned.fresh(Trial::testAccuracy).median()),
                String.valueOf(tuned.candidates()),
                String.valueOf(tuned.tuning().trials())));
        table.print(out);
        findings.tuned().forEach(tuned -> notes(tuned)
                .forEach(note -> out.println("note: " + tuned.optimizer() + " " + word(tuned.annealing()) + ": " + note)));
        if (!findings.curves().isEmpty()) {
            printCurves(out);
        }
        out.println(spent("spent: ", findings.spent()));
    }

    private void printCurves(PrintWriter out) {
        out.println();
        out.printf(
                Locale.ROOT,
                "stability: what keeps %.0f%% of the best value's gain over no training, the rest of the setting as chosen%n",
                100 * StabilityCurve.KEPT);
        Table table = new Table(4, "optimizer", "schedule", "axis", "good values", "of", "best value", "loss", "diverged");
        for (StabilityCurve curve : findings.curves()) {
            List<Tried> good = curve.good(plan.select());
            Tried best = curve.best(plan.select());
            String range = good.isEmpty()
                    ? "none"
                    : good.size() + ": " + number(curve.value(good.getFirst())) + " … " + number(curve.value(good.getLast()));
            table.row(
                    curve.center().optimizer(),
                    word(curve.center().annealing()),
                    curve.hyperparameter(),
                    range,
                    String.valueOf(curve.points().size()),
                    number(curve.value(best)),
                    loss(best.loss(plan.select())),
                    String.valueOf(curve.points().stream().filter(point -> point.diverged() > 0).count()));
        }
        table.print(out);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** As many digits as it takes to see what was chosen. */
    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e4
                ? String.format(Locale.ROOT, "%.0f", value)
                : Double.toString(Double.parseDouble(String.format(Locale.ROOT, "%.3g", value))).replaceFirst("\\.0(?=E|$)", "").replace('E', 'e');
    }

    /** The rate, then what the tier searched beside it. */
    private String setting(Candidate candidate) {
        String rate = Candidate.RATE + " " + number(candidate.rate());
        return switch (plan.tier()) {
            case DEFAULT, LR -> rate;
            case RATE_DECAY -> rate + beside(candidate, name -> name.equals(Candidate.DECAY) || Candidate.AUXILIARY_RATES.contains(name));
            case SOBOL, BAYES, LIST -> rate + beside(candidate, name -> !name.equals(Candidate.RATE));
        };
    }

    private static String beside(Candidate candidate, Predicate<String> shown) {
        return candidate.values().entrySet().stream()
                .filter(value -> shown.test(value.getKey()))
                .map(value -> ", " + value.getKey() + " " + number(value.getValue()))
                .collect(Collectors.joining());
    }

    /** A dash for tasks that classify nothing. */
    private static String accuracy(double accuracy) {
        return Double.isFinite(accuracy) ? String.format(Locale.ROOT, "%.1f%%", 100 * accuracy) : "–";
    }

    private static String loss(double loss) {
        return Double.isFinite(loss) ? String.format(Locale.ROOT, "%.4f", loss) : "diverged";
    }

    private static String quartiles(Quartiles quartiles) {
        return loss(quartiles.median()) + " [" + loss(quartiles.low()) + ", " + loss(quartiles.high()) + "]";
    }

    private static List<String> notes(Tuned tuned) {
        List<String> notes = new ArrayList<>(tuned.notes());
        if (tuned.best().diverged() > 0) {
            notes.add(tuned.best().diverged() + " of " + tuned.best().trials().size() + " diverged while tuning");
        }
        if (tuned.divergedFresh() > 0) {
            notes.add(tuned.divergedFresh() + " of " + tuned.fresh().size() + " diverged on fresh seeds");
        }
        return notes;
    }

    private static String spent(String what, Spent spent) {
        return String.format(
                Locale.ROOT, "%s%d trials, %.3g lane-steps, %s of training on one thread", what, spent.trials(),
                (double) spent.laneSteps(), Progress.duration(spent.seconds()));
    }

    /** Writes the same as JSON, with every figure in it. Losses of diverged trials are null. */
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
        root.put("task", task);
        root.put("steps", plan.steps());
        root.put("tier", word(plan.tier()));
        root.put("select", word(plan.select()));
        root.put("tuningSeeds", plan.seedsWhileTuning());
        root.put("seeds", plan.seeds());
        ArrayNode results = root.putArray("results");
        findings.tuned().forEach(tuned -> put(tuned, results.addObject()));
        ArrayNode curves = root.putArray("stability");
        findings.curves().forEach(curve -> put(curve, curves.addObject()));
        put(findings.spent(), root.putObject("spent"));
        return root;
    }

    private void put(Tuned tuned, ObjectNode node) {
        put(tuned.best().candidate(), node);
        JsonNumbers.put(node, "tuningLoss", tuned.best().loss(plan.select()));
        put("freshTrainLoss", tuned.fresh(Trial::trainLoss), node);
        put("freshValidLoss", tuned.fresh(Trial::validLoss), node);
        put("freshTestLoss", tuned.fresh(Trial::testLoss), node);
        put("freshTestAccuracy", tuned.fresh(Trial::testAccuracy), node);
        node.put("divergedFresh", tuned.divergedFresh());
        node.put("settings", tuned.candidates());
        ArrayNode bestOf = node.putArray("bestOf");
        for (double loss : tuned.bestOf()) {
            bestOf.add(loss);
        }
        ArrayNode notes = node.putArray("notes");
        notes(tuned).forEach(notes::add);
        put(tuned.tuning(), node.putObject("spentTuning"));
        put(tuned.judging(), node.putObject("spentJudging"));
    }

    private static void put(Candidate candidate, ObjectNode node) {
        node.put("optimizer", candidate.optimizer());
        node.put("schedule", word(candidate.annealing()));
        ObjectNode values = node.putObject("hyperparameters");
        candidate.values().forEach(values::put);
    }

    private void put(StabilityCurve curve, ObjectNode node) {
        put(curve.center(), node);
        node.put("axis", word(curve.axis()));
        node.put("hyperparameter", curve.hyperparameter());
        ArrayNode points = node.putArray("points");
        for (Tried point : curve.points()) {
            ObjectNode one = points.addObject();
            one.put("value", curve.value(point));
            losses("trainLosses", point, Trial::trainLoss, one);
            losses("validLosses", point, Trial::validLoss, one);
            losses("testLosses", point, Trial::testLoss, one);
        }
    }

    private static void losses(
            String key, Tried point, ToDoubleFunction<Trial> figure, ObjectNode node) {
        ArrayNode losses = node.putArray(key);
        for (Trial trial : point.trials()) {
            double loss = figure.applyAsDouble(trial);
            if (Double.isFinite(loss)) {
                losses.add(loss);
            } else {
                losses.addNull();
            }
        }
    }

    private static void put(String key, Quartiles quartiles, ObjectNode node) {
        ObjectNode three = node.putObject(key);
        JsonNumbers.put(three, "low", quartiles.low());
        JsonNumbers.put(three, "median", quartiles.median());
        JsonNumbers.put(three, "high", quartiles.high());
    }

    private static void put(Spent spent, ObjectNode node) {
        node.put("trials", spent.trials());
        node.put("laneSteps", spent.laneSteps());
        node.put("seconds", spent.seconds());
    }
}
