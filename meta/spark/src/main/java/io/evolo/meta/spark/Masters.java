package io.evolo.meta.spark;

import io.evolo.meta.ExecutorException;
import io.evolo.schema.ConfigException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code --master} may be. */
final class Masters {
    private static final Pattern LOCAL = Pattern.compile("local|local\\[(\\*|\\d+)(, *\\d+)?]|local-cluster\\[.*]");
    private static final Pattern STANDALONE = Pattern.compile("spark://[^:,/]+:\\d+(,[^:,/]+:\\d+)*");
    private static final int PATIENCE_MILLIS = 5000;

    private Masters() {}

    /**
     * Refuses a master that cannot be, or does not answer: Spark itself would try for a minute, and then not say which host.
     *
     * @throws ConfigException if it is no master
     * @throws ExecutorException if nothing listens there
     */
    static void require(String master) {
        if (STANDALONE.matcher(master).matches()) {
            List<String> said = addresses(master).map(Masters::knock).toList();
            if (said.stream().noneMatch(String::isEmpty)) {
                throw new ExecutorException("master " + master + " does not answer (" + String.join(", ", said)
                        + "); start it as docs/cluster.md says, or correct --master");
            }
        } else if (!LOCAL.matcher(master).matches()) {
            throw new ConfigException("--master " + (master.isEmpty() ? "is missing" : "is '" + master + "'")
                    + ", expected local[2] or spark://host:port");
        }
    }

    private static Stream<String> addresses(String master) {
        return Stream.of(master.substring("spark://".length()).split(","));
    }

    /** Why it does not answer; empty: it does. */
    private static String knock(String address) {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                    PATIENCE_MILLIS);
            return "";
        } catch (IOException | IllegalArgumentException e) {
            return address + ": " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        }
    }
}
