package io.evolo.meta.spark;

import io.evolo.meta.Recipe;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.data.DataException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The files of a run's data, sent along with its description, for workers that do not have them at the driver's path.
 *
 * @param files by data source, then by path within it; empty: every worker finds the data where the recipe says
 */
record Shipment(Map<String, Map<String, byte[]>> files) implements Serializable {
    /** As the setting calls it. */
    static final String BROADCAST = "broadcast";

    static final String PATH = "path";

    private static final Set<String> DRAWN = Set.of("default", "strokes", "strokes-thin", "grammar");
    private static final int DEPTH = 3;

    static Shipment none() {
        return new Shipment(new TreeMap<>());
    }

    /**
     * What a setting says.
     *
     * @throws ConfigException if it says neither
     */
    static Shipment of(Recipe recipe, String how) {
        return switch (how) {
            case PATH -> none();
            case BROADCAST -> of(recipe);
            default -> throw new ConfigException(
                    SparkApplication.DATA + " is '" + how + "', expected " + PATH + " or " + BROADCAST);
        };
    }

    private static Shipment of(Recipe recipe) {
        Set<String> sources = new TreeSet<>();
        recipe.on(source -> {
            sources.add(source);
            return source;
        });
        sources.removeAll(DRAWN);
        Map<String, Map<String, byte[]>> files = new TreeMap<>();
        sources.forEach(source -> files.put(source, read(Path.of(source))));
        return new Shipment(files);
    }

    private static Map<String, byte[]> read(Path source) {
        Map<String, byte[]> content = new TreeMap<>();
        Path root = Files.isDirectory(source) ? source : source.toAbsolutePath().getParent();
        try (Stream<Path> walk = Files.walk(source, DEPTH)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                content.put(root.relativize(root.equals(source) ? file : file.toAbsolutePath()).toString(), Files.readAllBytes(file));
            }
            return content;
        } catch (IOException e) {
            throw new DataException("data source " + source + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The recipe on the files that were sent, which are written below a folder.
     *
     * @param folder an executor's own
     */
    Recipe unpack(Recipe recipe, Path folder) {
        Map<String, String> places = new TreeMap<>();
        files.forEach((source, content) -> places.put(source, write(source, content, folder.resolve("source" + places.size()))));
        return recipe.on(source -> places.getOrDefault(source, source));
    }

    /** Under the name that the source has, for data sets are called after it. */
    private static String write(String source, Map<String, byte[]> content, Path folder) {
        String name = Path.of(source).toAbsolutePath().normalize().getFileName().toString();
        boolean single = content.size() == 1 && content.containsKey(name);
        Path root = single ? folder : folder.resolve(name);
        try {
            for (Map.Entry<String, byte[]> file : content.entrySet()) {
                Path place = root.resolve(file.getKey());
                Files.createDirectories(place.getParent());
                Files.write(place, file.getValue());
            }
            return folder.resolve(name).toString();
        } catch (IOException e) {
            throw new DataException("data cannot be written to " + folder + ": " + e.getMessage(), e);
        }
    }
}
