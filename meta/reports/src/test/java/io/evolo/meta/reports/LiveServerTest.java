package io.evolo.meta.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.checkpoints.CheckpointException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Speaks HTTP by hand: a client library would tidy up the very requests that must be refused. */
@Timeout(60)
class LiveServerTest {
    @TempDir
    private Path folder;

    private Path run;
    private LiveServer server;

    @BeforeEach
    void serve() throws IOException {
        run = Files.createDirectory(folder.resolve("run"));
        Files.writeString(folder.resolve("secret.txt"), "secret");
        Files.writeString(run.resolve("config.yaml"), "name: tiny\n");
        Files.writeString(run.resolve("metrics.jsonl"), "{\"outerStep\":1}\n{\"outerStep\":2}\n{\"outer");
        server = new LiveServer(run, InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void thePageCarriesAllItNeeds() throws IOException {
        String page = get("/", "127.0.0.1:" + server.port());
        assertThat(page).startsWith("HTTP/1.1 200").contains("<h1>Meta-training run</h1>", "uPlot", "Content-security-policy");
        assertThat(page.substring(0, page.indexOf("<script>"))).doesNotContain("src=", "https:");
    }

    @Test
    void filesOfTheRunAreServedAndNoOthers() throws IOException {
        String host = "localhost:" + server.port();
        assertThat(get("/run/config.yaml", host)).startsWith("HTTP/1.1 200").contains("name: tiny", "text/plain");
        assertThat(get("/run/../secret.txt", host)).startsWith("HTTP/1.1 404");
        assertThat(get("/run/%2e%2e/secret.txt", host)).startsWith("HTTP/1.1 404");
        assertThat(get("/run//etc/passwd", host)).startsWith("HTTP/1.1 404");
        assertThat(get("/other", host)).startsWith("HTTP/1.1 404");
    }

    @Test
    void ofARunOnlyWhatIsMeantToBeReadIsServed() throws IOException {
        String host = "localhost:" + server.port();
        Files.writeString(run.resolve("notes.txt"), "mine");
        Files.writeString(run.resolve("lock"), "4711");
        for (String name : List.of("notes.txt", "lock", "", ".")) {
            assertThat(get("/run/" + name, host)).as(name).startsWith("HTTP/1.1 404");
        }
    }

    @Test
    void aDirectoryWithoutARunIsRefused() {
        assertThatThrownBy(() -> new LiveServer(folder, InetAddress.getLoopbackAddress(), 0))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is no run directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/run/config.yaml", "/events"})
    void headersAloneAreServedToo(String path) throws IOException {
        String answer = exchange("HEAD", path, "localhost:" + server.port());
        assertThat(answer).startsWith("HTTP/1.1 200");
        assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).isEmpty();
    }

    @Test
    void aPathWithANulIsAnswered() throws IOException {
        assertThat(get("/run/%00", "localhost:" + server.port())).startsWith("HTTP/1.1 400");
    }

    @Test
    void aLinkThatLeadsOutsideIsNotFollowed() throws IOException {
        Files.createSymbolicLink(run.resolve("log.txt"), folder.resolve("secret.txt"));
        assertThat(get("/run/log.txt", "localhost:" + server.port())).startsWith("HTTP/1.1 404").doesNotContain("secret\n");
    }

    @Test
    void anotherHostNameIsRefused() throws IOException {
        assertThat(get("/", "evil.example:" + server.port())).startsWith("HTTP/1.1 403");
    }

    @Test
    void linesArriveWholeAndAsTheyComeAndAnewWhenARunIsResumed() throws IOException {
        try (Socket socket = connect("/events", "localhost:" + server.port())) {
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertThat(nextData(in)).as("begin").isEqualTo("{}");
            assertThat(nextData(in)).isEqualTo("{\"outerStep\":1}");
            assertThat(nextData(in)).isEqualTo("{\"outerStep\":2}");
            Files.writeString(run.resolve("metrics.jsonl"), "Step\":3}\n", StandardOpenOption.APPEND);
            assertThat(nextData(in)).isEqualTo("{\"outerStep\":3}");
            Files.writeString(run.resolve("metrics.jsonl"), "{\"outerStep\":1}\n");
            assertThat(nextData(in)).as("begin").isEqualTo("{}");
            assertThat(nextData(in)).isEqualTo("{\"outerStep\":1}");
        }
    }

    private static String nextData(BufferedReader in) throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("data: ")) {
                return line.substring("data: ".length());
            }
        }
        return "the stream ended";
    }

    private String get(String path, String host) throws IOException {
        return exchange("GET", path, host);
    }

    private String exchange(String method, String path, String host) throws IOException {
        try (Socket socket = connect(method, path, host)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Socket connect(String path, String host) throws IOException {
        return connect("GET", path, host);
    }

    private Socket connect(String method, String path, String host) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.getOutputStream()
                .write((method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
