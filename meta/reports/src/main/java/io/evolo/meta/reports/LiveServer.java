package io.evolo.meta.reports;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A live page of a meta-training run, over HTTP, from the run directory's files alone: the run neither knows nor needs it. Serves
 * {@code /} (the page), {@code /events} (the lines of {@code metrics.jsonl} as server-sent events, from the first, then as they come)
 * and {@code /run/NAME} (those files of the run directory that are meant to be read). Other paths, links that lead outside, and requests for another host name than
 * the one that is listened on are refused, so that no page from elsewhere can read a run through the reader's browser.
 */
public final class LiveServer implements AutoCloseable {
    /** Of a run's files those that a reader may have. */
    private static final List<String> SERVED = List.of("config.yaml", "metrics.jsonl", "log.txt", "validation.jsonl", "evaluation.json");

    private static final long POLL_MILLIS = 500;
    private static final long MOST_AT_ONCE = 1 << 20; // bytes

    private final Path run;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> hosts;

    /**
     * Listens at once.
     *
     * @param run directory of a meta-training run
     * @param address to listen on
     * @param port 0: any that is free
     * @throws CheckpointException if the directory holds no run or the port is taken
     */
    public LiveServer(Path run, InetAddress address, int port) {
        if (!Files.isRegularFile(run.resolve("config.yaml"))) {
            throw new CheckpointException(run + " is no run directory: it holds no config.yaml, expected one that meta-train --run has made");
        }
        try {
            this.run = run.toRealPath();
            this.server = HttpServer.create(new InetSocketAddress(address, port), 0);
        } catch (IOException e) {
            throw new CheckpointException("cannot serve " + run + " at " + address.getHostAddress() + " port " + port + ": "
                    + e.getMessage() + "; choose another port, or 0 for any", e);
        }
        int bound = server.getAddress().getPort();
        this.hosts = address.isAnyLocalAddress()
                ? Set.of()
                : Stream.of("localhost", literal(address), address.getHostName())
                        .map(name -> name + ":" + bound)
                        .collect(Collectors.toUnmodifiableSet());
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
            URI uri = exchange.getRequestURI();
            if (!hosts.isEmpty() && !hosts.contains(host)) {
                send(exchange, 403, "text/plain", "host " + host + " is not served here");
            } else if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                send(exchange, 405, "text/plain", "only GET and HEAD are served");
            } else if (uri.getPath().indexOf('\0') >= 0) {
                send(exchange, 400, "text/plain", "the path holds a NUL");
            } else if (uri.getPath().equals("/")) {
                send(exchange, 200, "text/html; charset=utf-8", page());
            } else if (uri.getPath().equals("/events")) {
                sendEvents(exchange);
            } else if (uri.getPath().startsWith("/run/")) {
                sendFile(exchange, uri.getPath().substring("/run/".length()));
            } else {
                send(exchange, 404, "text/plain", "nothing is served at " + uri.getPath());
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        head(exchange, type);
        if (isHead(exchange)) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static boolean isHead(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("HEAD");
    }

    private static void head(HttpExchange exchange, String type) {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders()
                .set(
                        "Content-Security-Policy",
                        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:");
    }

    private void sendFile(HttpExchange exchange, String name) throws IOException {
        Path file = run.resolve(SERVED.contains(name) ? name : "");
        boolean inside = Files.isRegularFile(file) && file.toRealPath().startsWith(run);
        if (!inside) {
            send(exchange, 404, "text/plain", "the run has no file " + name + " to read, of " + String.join(", ", SERVED));
            return;
        }
        head(exchange, "text/plain; charset=utf-8"); // never a page of its own right
        if (isHead(exchange)) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            Files.copy(file, out);
        }
    }

    /** Ends when the reader goes away: the next write then fails. */
    private void sendEvents(HttpExchange exchange) throws IOException {
        head(exchange, "text/event-stream");
        if (isHead(exchange)) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        Path metrics = run.resolve("metrics.jsonl");
        while (!threads.isShutdown()) {
            write(out, "event: begin\ndata: {}\n\n");
            if (Files.exists(metrics)) {
                follow(metrics, out);
            } else {
                pause(out);
            }
        }
    }

    /** Sends whole lines as they come, until the file is replaced by a shorter one, as a resumed run does. */
    private void follow(Path metrics, OutputStream out) throws IOException {
        try (SeekableByteChannel in = Files.newByteChannel(metrics)) {
            while (!threads.isShutdown() && Files.exists(metrics) && Files.size(metrics) >= in.position()) {
                for (String line : wholeLines(in)) {
                    write(out, "event: line\ndata: " + line + "\n\n");
                }
                pause(out);
            }
        }
    }

    /** What has come since the last call, up to the last end of a line. */
    private static List<String> wholeLines(SeekableByteChannel in) throws IOException {
        long from = in.position();
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(Math.min(in.size() - from, MOST_AT_ONCE)));
        in.read(bytes);
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        int end = text.lastIndexOf('\n') + 1;
        in.position(from + end);
        return text.substring(0, end).lines().toList();
    }

    private static void pause(OutputStream out) throws IOException {
        write(out, ": still here\n\n");
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server stops", e);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private String page() {
        StringBuilder html = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n");
        html.append("<title>").append(Page.escaped(run.getFileName().toString())).append("</title>\n<style>\n");
        html.append(Page.resource("uplot/uPlot.min.css")).append(Page.resource("page.css")).append(Page.resource("live.css"));
        html.append("</style>\n</head>\n<body>\n<main>\n<h1>Meta-training ").append(Page.escaped(run.getFileName().toString()));
        html.append("</h1>\n<p id=\"state\" role=\"status\">no interval yet</p>\n");
        for (String chart : new String[] {"metaLoss", "signalToNoise", "gradientNorm", "diverged", "pace"}) {
            html.append("<div class=\"chart\" id=\"chart-").append(chart).append("\"></div>\n");
        }
        html.append("<p><a href=\"run/config.yaml\">config.yaml</a> <a href=\"run/metrics.jsonl\">metrics.jsonl</a>");
        html.append(" <a href=\"run/log.txt\">log.txt</a></p>\n</main>\n<script>").append(Page.resource("uplot/uPlot.iife.min.js"));
        return html.append("</script>\n<script>\n").append(Page.resource("live.js")).append("</script>\n</body>\n</html>\n").toString();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
    }
}
