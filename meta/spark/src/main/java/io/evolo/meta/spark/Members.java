package io.evolo.meta.spark;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import scala.jdk.javaapi.CollectionConverters;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The executors that are alive, as Spark tells of them. Thread-safe. */
final class Members extends SparkListener {
    private static final Logger LOG = LoggerFactory.getLogger("cluster");

    private static final int LOOK_MILLIS = 100;

    private final SparkContext context;
    private final Map<String, Member> alive = new TreeMap<>();
    private long lastChange = System.nanoTime();
    private boolean closing;

    /**
     * An executor.
     *
     * @param location as Spark takes it for where a task should run
     */
    record Member(String id, String host, int cores) {
        String location() {
            return location(host, id);
        }

        static String location(String host, String id) {
            return "executor_" + host + "_" + id;
        }
    }

    Members(SparkContext context) {
        this.context = context;
    }

    @Override
    public synchronized void onExecutorAdded(SparkListenerExecutorAdded added) {
        add(new Member(added.executorId(), added.executorInfo().executorHost(), added.executorInfo().totalCores()));
    }

    private void add(Member member) {
        if (alive.put(member.id(), member) == null) {
            lastChange = System.nanoTime();
        }
    }

    /** Those that came before anybody listened. */
    private void look() {
        CollectionConverters.asJava(context.statusStore().executorList(true)).stream()
                .filter(one -> one.totalCores() > 0)
                .forEach(one -> add(new Member(one.id(), one.hostPort().replaceFirst(":\\d+$", ""), one.totalCores())));
    }

    @Override
    public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
        Optional<Member> gone = Optional.ofNullable(alive.remove(removed.executorId()));
        if (!closing) {
            gone.ifPresent(member -> LOG.warn(
                    "worker {} lost executor {} ({}); its particles are made again from their last cut",
                    member.host(),
                    member.id(),
                    firstSentence(removed.reason())));
        }
    }

    private static String firstSentence(String text) {
        return text.lines().findFirst().orElse("no reason given").replaceFirst("\\. .*", "");
    }

    /** From now on executors go because they are no longer needed. */
    synchronized void closing() {
        closing = true;
    }

    /**
     * Waits for a first executor, and then until no other one has come for a while.
     *
     * @return whether there is one
     */
    synchronized boolean await(long patienceMillis, long quietMillis) {
        long deadline = System.nanoTime() + patienceMillis * 1_000_000;
        try {
            for (look(); System.nanoTime() < (alive.isEmpty() ? deadline : lastChange + quietMillis * 1_000_000); look()) {
                wait(LOOK_MILLIS); // lets the listener in
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !alive.isEmpty();
    }

    synchronized int cores() {
        return alive.values().stream().mapToInt(Member::cores).sum();
    }

    synchronized int executors() {
        return alive.size();
    }

    synchronized boolean isAlive(String location) {
        return alive.values().stream().anyMatch(member -> member.location().equals(location));
    }

    /** The executor with the least to do per core, if it has so much less than the one at home that a partition should move there. */
    synchronized Optional<String> lighter(String home, Map<String, Long> partitions) {
        Comparator<Member> byLoad = Comparator.comparingDouble(member -> load(member, partitions, 1));
        Optional<Member> here = alive.values().stream().filter(member -> member.location().equals(home)).findFirst();
        return alive.values().stream()
                .min(byLoad)
                .filter(there -> here.isEmpty() || load(there, partitions, 1) < load(here.orElseThrow(), partitions, 0))
                .map(Member::location);
    }

    private static double load(Member member, Map<String, Long> partitions, int more) {
        return (partitions.getOrDefault(member.location(), 0L) + more) / (double) member.cores();
    }
}
