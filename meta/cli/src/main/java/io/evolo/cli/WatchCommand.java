package io.evolo.cli;

import io.evolo.meta.reports.LiveServer;
import io.evolo.schema.ConfigException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves a run's live page. */
@Command(
        name = "watch",
        description = {
            "Serves a live page of a meta-training run, from the run directory's files only, until Ctrl-C.",
            "The run need not know of it, and may be finished, interrupted or going on."
        })
final class WatchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "Run directory.")
    private Path run = Path.of("");

    @Option(names = "--port", paramLabel = "N", description = "Port; 0 for any that is free (${DEFAULT-VALUE}).")
    private int port = 6016;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on (this machine only: ${DEFAULT-VALUE}). Whoever reaches another one can read the run.")
    private String host = "127.0.0.1";

    @Override
    public Integer call() throws InterruptedException {
        try (LiveServer server = new LiveServer(run, address(), port)) {
            spec.commandLine().getOut().printf("http://%s:%d/  (Ctrl-C ends)%n", host, server.port());
            spec.commandLine().getOut().flush();
            new CountDownLatch(1).await();
        }
        return ExitCode.DONE;
    }

    private InetAddress address() {
        if (port < 0 || port > 65535) {
            throw new ConfigException("--port is " + port + ", expected 0 to 65535");
        }
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new ConfigException("--host " + host + " is no address of this machine, expected for instance 127.0.0.1");
        }
    }
}
