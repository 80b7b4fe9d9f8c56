package io.evolo.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A clone of the launcher on a machine with a shell's tools, curl or wget, and tar, but no Java and no Maven; and the server that has small
 * archives of both. Its JDK echoes how it was called, its Maven makes the two jars that the launcher copies.
 */
final class BareMachine implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    private static final Path CHECKOUT = Path.of("").toAbsolutePath().getParent().getParent();
    private static final List<String> TOOLS = List.of(
            "bash", "env", "tar", "gzip", "cat", "cp", "date", "dirname", "find", "flock", "mkdir", "mktemp", "mv", "readlink", "rm",
            "sha256sum", "sleep", "touch");

    final Path clone;
    final Path home;
    final AtomicInteger requests = new AtomicInteger();
    private final Path folder;
    private final Path tools;
    private final Map<String, String> environment = new HashMap<>();
    private final HttpServer server;

    /** How the server answers. */
    enum Answer {
        WHOLE,
        SLOWLY,
        HALF
    }

    volatile Answer answer = Answer.WHOLE;

    /** @param clone a folder's name within {@code folder} */
    BareMachine(Path folder, String clone, String downloader) throws IOException, InterruptedException {
        this.folder = folder;
        this.clone = folder.resolve(clone);
        this.home = Files.createDirectories(folder.resolve("a home"));
        this.tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : TOOLS) {
            provide(tool);
        }
        provide(downloader);
        script(tools.resolve("uname"), "[ \"$1\" = -s ] && echo Linux || echo x86_64");
        environment.put("HOME", home.toString());
        environment.put("PATH", tools.toString());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        for (String file : List.of("evolo", "mvnw", ".mvn/tools.sh", "pom.xml")) {
            copy(file);
        }
        write("tasks/src/main/java/A.java", "");
        write(".mvn/jdk-folders.txt", "# none but those of the home folder\n~/.jdks/*\n");
        Path jdk = jdk();
        jdkHasSha256(sha256(jdk));
        Path maven = maven();
        String pinned = "distributionUrl=%s/org/apache/maven/apache-maven-9.9-bin.tar.gz%ndistributionSha256Sum=%s%n";
        write(".mvn/wrapper/maven-wrapper.properties", pinned.formatted(address(), sha256(maven)));
        server.createContext("/jdk-25.0.9+1/jdk.tar.gz", exchange -> send(exchange, jdk));
        server.createContext("/org/apache/maven/apache-maven-9.9-bin.tar.gz", exchange -> send(exchange, maven));
    }

    private void provide(String tool) throws IOException {
        for (String place : List.of("/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin")) {
            if (Files.isExecutable(Path.of(place, tool))) {
                script(tools.resolve(tool), "exec " + Path.of(place, tool) + " \"$@\"");
                return;
            }
        }
        throw new IOException(tool + " is not on this machine");
    }

    void without(String tool) throws IOException {
        Files.delete(tools.resolve(tool));
    }

    void set(String variable, String value) {
        environment.put(variable, value);
    }

    /** As a start with an unknown processor would find it. */
    void processor(String name) throws IOException {
        script(tools.resolve("uname"), "[ \"$1\" = -s ] && echo Linux || echo " + name);
    }

    void jdkHasSha256(String sha256) throws IOException {
        String row = " %s %s/jdk-25.0.9%%2B1/jdk.tar.gz%n".formatted(sha256, address());
        write(".mvn/jdk-archives.txt", "# a comment\nLinux-x86_64" + row + "Linux-musl-x86_64" + row);
    }

    void write(String file, String text) throws IOException {
        Files.createDirectories(clone.resolve(file).getParent());
        Files.writeString(clone.resolve(file), text);
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void copy(String file) throws IOException {
        Files.createDirectories(clone.resolve(file).getParent());
        Files.copy(CHECKOUT.resolve(file), clone.resolve(file));
    }

    private Path jdk() throws IOException, InterruptedException {
        Path top = folder.resolve("jdk-25.0.9+1");
        script(top.resolve("bin/java"), "echo \"java $*\"; echo \"under ${LC_ALL:-no} locale\"; exec sleep \"${EVOLO_TEST_PAUSE:-0}\"");
        script(top.resolve("bin/javac"), "exit 1");
        Files.writeString(top.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.9\"\n");
        return archive(top);
    }

    private Path maven() throws IOException, InterruptedException {
        Path top = folder.resolve("apache-maven-9.9");
        script(top.resolve("bin/mvn"), """
                echo "$JAVA_HOME $*" >>"$HOME/builds"
                echo "[INFO] Building Evolo: tasks 1                 [1/8]"
                echo "[INFO] Building jar: a.jar"
                [ ! -e "$HOME/broken" ] || { echo "[ERROR] A.java: does not compile"; exit 1; }
                mkdir -p "$PWD/meta/cli/target/lib" && touch "$PWD/meta/cli/target/evolo-cli-1.jar" "$PWD/meta/cli/target/lib/b.jar"
                """);
        return archive(top);
    }

    private Path archive(Path top) throws IOException, InterruptedException {
        Path archive = folder.resolve(top.getFileName() + ".tar.gz");
        int code = new ProcessBuilder("tar", "-czf", archive.toString(), "-C", folder.toString(), top.getFileName().toString())
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("tar failed");
        }
        return archive;
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
    }

    private void send(HttpExchange exchange, Path file) throws IOException {
        requests.incrementAndGet();
        byte[] bytes = Files.readAllBytes(file);
        Answer how = answer;
        exchange.sendResponseHeaders(200, bytes.length);
        try (exchange) {
            if (how == Answer.SLOWLY) {
                TimeUnit.MILLISECONDS.sleep(500);
            }
            exchange.getResponseBody().write(bytes, 0, how == Answer.HALF ? bytes.length / 2 : bytes.length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    EvoloProcess start(String... command) throws IOException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(clone.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new EvoloProcess(builder.start(), out, err);
    }

    EvoloProcess.Outcome run(String... command) throws IOException, InterruptedException {
        return start(command).await();
    }

    void stopServer() {
        server.stop(0);
    }

    /** How often Maven ran, and with which JDK and options. */
    List<String> builds() throws IOException {
        Path log = home.resolve("builds");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
