package io.evolo.meta.spark;

import io.evolo.meta.ExecutorException;
import io.evolo.meta.TaskOrigin;
import io.evolo.meta.TrialExecutor;
import io.evolo.meta.TrialOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Training runs on the executors of a Spark application, each a job of one task. Thread-safe. */
final class SparkTrials implements TrialExecutor {
    private final SparkApplication application;
    private final Fingerprint driver = Fingerprint.ofThisProcess();
    private final Map<TaskOrigin, Sent> sent = new ConcurrentHashMap<>();

    /** A task, and the digests of its data here. */
    record Sent(TrialLabour.Place place, List<String> data) {}

    /** @param application closed with this */
    SparkTrials(SparkApplication application) {
        this.application = application;
    }

    @Override
    public int parallel() {
        return Math.max(1, application.members().cores());
    }

    @Override
    public TrialOrder.Made make(TrialOrder order) {
        Sent origin = know(order.origin());
        TrialLabour.Parcel parcel = new TrialLabour.Parcel(
                driver, origin.place(), origin.data(), order.rule(), order.horizon(), order.seed(), order.purpose(), order.index(),
                order.examples());
        TrialLabour.Report report =
                application.run(List.of(parcel), one -> Optional.empty(), new TrialLabour()).getFirst();
        if (!report.refusal().isEmpty()) {
            throw new ExecutorException("worker " + report.host() + " cannot take part: " + report.refusal());
        }
        return new TrialOrder.Made(report.trial().getFirst(), report.curve());
    }

    /** What the executors are told of a task, and held to. */
    Sent know(TaskOrigin origin) {
        return sent.computeIfAbsent(origin, one -> new Sent(TrialLabour.Place.of(one), one.make().data()));
    }

    @Override
    public void close() {
        application.close();
    }
}
