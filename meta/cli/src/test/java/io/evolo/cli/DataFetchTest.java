package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.evolo.cli.PublishedData.RemoteFile;
import io.evolo.tasks.data.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server on this machine. */
class DataFetchTest {
    private static final byte[] CONTENT = new byte[300_000];

    static {
        new Random(1).nextBytes(CONTENT);
    }

    @TempDir
    private Path folder;

    private HttpServer server;
    private final Map<String, byte[]> files = new TreeMap<>(Map.of("/a.bin", CONTENT));
    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private volatile int breaksAfter = Integer.MAX_VALUE;
    private volatile boolean knowsRanges = true;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] content = files.get(exchange.getRequestURI().getPath());
        String range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add(String.valueOf(range));
        if (content == null) {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
            return;
        }
        int from = range == null || !knowsRanges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
        exchange.getResponseBody().write(content, from, Math.min(content.length - from, breaksAfter));
        exchange.close(); // early: the client sees the connection break
    }

    private RemoteFile remote(String name, byte[] published, String... members) throws Exception {
        String address = "http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort() + "/" + name;
        String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(published));
        return new RemoteFile(address, published.length, sha256, List.of(members));
    }

    private String fetch(RemoteFile... wanted) {
        StringWriter err = new StringWriter();
        new DataFetch(folder.resolve("set"), new PrintWriter(err, true)).fetch(List.of(wanted));
        return err.toString();
    }

    @Test
    void aFileIsFetchedOnce() throws Exception {
        RemoteFile file = remote("a.bin", CONTENT);

        assertThat(fetch(file)).contains("a.bin, 300000 bytes");
        assertThat(folder.resolve("set/a.bin")).hasBinaryContent(CONTENT);
        assertThat(fetch(file)).contains("there already");
        assertThat(ranges).containsExactly("null");
    }

    @Test
    void aFetchThatBrokeOffGoesOnWhereItWas() throws Exception {
        RemoteFile file = remote("a.bin", CONTENT);
        breaksAfter = 100_000;
        assertThatThrownBy(() -> fetch(file)).isInstanceOf(DataException.class).hasMessageContaining("of 300000 bytes are there, the same command goes on");
        long had = Files.size(folder.resolve("set/a.bin.part"));
        assertThat(had).isBetween(1L, 100_000L);
        breaksAfter = Integer.MAX_VALUE;

        assertThat(fetch(file)).contains("from byte " + had + " on");

        assertThat(folder.resolve("set/a.bin")).hasBinaryContent(CONTENT);
        assertThat(ranges).containsExactly("null", "bytes=" + had + "-");
        assertThat(folder.resolve("set/a.bin.part")).doesNotExist();
    }

    @Test
    void aServerWithoutRangesBeginsAnew() throws Exception {
        knowsRanges = false;
        Files.createDirectories(folder.resolve("set"));
        Files.write(folder.resolve("set/a.bin.part"), new byte[1000]);

        fetch(remote("a.bin", CONTENT));

        assertThat(folder.resolve("set/a.bin")).hasBinaryContent(CONTENT);
    }

    @Test
    void anotherContentIsRefusedAndNotKept() throws Exception {
        byte[] published = CONTENT.clone();
        published[7] ^= 1;

        assertThatThrownBy(() -> fetch(remote("a.bin", published))).isInstanceOf(DataException.class).hasMessageContaining("has the SHA-256");
        assertThat(folder.resolve("set")).isEmptyDirectory();
        assertThatThrownBy(() -> fetch(remote("gone.bin", CONTENT))).hasMessageContaining("answers 404");
        assertThatThrownBy(() -> fetch(remote("a.bin", Arrays.copyOf(CONTENT, 400_000)))).hasMessageContaining("gave 300000 bytes, expected 400000");
    }

    @Test
    void ofAnArchiveOnlyItsNamedMembersAreKept() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            for (String name : List.of("cifar/train.bin", "cifar/readme.html", "../../test.bin")) {
                TarArchiveEntry entry = new TarArchiveEntry(name, true);
                entry.setSize(name.length());
                tar.putArchiveEntry(entry);
                tar.write(name.getBytes(StandardCharsets.UTF_8));
                tar.closeArchiveEntry();
            }
        }
        files.put("/c.tar.gz", bytes.toByteArray());
        RemoteFile archive = remote("c.tar.gz", bytes.toByteArray(), "train.bin", "test.bin");

        fetch(archive);

        assertThat(folder.resolve("set").toFile().list()).containsExactlyInAnyOrder("train.bin", "test.bin");
        assertThat(folder.resolve("set/test.bin")).hasContent("../../test.bin");
        assertThat(fetch(archive)).contains("there already");
    }

    @Test
    void everyPublishedSetHasAnAddressASizeAndADigest() {
        assertThat(PublishedData.load().sets()).extracting(PublishedData.Published::name).containsAll(
                FixedTasks.load().tasks().stream().map(task -> task.needs()).filter(need -> !need.isEmpty()).distinct().toList());
        assertThat(PublishedData.load().sets()).flatExtracting(PublishedData.Published::files).allSatisfy(file -> {
            assertThat(file.address()).matches("https?://\\S+");
            assertThat(file.sha256()).matches("[0-9a-f]{64}");
            assertThat(file.bytes()).isPositive();
        });
    }

    @Test
    void namesAreListedAndAWrongOneIsNamed() {
        assertThat(evolo("data", "fetch").out()).contains("mnist", "cifar100", "tinyshakespeare", "170.1");
        assertThat(evolo("data", "fetch", "mnits").err()).contains("mnist");
        assertThat(evolo("train", "adam", "--rate", "0.1", "--task", "ImageMLP_Mnist_128x128x128_Relu").err()).contains("evolo data fetch mnist");
    }
}
