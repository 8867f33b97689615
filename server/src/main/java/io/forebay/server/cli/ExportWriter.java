package io.forebay.server.cli;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.forebay.client.dataset.NpyWriter;
import io.forebay.model.StoredRecord;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of an export: lines of JSON, or a NumPy array and lines for the rest. Each is written beside its place, and
 * put there when it is whole.
 */
final class ExportWriter implements AutoCloseable {
    private static final String PART = ".part";
    private static final Logger LOG = LoggerFactory.getLogger(ExportWriter.class);
    private static final JsonFactory JSON = new JsonFactory();

    private final JsonGenerator lines;
    private final @Nullable NpyWriter rows;
    private final List<Path> files = new ArrayList<>();

    private ExportWriter(OutputStream lines, @Nullable NpyWriter rows, List<Path> files) throws IOException {
        this.lines = JSON.createGenerator(lines, JsonEncoding.UTF8);
        this.lines.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
        this.rows = rows;
        this.files.addAll(files);
    }

    static ExportWriter toStream(OutputStream out) throws IOException {
        return new ExportWriter(new BufferedOutputStream(out, 1 << 16), null, List.of());
    }

    static ExportWriter jsonl(Path file) throws IOException {
        return new ExportWriter(open(file), null, List.of(file));
    }

    static ExportWriter npy(Path file, Path side, int dimension) throws IOException {
        NpyWriter rows = NpyWriter.create(part(file), dimension);
        try {
            return new ExportWriter(open(side), rows, List.of(file, side));
        } catch (IOException e) {
            rows.close();
            throw e;
        }
    }

    private static OutputStream open(Path file) throws IOException {
        OutputStream raw = Files.newOutputStream(part(file));
        boolean zipped = file.getFileName().toString().endsWith(".gz");
        return new BufferedOutputStream(zipped ? new GZIPOutputStream(raw, 1 << 16) : raw, 1 << 16);
    }

    private static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + PART);
    }

    void write(StoredRecord record) throws IOException {
        StoredRecord line = record;
        if (rows != null) {
            float[] embedding = record.embedding();
            if (embedding == null) {
                throw new IOException(
                        "record '" + record.id() + "' has no embedding, which a .npy cannot say");
            }
            rows.write(embedding);
            line = new StoredRecord(record.id(), null, record.metadata(), record.document(), record.uri());
        }
        lines.writeStartObject();
        RecordOutput.fields(line, lines);
        lines.writeEndObject();
    }

    /** Everything was written. */
    void finish() throws IOException {
        lines.writeRaw('\n');
        lines.close();
        if (rows != null) {
            rows.finish();
            rows.close();
        }
        // Not synced: what a power loss takes of an export is exported again.
        for (Path file : files) {
            Files.move(part(file), file, StandardCopyOption.REPLACE_EXISTING);
        }
        files.clear();
    }

    /** Without {@link #finish} nothing is left. */
    @Override
    public void close() throws IOException {
        try (lines; NpyWriter open = rows) {
            if (files.isEmpty()) {
                return;
            }
        }
        discard();
    }

    /** What is not whole goes; also while somebody still writes to it. */
    void discard() {
        for (Path file : files) {
            try {
                Files.deleteIfExists(part(file));
            } catch (IOException e) {
                LOG.warn("cannot remove {}: {}", part(file), e.getMessage());
            }
        }
    }
}
