package io.evolo.cli;

import io.evolo.schema.ConfigException;
import io.evolo.schema.Default;
import io.evolo.schema.Names;
import io.evolo.schema.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The published data sets that {@code evolo data fetch} knows; {@code datasets.yaml}. */
record PublishedData(List<Published> sets) {

    /**
     * One data set.
     *
     * @param name of its folder, as the fixed tasks call it
     * @param about one line
     */
    record Published(String name, String about, List<RemoteFile> files) {}

    /**
     * One file to fetch.
     *
     * @param address where
     * @param bytes its size
     * @param sha256 in hexadecimal
     * @param members files of a tar archive that are kept in its place; empty: the file itself is
     */
    record RemoteFile(String address, long bytes, String sha256, @Default("[]") List<String> members) {
        String name() {
            return address.substring(address.lastIndexOf('/') + 1);
        }
    }

    static PublishedData load() {
        try (InputStream in = PublishedData.class.getResourceAsStream("datasets.yaml")) {
            return Schema.of(PublishedData.class).read(new String(in.readAllBytes(), StandardCharsets.UTF_8), "datasets.yaml");
        } catch (IOException e) {
            throw new UncheckedIOException("reading the published data sets from the class path failed", e);
        }
    }

    /** @throws ConfigException if there is none of that name */
    Published named(String name) {
        return sets.stream()
                .filter(set -> set.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ConfigException(Names.unknown("data set", name, sets.stream().map(Published::name).toList())));
    }
}
