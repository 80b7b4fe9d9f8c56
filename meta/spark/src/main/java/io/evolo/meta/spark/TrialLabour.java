package io.evolo.meta.spark;

import io.evolo.meta.RuleSource;
import io.evolo.meta.TaskOrigin;
import io.evolo.meta.Tasks;
import io.evolo.meta.Trial;
import io.evolo.meta.TrialOrder;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Schema;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.data.DataException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.Function;

/** What an executor does with a training run: makes its task, once for all runs on it, and trains. */
final class TrialLabour implements Function<TrialLabour.Parcel, TrialLabour.Report> {
    private static final long serialVersionUID = 1;
    private static final int NO_WIDTH = 0;
    private static final Map<Place, TaskOrigin.Made> TASKS = new ConcurrentHashMap<>();
    private static final Map<Fingerprint, Optional<String>> DIFFERENCES = new ConcurrentHashMap<>();

    /**
     * A {@link TaskOrigin} that can travel.
     *
     * @param tasks as YAML
     */
    record Place(String tasks, String purpose, long seed, int width, Parametrization.Kind kind) implements java.io.Serializable {
        static Place of(TaskOrigin origin) {
            return new Place(
                    Schema.write(origin.tasks()),
                    origin.purpose(),
                    origin.seed(),
                    origin.width().orElse(NO_WIDTH),
                    origin.parametrization());
        }

        TaskOrigin.Made make() {
            Tasks read = Schema.of(Tasks.class).read(tasks, "the task");
            OptionalInt units = width == NO_WIDTH ? OptionalInt.empty() : OptionalInt.of(width);
            return new TaskOrigin(read, purpose, seed, units, kind).make();
        }
    }

    /**
     * A {@link TrialOrder} that can travel.
     *
     * @param driver what the executor is held to
     * @param data digests of the driver's data
     */
    record Parcel(
            Fingerprint driver,
            Place place,
            List<String> data,
            RuleSource rule,
            int horizon,
            long seed,
            Trial.Purpose purpose,
            int index,
            int examples)
            implements java.io.Serializable {}

    /**
     * What became of it.
     *
     * @param refusal why this executor cannot take part; empty: it did
     * @param trial one where there is no refusal
     */
    record Report(String host, String refusal, List<Trial> trial, List<Float> curve) implements java.io.Serializable {}

    @Override
    public Report call(Parcel parcel) {
        String host = SparkEnv.get().blockManager().blockManagerId().host();
        Optional<String> difference =
                DIFFERENCES.computeIfAbsent(parcel.driver(), driver -> Fingerprint.ofThisProcess().differenceFrom(driver));
        if (difference.isPresent()) {
            return new Report(host, difference.orElseThrow(), List.of(), List.of());
        }
        try {
            TaskOrigin.Made made = TASKS.computeIfAbsent(parcel.place(), Place::make);
            return made.data().equals(parcel.data()) ? train(host, parcel, made) : otherData(host, parcel, made);
        } catch (DataException | ConfigException e) {
            return new Report(host, "it cannot use the task's data: " + e.getMessage(), List.of(), List.of());
        }
    }

    private static Report train(String host, Parcel parcel, TaskOrigin.Made made) {
        Tasks tasks = Schema.of(Tasks.class).read(parcel.place().tasks(), "the task");
        TaskOrigin origin = new TaskOrigin(
                tasks, parcel.place().purpose(), parcel.place().seed(), OptionalInt.empty(), parcel.place().kind());
        TrialOrder.Made trained = new TrialOrder(
                        origin, made.task(), parcel.rule(), parcel.horizon(), parcel.seed(), parcel.purpose(), parcel.index(),
                        parcel.examples())
                .make();
        return new Report(host, "", List.of(trained.trial()), List.copyOf(trained.curve()));
    }

    private static Report otherData(String host, Parcel parcel, TaskOrigin.Made made) {
        return new Report(
                host,
                "its data of the task '" + made.task().name() + "' have the SHA-256 " + made.data() + ", the driver's " + parcel.data()
                        + "; copy the driver's files there",
                List.of(),
                List.of());
    }
}
