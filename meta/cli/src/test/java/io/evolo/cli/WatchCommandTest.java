package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class WatchCommandTest {
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/");

    @TempDir
    private Path folder;

    @Test
    void unlessToldOtherwiseItListensOnThisMachineAlone() throws Exception {
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.writeString(run.resolve("config.yaml"), "name: tiny\n");
        Files.writeString(run.resolve("metrics.jsonl"), "{\"outerStep\":1}\n");
        EvoloProcess watching = EvoloProcess.start(folder, List.of(), "watch", run.toString(), "--port", "0");
        try {
            int port = port(watching);
            new Socket(InetAddress.getByName("127.0.0.1"), port).close();
            Optional<InetAddress> other = outward();
            assumeTrue(other.isPresent(), "this machine has no address but its own");
            assertThatThrownBy(() -> new Socket(other.get(), port).close()).isInstanceOf(ConnectException.class);
        } finally {
            watching.process().destroyForcibly().waitFor();
        }
    }

    private static int port(EvoloProcess watching) throws IOException, InterruptedException {
        Matcher address = ADDRESS.matcher("");
        while (!address.find()) {
            assertThat(watching.process().isAlive()).as(Files.readString(watching.err())).isTrue();
            Thread.sleep(10);
            address = ADDRESS.matcher(Files.readString(watching.out()));
        }
        return Integer.parseInt(address.group(1));
    }

    private static Optional<InetAddress> outward() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
    }

    @Test
    void whatIsNoRunAndWhatIsNoAddressIsRefused() {
        assertThat(evolo("watch", folder.resolve("none").toString(), "--port", "0").err()).contains(folder.resolve("none").toString());
        assertThat(evolo("watch", folder.toString(), "--port", "70000").err()).contains("--port is 70000, expected 0 to 65535");
    }
}
