package io.forebay.server.cli;

import io.forebay.client.load.RecordError;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Bad records: lines of JSON in a file, if one is named, and the first ones on standard error. Called by one thread at a
 * time.
 */
final class LoadErrors implements AutoCloseable {
    private static final int SHOWN_MAX = 10;

    private final @Nullable Path file;
    private final boolean append;
    private final PrintWriter err;
    private @Nullable Writer out;
    private int shown;

    LoadErrors(@Nullable Path file, boolean append, PrintWriter err) {
        this.file = file;
        this.append = append;
        this.err = err;
    }

    synchronized void report(RecordError error) {
        if (file != null) {
            write(file, error);
        }
        if (shown < SHOWN_MAX) {
            err.println("refused: " + line(error));
        } else if (shown == SHOWN_MAX) {
            err.println("refused: and more" + (file == null
                    ? ", which --errors FILE would name"
                    : ", see " + file));
        }
        shown++;
        err.flush();
    }

    /** The reason of a record that was read badly names file and place already. */
    private static String line(RecordError error) {
        return "record " + error.position() + (error.id() == null ? "" : " ('" + error.id() + "')") + ": "
                + error.reason();
    }

    private void write(Path to, RecordError error) {
        try {
            Writer lines = out;
            if (lines == null) {
                lines = Files.newBufferedWriter(to, StandardCharsets.UTF_8, StandardOpenOption.CREATE,
                        append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                out = lines;
            }
            lines.write(WalLines.json(json -> {
                json.writeNumberField("position", error.position());
                json.writeStringField("id", error.id());
                json.writeStringField("code", error.code().wireName());
                json.writeNumberField("status", error.code().httpStatus());
                json.writeStringField("reason", error.reason());
            }) + "\n");
            lines.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + to, e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (out != null) {
            out.close();
        }
    }
}
