package io.evolo.optimizers.dl4j;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.Normalizer;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Networks in DL4J's zip files that plain DL4J opens too, without this project on its class path: there the updater is Adam at .001
 * without state. What belongs to this project stands beside it: {@code evolo-configuration.json}, the configuration with updater and
 * package, and {@code evolo-updaterState.bin}. Reading a file gives a network that trains on with the same bits.
 *
 * <p>{@code network.save(file)} keeps all of that as well, but its files need this project to be opened.
 *
 * <p>Read only files that you trust: DL4J's reader is not made to withstand others.
 */
public final class NetworkFile {
    private static final String CONFIGURATION = "evolo-configuration.json";
    private static final String STATE = "evolo-updaterState.bin";

    /** What DL4J's ModelSerializer puts before the key of an added object. */
    private static final String OBJECTS = "objects/";

    private NetworkFile() {}

    /** Replaces the file, and keeps the normalizer and the objects that DL4J's {@link ModelSerializer} has added to it. */
    public static void write(MultiLayerNetwork network, Path file) {
        write(network, file, Optional.empty());
    }

    /**
     * Replaces the file, and keeps the objects that DL4J's {@link ModelSerializer} has added to it.
     *
     * @param normalizer of the network's data; {@link ModelSerializer#restoreNormalizerFromFile} reads it
     */
    public static void write(MultiLayerNetwork network, Path file, Normalizer<?> normalizer) {
        write(network, file, Optional.of(normalizer));
    }

    private static void write(MultiLayerNetwork network, Path file, Optional<Normalizer<?>> normalizer) {
        MultiLayerConfiguration plain = LayerConfigurations.copy(network.getLayerWiseConfigurations());
        LayerConfigurations.detach(plain, NetworkFile::plainUpdater);
        MultiLayerNetwork opened = new MultiLayerNetwork(plain);
        opened.init(network.params(), false);
        write(opened, network.getLayerWiseConfigurations().toJson(), network.getUpdater().getStateViewArray(), file, normalizer);
    }

    /** As {@link #write(MultiLayerNetwork, Path)}. */
    public static void write(ComputationGraph network, Path file) {
        write(network, file, Optional.empty());
    }

    /** As {@link #write(MultiLayerNetwork, Path, Normalizer)}. */
    public static void write(ComputationGraph network, Path file, Normalizer<?> normalizer) {
        write(network, file, Optional.of(normalizer));
    }

    private static void write(ComputationGraph network, Path file, Optional<Normalizer<?>> normalizer) {
        ComputationGraphConfiguration plain = LayerConfigurations.copy(network.getConfiguration());
        LayerConfigurations.detach(plain, NetworkFile::plainUpdater);
        ComputationGraph opened = new ComputationGraph(plain);
        opened.init(network.params(), false);
        write(opened, network.getConfiguration().toJson(), network.getUpdater().getStateViewArray(), file, normalizer);
    }

    private static IUpdater plainUpdater(IUpdater updater) {
        return updater instanceof RuleUpdater ? new Adam(1e-3) : updater;
    }

    private static void write(
            Model plain, String configuration, INDArray state, Path file, Optional<Normalizer<?>> normalizer) {
        String temporary = file.getFileName() + "." + ProcessHandle.current().pid();
        Path model = file.resolveSibling(temporary + ".model.tmp");
        Path whole = file.resolveSibling(temporary + ".tmp");
        try {
            try {
                ModelSerializer.writeModel(plain, model.toFile(), false);
                Map<String, byte[]> beside = addedByDl4j(file);
                if (normalizer.isPresent()) {
                    beside.put(ModelSerializer.NORMALIZER_BIN, bytes(normalizer.get()));
                }
                beside.put(CONFIGURATION, configuration.getBytes(StandardCharsets.UTF_8));
                beside.put(STATE, bytes(state));
                join(model, beside, whole);
                Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(model);
                Files.deleteIfExists(whole);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** Not by a file system of the zip: DL4J cannot read the entries that that makes for folders. */
    private static void join(Path model, Map<String, byte[]> beside, Path whole) throws IOException {
        try (ZipFile from = new ZipFile(model.toFile()); ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(whole))) {
            for (ZipEntry entry : Collections.list(from.entries())) {
                to.putNextEntry(new ZipEntry(entry.getName()));
                from.getInputStream(entry).transferTo(to);
            }
            for (Map.Entry<String, byte[]> entry : beside.entrySet()) {
                to.putNextEntry(new ZipEntry(entry.getKey()));
                to.write(entry.getValue());
            }
        }
    }

    private static byte[] bytes(INDArray array) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Nd4j.write(array, new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static byte[] bytes(Normalizer<?> normalizer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        NormalizerSerializer.getDefault().write(normalizer, bytes);
        return bytes.toByteArray();
    }

    /** What DL4J's users add to a saved network; none where there is no file, or one that is no zip. */
    private static Map<String, byte[]> addedByDl4j(Path file) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        if (!Files.isRegularFile(file)) {
            return entries;
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (entry.getName().equals(ModelSerializer.NORMALIZER_BIN) || entry.getName().startsWith(OBJECTS) && !entry.isDirectory()) {
                    entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
                }
            }
            return entries;
        } catch (ZipException e) {
            return entries; // something else, which is to be replaced
        }
    }

    /**
     * Reads a network of layers and attaches its updater.
     *
     * @throws UncheckedIOException if the file cannot be read or is none of ours; the message says what to do
     */
    public static MultiLayerNetwork readLayers(Path file) {
        Content content = read(file);
        MultiLayerConfiguration configuration = MultiLayerConfiguration.fromJson(content.configuration());
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init(content.params(), false);
        network.getUpdater().setStateViewArray(network, content.state(), false);
        return Attach.to(network);
    }

    /** As {@link #readLayers}, of a graph. */
    public static ComputationGraph readGraph(Path file) {
        Content content = read(file);
        ComputationGraph network = new ComputationGraph(ComputationGraphConfiguration.fromJson(content.configuration()));
        network.init(content.params(), false);
        network.getUpdater().setStateViewArray(content.state());
        return Attach.to(network);
    }

    private record Content(String configuration, INDArray params, INDArray state) {}

    private static Content read(Path file) {
        try (FileSystem zip = FileSystems.newFileSystem(file)) {
            if (!Files.exists(zip.getPath(CONFIGURATION))) {
                throw new IOException("it has no " + CONFIGURATION
                        + "; it was saved by DL4J itself, read it with MultiLayerNetwork.load or ComputationGraph.load");
            }
            return new Content(
                    Files.readString(zip.getPath(CONFIGURATION), StandardCharsets.UTF_8),
                    array(zip.getPath(ModelSerializer.COEFFICIENTS_BIN)),
                    array(zip.getPath(STATE)));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static INDArray array(Path entry) throws IOException {
        return Nd4j.read(new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(entry))));
    }
}
