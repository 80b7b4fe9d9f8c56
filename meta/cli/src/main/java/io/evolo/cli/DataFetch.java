package io.evolo.cli;

import io.evolo.tasks.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Fetches published files into a folder. What is under way is called {@code NAME.part}; a fetch that broke off goes on where it was. A
 * file gets its name, and an archive is unpacked, once its size and SHA-256 are right.
 *
 * @param err gets a line per file and per tenth of it
 */
record DataFetch(Path folder, PrintWriter err) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BUFFER = 1 << 16;

    /** @throws DataException if a file cannot be had whole, or is another than was published */
    void fetch(List<PublishedData.RemoteFile> files) {
        try {
            Files.createDirectories(folder);
            for (PublishedData.RemoteFile file : files) {
                if (isThere(file)) {
                    err.println(file.name() + " is there already");
                } else {
                    fetch(file);
                }
            }
        } catch (IOException e) {
            throw new DataException(folder + " cannot be written: " + e.getMessage() + "; is the disk full?", e);
        }
    }

    /** An archive's members were checked before they were unpacked; a file is checked again. */
    private boolean isThere(PublishedData.RemoteFile file) {
        Path path = folder.resolve(file.name());
        return file.members().isEmpty()
                ? Files.isRegularFile(path) && DataCommand.sha256(path).equals(file.sha256())
                : file.members().stream().allMatch(member -> Files.isRegularFile(folder.resolve(member)));
    }

    private void fetch(PublishedData.RemoteFile file) throws IOException {
        Path part = folder.resolve(file.name() + ".part");
        download(file, part);
        String got = DataCommand.sha256(part);
        if (!got.equals(file.sha256())) {
            Files.delete(part);
            throw new DataException(file.address() + " has the SHA-256 " + got + ", expected " + file.sha256()
                    + ", as it was published; it was changed or damaged on the way, nothing is kept");
        }
        if (file.members().isEmpty()) {
            Files.move(part, folder.resolve(file.name()), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } else {
            unpack(file, part);
            Files.delete(part);
        }
    }

    private void download(PublishedData.RemoteFile file, Path part) throws IOException {
        long have = Files.exists(part) ? Files.size(part) : 0;
        if (have == file.bytes()) {
            return;
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(file.address())).timeout(PATIENCE);
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        try (HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).connectTimeout(PATIENCE).build()) {
            HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            boolean goesOn = response.statusCode() == 206;
            if (response.statusCode() != 200 && !goesOn) {
                throw new DataException(file.address() + " answers " + response.statusCode() + ", expected 200; is it still the address?");
            }
            err.println(file.name() + ", " + file.bytes() + " bytes" + (goesOn ? ", from byte " + have + " on" : ""));
            copy(response.body(), part, goesOn ? have : 0, file);
        } catch (IOException e) {
            long now = Files.exists(part) ? Files.size(part) : 0;
            throw new DataException(file.address() + " cannot be fetched: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
                    + "; " + now + " of " + file.bytes() + " bytes are there, the same command goes on with them", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException(file.address() + ": interrupted; the same command goes on", e);
        }
        long now = Files.size(part);
        if (now != file.bytes()) {
            throw new DataException(file.address() + " gave " + now + " bytes, expected " + file.bytes() + "; the same command goes on with them");
        }
    }

    /** Never takes more than the published size. */
    private void copy(InputStream body, Path part, long from, PublishedData.RemoteFile file) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long at = from;
        StandardOpenOption how = from > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
        try (InputStream in = body; OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
            for (int read = in.read(buffer); read >= 0 && at < file.bytes(); read = in.read(buffer)) {
                int taken = (int) Math.min(read, file.bytes() - at);
                out.write(buffer, 0, taken);
                long tenth = 10 * at / file.bytes();
                at += taken;
                if (10 * at / file.bytes() > tenth && at < file.bytes()) {
                    err.println("  " + 100 * at / file.bytes() + "%");
                }
            }
        }
    }

    private void unpack(PublishedData.RemoteFile file, Path archive) throws IOException {
        List<String> missing = new ArrayList<>(file.members());
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(archive), BUFFER))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = Path.of(entry.getName()).getFileName().toString();
                if (missing.remove(name)) { // no other name is written, so none leads out of the folder
                    Path unpacked = folder.resolve(name + ".part");
                    Files.copy(tar, unpacked, StandardCopyOption.REPLACE_EXISTING);
                    Files.move(unpacked, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new DataException(archive + " has no " + String.join(", ", missing));
        }
    }
}
