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
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
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

    private NetworkFile() {}

    /** Replaces the file. */
    public static void write(MultiLayerNetwork network, Path file) {
        MultiLayerConfiguration plain = LayerConfigurations.copy(network.getLayerWiseConfigurations());
        LayerConfigurations.detach(plain, NetworkFile::plainUpdater);
        MultiLayerNetwork opened = new MultiLayerNetwork(plain);
        opened.init(network.params(), false);
        write(opened, network.getLayerWiseConfigurations().toJson(), network.getUpdater().getStateViewArray(), file);
    }

    /** Replaces the file. */
    public static void write(ComputationGraph network, Path file) {
        ComputationGraphConfiguration plain = LayerConfigurations.copy(network.getConfiguration());
        LayerConfigurations.detach(plain, NetworkFile::plainUpdater);
        ComputationGraph opened = new ComputationGraph(plain);
        opened.init(network.params(), false);
        write(opened, network.getConfiguration().toJson(), network.getUpdater().getStateViewArray(), file);
    }

    private static IUpdater plainUpdater(IUpdater updater) {
        return updater instanceof RuleUpdater ? new Adam(1e-3) : updater;
    }

    private static void write(Model plain, String configuration, INDArray state, Path file) {
        Path temporary = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            try {
                ModelSerializer.writeModel(plain, temporary.toFile(), false);
                add(temporary, configuration, state);
                Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static void add(Path file, String configuration, INDArray state) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(file)) {
            Files.writeString(zip.getPath(CONFIGURATION), configuration, StandardCharsets.UTF_8);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Nd4j.write(state, new DataOutputStream(bytes));
            Files.write(zip.getPath(STATE), bytes.toByteArray());
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
