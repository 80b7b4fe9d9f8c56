package io.evolo.cli;

import io.evolo.meta.Execution;
import io.evolo.schema.ConfigException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Where a command does its work. */
final class ExecutorOptions {

    @Option(names = "--threads", paramLabel = "N", description = "Threads of this process (all: ${DEFAULT-VALUE}).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--executor",
            paramLabel = "NAME",
            description = "Where the work is done (${DEFAULT-VALUE}): local, or another that is installed, as spark or NAME:ADDRESS.")
    private String executor = "local";

    @Option(
            names = "--master",
            paramLabel = "URL",
            description = "The executor's address: of Spark local[2] or spark://host:port (docs/cluster.md).")
    private String master = "";

    @Option(
            names = "--cluster",
            paramLabel = "KEY=VALUE",
            description = "One of the executor's own settings, as spark.executor.memory=4g; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--cluster-file",
            paramLabel = "FILE",
            description = "A properties file of such settings, for secrets that no command line should show.")
    private String file = "";

    /**
     * What the options say.
     *
     * @throws ConfigException if there is no such executor, or options contradict each other
     */
    Execution execution() {
        if (threads < 1) {
            throw new ConfigException("--threads is " + threads + ", expected at least 1");
        }
        Execution chosen = Execution.of(executor, threads);
        if (chosen.isLocal() && (!master.isEmpty() || !settings.isEmpty() || !file.isEmpty())) {
            throw new ConfigException("--master, --cluster and --cluster-file are of executors that are not local, as --executor spark");
        }
        if (!master.isEmpty() && !chosen.address().isEmpty()) {
            throw new ConfigException("--executor " + executor + " and --master " + master + " both say where; give one of them");
        }
        return chosen.at(master.isEmpty() ? chosen.address() : master, settings());
    }

    private Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>();
        if (!file.isEmpty()) {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(Path.of(file))) {
                properties.load(reader);
            } catch (IOException e) {
                throw new ConfigException("--cluster-file " + file + " cannot be read: " + e.getMessage());
            }
            properties.stringPropertyNames().forEach(key -> all.put(key, properties.getProperty(key).strip()));
        }
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new ConfigException("--cluster '" + setting + "', expected KEY=VALUE, as spark.executor.memory=4g");
            }
            all.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return all;
    }
}
