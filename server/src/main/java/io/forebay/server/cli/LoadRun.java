package io.forebay.server.cli;

import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.client.dataset.BadRecordException;
import io.forebay.client.dataset.RecordSource;
import io.forebay.client.dataset.SourceRecord;
import io.forebay.client.load.BulkLoader;
import io.forebay.client.load.LoadCheckpoint;
import io.forebay.client.load.LoadProgress;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Space;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code forebay load}: reads the file in one thread and gives its records to a {@link BulkLoader}, each at its
 * place.
 *
 * <p>Failure: whatever ends it, Ctrl-C included, leaves a checkpoint from which the same command goes on, and says so.
 */
final class LoadRun {
    /** The server's default. */
    private static final int KEY_HOURS = 24;

    private final LoadCommand command;
    private final ForebayClient client;
    private final PrintWriter out;
    private final PrintWriter err;
    private final LoadDisplay.Style style;
    private int dimension;
    private double ackedSeconds;
    private volatile double share;

    LoadRun(LoadCommand command, ForebayClient client) {
        this.command = command;
        this.client = client;
        this.out = command.spec.commandLine().getOut();
        this.err = command.spec.commandLine().getErr();
        this.style = command.json
                ? LoadDisplay.Style.JSON
                : Terminal.isInteractive() ? LoadDisplay.Style.BARS : LoadDisplay.Style.LINES;
    }

    int run() throws IOException, InterruptedException {
        try (RecordSource source = command.source.open(command.file)) {
            String fingerprint = command.source.fingerprint(command.file, command.skip, command.limit);
            LoadCheckpoint found = found();
            CollectionClient collection = collection();
            LoadCheckpoint earlier = ofThisLoad(found, collection);
            if (earlier != null && earlier.complete() && earlier.fingerprint().equals(fingerprint)) {
                say(command.file + " was loaded into " + command.collection + " already, all of it ("
                        + command.checkpoint() + "); --restart loads it again");
                return earlier.refused() > 0 ? LoadCommand.EXIT_REFUSED : 0;
            }
            if (earlier != null) {
                warnOfAge(earlier);
            }
            dimension = dimension(collection, source);
            boolean onlyTouched = earlier != null && command.resume
                    && timeless(earlier.fingerprint()).equals(timeless(fingerprint));
            return load(source, collection, earlier != null,
                    earlier != null && onlyTouched ? earlier.fingerprint() : fingerprint);
        }
    }

    /** A server forgets the names of batches after a while. */
    private void warnOfAge(LoadCheckpoint earlier) {
        long hours = (System.currentTimeMillis() - earlier.writtenMillis()) / 3_600_000;
        if (hours >= KEY_HOURS && !earlier.complete()) {
            err.println("forebay: the checkpoint is " + hours + " hours old: a server remembers batches for "
                    + KEY_HOURS
                    + " hours (ingest.idempotency_window), so the last ones before it may be done once more");
            err.flush();
        }
    }

    private static String timeless(String fingerprint) {
        return fingerprint.replaceAll("modified \\d+", "modified");
    }

    /**
     * Null also for the end of a load of the same file into another collection, perhaps of another server: it says nothing
     * of this one. Of one that is not complete the loader says what is wrong; it is not lost for a wrong name.
     */
    private @Nullable LoadCheckpoint ofThisLoad(@Nullable LoadCheckpoint found, CollectionClient collection) {
        if (found == null || !found.complete() || found.isOf(collection.id(), command.operation())) {
            return found;
        }
        if (command.resume) {
            throw new CommandException("the checkpoint " + command.checkpoint()
                    + " is of a load into another collection or with another operation, which is complete");
        }
        return null;
    }

    private @Nullable LoadCheckpoint found() throws IOException {
        Path file = command.checkpoint();
        if (command.restart) {
            Files.deleteIfExists(file);
        }
        if (!Files.exists(file)) {
            if (command.resume) {
                throw new CommandException("there is no checkpoint " + file + " to go on from");
            }
            return null;
        }
        return LoadCheckpoint.read(file);
    }

    private CollectionClient collection() {
        Space space = command.space();
        CollectionClient found;
        try {
            found = client.collection(command.collection);
        } catch (ForebayException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
            return client.getOrCreateCollection(command.collection,
                    space == null ? CollectionConfig.DEFAULT : CollectionConfig.of(space));
        }
        if (space != null && found.description().space() != space) {
            throw new CommandException("the collection " + command.collection + " has space "
                    + found.description().space().wireName() + ", not " + space.wireName());
        }
        return found;
    }

    /** What embeddings must have; 0 while nobody knows. */
    private int dimension(CollectionClient collection, RecordSource source) {
        int has = collection.description().dimension();
        int wanted = command.dimension == null ? source.dimension() : command.dimension;
        if (source.dimension() != 0 && wanted != source.dimension()) {
            throw new CommandException(
                    command.file + " has dimension " + source.dimension() + ", not " + wanted);
        }
        if (has != 0 && wanted != 0 && has != wanted) {
            throw new CommandException("the collection " + command.collection + " has dimension " + has + ", "
                    + (command.dimension == null ? command.file.toString() : "--dimension") + " has "
                    + wanted);
        }
        return has == 0 ? wanted : has;
    }

    private int load(RecordSource source, CollectionClient collection, boolean goesOn, String fingerprint)
            throws IOException, InterruptedException {
        LoadDisplay display = new LoadDisplay(out, style, command.skip, () -> share);
        try (LoadErrors errors = new LoadErrors(command.errorsFile, goesOn, err)) {
            BulkLoader loader = BulkLoader.builder(client, collection).operation(command.operation())
                    .batchRecords(command.batchRecords()).concurrency(command.concurrency())
                    .errorsMax(command.errorsMax).onError(errors::report).first(command.skip)
                    .patience(Duration.ofSeconds(command.patienceSeconds)).expected(expected(source))
                    .checkpoint(command.checkpoint(), command.file.toString(), fingerprint)
                    .onProgress(style.interval(), display::show).build();
            if (loader.resumed() > 0) {
                say(String.format(Locale.ROOT,
                        "goes on from %s: %,d records are done, the first that is not is %,d",
                        command.checkpoint(), loader.resumed(), loader.resumeFrom()));
            }
            LoadInterrupt interrupt = LoadInterrupt.watch(() -> stopped(loader, display));
            try {
                read(source, loader);
                loader.finish();
                ackedSeconds = loader.progress().elapsedSeconds();
                if (command.wanted() != LoadCommand.Wait.NONE) {
                    collection.flush(FlushPosition.valueOf(command.wanted().name()));
                }
                return finished(loader, display);
            } catch (IOException | RuntimeException failure) {
                interrupt.awaitIfStopped();
                display.end(null);
                loader.stop();
                throw goOn(failure);
            } finally {
                interrupt.forget();
            }
        }
    }

    private long expected(RecordSource source) {
        long known = source.records() < 0 ? -1 : Math.max(0, source.records() - command.skip);
        Long limit = command.limit;
        return limit == null ? known : known < 0 ? -1 : Math.min(limit, known);
    }

    private void read(RecordSource source, BulkLoader loader) throws IOException {
        long end = command.limit == null ? Long.MAX_VALUE : Math.addExact(command.skip, command.limit);
        source.skip(loader.resumeFrom());
        while (source.position() < end) {
            SourceRecord record;
            try {
                record = source.next();
            } catch (BadRecordException bad) {
                loader.refuseAt(bad.position(), bad.id(), String.valueOf(bad.getMessage()));
                continue;
            }
            if (record == null) {
                break;
            }
            if ((record.position() & 255) == 0) {
                share = source.share();
            }
            give(record, loader);
        }
        share = source.share();
    }

    private void give(SourceRecord record, BulkLoader loader) {
        float[] embedding = record.embedding();
        int length = embedding == null ? 0 : embedding.length;
        if (dimension == 0) {
            dimension = length;
        }
        if (embedding == null || length == 0) {
            loader.refuseAt(record.position(), record.id(),
                    "it has no embedding (forebay import has the server make them)");
        } else if (length != dimension) {
            loader.refuseAt(record.position(), record.id(), "its embedding has " + length
                    + " components, those before have " + dimension);
        } else {
            loader.addAt(record.position(), record.id(), embedding, record.document(), record.metadata(),
                    record.uri());
        }
    }

    private int finished(BulkLoader loader, LoadDisplay display) {
        loader.progressAsync().join();
        LoadProgress last = loader.progress();
        loader.close();
        display.end(last);
        if (command.json) {
            say(LoadDisplay.json("done", last));
        } else {
            say(summary(last));
        }
        return last.refused() > 0 ? LoadCommand.EXIT_REFUSED : 0;
    }

    private String summary(LoadProgress last) {
        long here = Math.max(0, last.read() - last.refused());
        String acked = String.format(Locale.ROOT,
                "%,d records are in %s: %,d in this run, acknowledged in %.1f s"
                        + " (%,.0f/s)",
                last.acked(), command.collection, here, ackedSeconds,
                here / Math.max(0.001, ackedSeconds));
        String waited = switch (command.wanted()) {
            case NONE -> "";
            case APPLIED ->
                String.format(Locale.ROOT, ", seen by every read after %.1f s", last.elapsedSeconds());
            case LINKED -> String.format(Locale.ROOT, ", in the index after %.1f s", last.elapsedSeconds());
        };
        return acked + waited
                + (last.refused() == 0
                        ? ""
                        : String.format(Locale.ROOT, "; %,d were refused", last.refused()));
    }

    /** In the shutdown hook. */
    private void stopped(BulkLoader loader, LoadDisplay display) {
        display.end(null);
        loader.stop();
        err.println("forebay: stopped. " + hint());
        err.flush();
    }

    private String hint() {
        return "The same command goes on from " + command.checkpoint() + "; --restart begins anew.";
    }

    private RuntimeException goOn(Exception failure) {
        String what = failure instanceof ForebayException || failure instanceof IOException
                || failure instanceof CommandException
                        ? String.valueOf(failure.getMessage())
                        : failure.toString();
        return new CommandException(what + "\n" + hint());
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
