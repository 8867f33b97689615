package io.forebay.etl.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file for formats that are not read from front to back. A compressed one is expanded into a file beside it, which is
 * deleted when this is closed.
 */
final class PlainFile implements AutoCloseable {
    private final Path path;
    private final boolean temporary;

    private PlainFile(Path path, boolean temporary) {
        this.path = path;
        this.temporary = temporary;
    }

    static PlainFile of(Path file, Compression compression, int ratioMax) throws IOException {
        if (compression == Compression.NONE) {
            return new PlainFile(file, false);
        }
        PlainFile plain = new PlainFile(Files.createTempFile(file.toAbsolutePath().getParent(),
                file.getFileName() + ".", ".expanded"), true);
        try (ExpandedInput in = ExpandedInput.open(file, compression, ratioMax);
                OutputStream out = Files.newOutputStream(plain.path)) {
            in.transferTo(out);
            return plain;
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        if (temporary) {
            Files.deleteIfExists(path);
        }
    }
}
