package io.evolo.meta.spark;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A master and workers as processes of this machine, as docs/cluster.md starts them. */
final class Cluster implements AutoCloseable {
    private static final Path HOME = Path.of("target", "spark").toAbsolutePath();
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Path folder;
    private final int port = freePort();
    private final List<Process> workers = new ArrayList<>();
    private final Process master;

    /** @param folder for logs and the workers' files */
    Cluster(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        this.master = start("master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", port + "");
        await("master", "I have been elected leader");
    }

    String master() {
        return "spark://127.0.0.1:" + port;
    }

    /** Starts a worker with one core; does not wait for it. */
    void addWorker() throws IOException {
        String name = "worker" + workers.size();
        workers.add(start(
                name, "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "700m",
                "--work-dir", folder.resolve(name).toString(), master()));
    }

    void awaitWorkers() throws IOException, InterruptedException {
        for (int i = 0; i < workers.size(); i++) {
            await("worker" + i, "Successfully registered with master");
        }
    }

    /** As kill -9 does: the worker and its executors are gone without a word. */
    void kill(int worker) {
        List<ProcessHandle> all = new ArrayList<>(workers.get(worker).descendants().toList());
        all.add(workers.get(worker).toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(handle -> handle.onExit().join());
    }

    /** What an application of a test needs: executors with the test's own classes, which are in no jar. */
    static Map<String, String> settings() {
        String own = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Files.isDirectory(Path.of(entry)) || !Files.exists(HOME.resolve("jars").resolve(Path.of(entry).getFileName())))
                .collect(Collectors.joining(File.pathSeparator));
        return Map.of(
                "spark.ui.enabled", "false",
                "spark.driver.host", "127.0.0.1",
                "spark.executor.memory", "500m",
                "spark.executor.extraJavaOptions", "-XX:+UseSerialGC",
                "spark.executor.extraClassPath", own);
    }

    private Process start(String name, String type, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", HOME.resolve("jars") + "/*", type, "--webui-port", "0"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment().put("SPARK_HOME", HOME.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private void await(String name, String line) throws IOException, InterruptedException {
        Path log = folder.resolve(name + ".log");
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!Files.readString(log).contains(line)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(name + " did not say '" + line + "': " + Files.readString(log));
            }
            Thread.sleep(50);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("no free port", e);
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < workers.size(); i++) {
            kill(i);
        }
        master.destroyForcibly().onExit().join();
    }
}
