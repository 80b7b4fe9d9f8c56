package io.evolo.meta.spark;

import io.evolo.meta.ExecutorException;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Recipe;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Schema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.reflect.ClassTag;

/**
 * A Spark application as far as this project needs one: jobs with a task for every item, and values that every executor sees. On local
 * threads under Spark's own scheduling, or on a cluster.
 */
final class SparkApplication implements AutoCloseable {
    /** How an application was asked for. */
    private record Opening(String master, Map<String, String> settings) {}

    /** Partitions of the particles; without: one per core that the application has when the run begins. */
    static final String PARTITIONS = "spark.evolo.partitions";

    /** Outer steps between two cuts of a partition. */
    static final String CUT_EVERY = "spark.evolo.cutEvery";

    /** How data come to the workers: {@code path}, where each has them, or {@code broadcast}. */
    static final String DATA = "spark.evolo.data";

    /** Seconds to wait for a first executor. */
    static final String PATIENCE = "spark.evolo.patience";

    private static final int CUT_EVERY_STANDARD = 10;
    private static final int PATIENCE_STANDARD = 60;
    private static final int QUIET_MILLIS = 1000;

    /** What an executor's JVM needs to run the kernels that the driver runs. */
    private static final String JVM = "--add-modules jdk.incubator.vector";

    private static final int BEFORE_SPARKS_OWN = 1000;
    private static final int FAREWELL_SECONDS = 60;

    /** {@code Lost task 0.3 in stage 3.0 (TID 7) (HOST executor 1): java.lang.Error: why}. */
    private static final Pattern FAILURE = Pattern.compile("\\((\\S+) executor \\S+?\\): ([^\\n]*)");

    /** Spark has one application per process: who opens the same again shares it. Guarded by the class. */
    private static final List<SparkApplication> OPEN = new ArrayList<>();

    private final Opening opening;
    private final JavaSparkContext context;
    private final Members members;
    private final String master;
    private int users = 1;
    private final CountDownLatch closed = new CountDownLatch(1);

    private SparkApplication(Opening opening, JavaSparkContext context, Members members, String master) {
        this.opening = opening;
        this.context = context;
        this.members = members;
        this.master = master;
        // On a signal Spark would stop the application at once; a run first finishes its step and writes a checkpoint.
        ShutdownHookManager.get().addShutdownHook(this::awaitClosed, BEFORE_SPARKS_OWN, 2 * FAREWELL_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * The application, begun where there is none yet.
     *
     * @param wanted the master; empty: what the settings or spark-submit say
     * @param settings Spark's own, by their names
     * @throws ConfigException if the master or a setting cannot be
     * @throws ExecutorException if the cluster does not answer or offers too little
     */
    static synchronized SparkApplication open(String wanted, Map<String, String> settings) {
        Opening opening = new Opening(wanted, settings);
        for (SparkApplication one : OPEN) {
            if (one.opening.equals(opening)) {
                one.users++;
                return one;
            }
        }
        SparkApplication begun = begin(opening);
        OPEN.add(begun);
        return begun;
    }

    private static SparkApplication begin(Opening opening) {
        SparkConf conf = conf(opening.master(), opening.settings());
        String master = conf.get("spark.master", "");
        Masters.require(master);
        int patience = number(conf, PATIENCE, PATIENCE_STANDARD);
        number(conf, PARTITIONS, 1);
        number(conf, CUT_EVERY, CUT_EVERY_STANDARD);
        JavaSparkContext context = context(conf, master);
        try {
            Members members = new Members(context.sc());
            context.sc().addSparkListener(members);
            if (!members.await(TimeUnit.SECONDS.toMillis(patience), QUIET_MILLIS)) {
                throw new ExecutorException(Offers.of(context, master).noneWithin(patience));
            }
            return new SparkApplication(opening, context, members, master);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    private static SparkConf conf(String master, Map<String, String> settings) {
        SparkConf conf = new SparkConf();
        settings.forEach(conf::set);
        if (!master.isEmpty()) {
            conf.setMaster(master);
        }
        conf.setIfMissing("spark.app.name", "evolo");
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        conf.setIfMissing("spark.driver.maxResultSize", "0"); // what the particles say is bounded by their number
        conf.set("spark.executor.extraJavaOptions", (JVM + " " + conf.get("spark.executor.extraJavaOptions", "")).strip());
        Path code = Fingerprint.place(SparkApplication.class);
        if (Files.isRegularFile(code)) {
            String jars = conf.get("spark.jars", "");
            conf.set("spark.jars", jars.isEmpty() ? code.toString() : jars + "," + code);
        }
        return conf;
    }

    private static int number(SparkConf conf, String key, int standard) {
        String text = conf.get(key, Integer.toString(standard));
        if (!text.matches("[1-9]\\d{0,8}")) {
            throw new ConfigException(key + " is '" + text + "', expected an integer of at least 1");
        }
        return Integer.parseInt(text);
    }

    private static JavaSparkContext context(SparkConf conf, String master) {
        try {
            return new JavaSparkContext(conf);
        } catch (Exception e) { // Scala declares none, yet SparkException is a checked one
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().lines().findFirst().orElse("");
            throw new ExecutorException("no application could be begun on " + master + ": " + why, e);
        }
    }

    /** The particles of a run, in the partitions that the settings say. */
    SparkExecutor particles(Recipe recipe, ParticleSpec spec) {
        SparkConf conf = context.getConf();
        int cores = Math.max(1, members.cores() / number(conf, "spark.task.cpus", 1));
        return particles(recipe, spec, number(conf, PARTITIONS, cores));
    }

    /** The same in so many partitions, or one for every particle where there are fewer. */
    SparkExecutor particles(Recipe recipe, ParticleSpec spec, int partitions) {
        RunDescription run = new RunDescription(
                UUID.randomUUID().toString(),
                Schema.write(recipe),
                Fingerprint.ofThisProcess(),
                OpenRun.digests(spec),
                Shipment.of(recipe, context.getConf().get(DATA, Shipment.PATH)));
        return particles(run, spec.particles(), partitions);
    }

    SparkExecutor particles(RunDescription run, int particles, int partitions) {
        return new SparkExecutor(
                this, run, particles, Math.min(particles, partitions), number(context.getConf(), CUT_EVERY, CUT_EVERY_STANDARD));
    }

    Members members() {
        return members;
    }

    /** Whether a job runs at this moment. */
    boolean busy() {
        return context.statusTracker().getActiveJobIds().length > 0;
    }

    <T> Broadcast<T> broadcast(T value) {
        return context.broadcast(value);
    }

    /**
     * One task for every item.
     *
     * @param homes where an item's task should run
     * @return in the order of the items
     * @throws ExecutorException if a task fails for good, or the application has come to its end
     * @throws IllegalArgumentException as a task threw it
     */
    <T, R> List<R> run(
            List<T> items,
            Function<T, Optional<String>> homes,
            org.apache.spark.api.java.function.Function<T, R> task) {
        ClassTag<T> any = tag();
        List<Tuple2<T, Seq<String>>> placed = new ArrayList<>();
        for (T item : items) {
            placed.add(new Tuple2<>(item, seq(homes.apply(item).stream().toList())));
        }
        try {
            return new JavaRDD<>(context.sc().makeRDD(seq(placed), any), any).map(task).collect();
        } catch (RuntimeException e) {
            throw translated(e);
        } catch (Exception e) { // Scala declares no exceptions, yet SparkException is a checked one
            throw translated(e);
        }
    }

    private RuntimeException translated(Exception e) {
        String said = String.valueOf(e.getMessage());
        Matcher failure = FAILURE.matcher(said);
        if (!failure.find()) {
            return new ExecutorException("the application on " + master + " came to an end: " + firstLine(said)
                    + "; the run goes on from its last checkpoint with --resume", e);
        }
        String host = failure.group(1);
        String why = failure.group(2);
        if (why.startsWith("java.lang.IllegalArgumentException: ")) {
            return new IllegalArgumentException(why.substring(why.indexOf(' ') + 1), e);
        }
        if (why.contains("UnsupportedClassVersionError")) {
            return new ExecutorException("worker " + host + " runs an older Java than the driver's " + Runtime.version().feature()
                    + "; start it with that one in JAVA_HOME", e);
        }
        if (why.contains("OutOfMemoryError") || why.contains("exited with code 52")) {
            return new ExecutorException("worker " + host + " ran out of memory; give executors more than the "
                    + context.getConf().get("spark.executor.memory", "1g") + " of spark.executor.memory, or use more workers", e);
        }
        return new ExecutorException("worker " + host + " failed: " + why, e);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }

    private static <T> Seq<T> seq(List<T> list) {
        return CollectionConverters.asScala(list).toList();
    }

    /** Of everything: tags matter for arrays of primitives alone. */
    @SuppressWarnings("unchecked")
    private static <T> ClassTag<T> tag() {
        return (ClassTag<T>) ClassTag$.MODULE$.AnyRef();
    }

    private void awaitClosed() {
        try {
            closed.await(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        synchronized (SparkApplication.class) {
            if (--users > 0) {
                return;
            }
            OPEN.remove(this);
        }
        members.closing();
        context.close();
        closed.countDown();
    }
}
