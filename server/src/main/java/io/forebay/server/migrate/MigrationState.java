package io.forebay.server.migrate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far a migration is, in a file that only grows, so that it goes on after Ctrl-C or a crash.
 *
 * <p>Format: UTF-8 lines of words, each word URL-encoded ({@code -} for none); the last word is the CRC-32C of what is
 * before it, in 8 hexadecimal digits. A line is never changed; later ones of the same collection (by its id at the source) win.
 * <pre>
 *   forebay-migrate 1 FROM TO
 *   creating SOURCE_ID TENANT DATABASE NAME TARGET_NAME    before a collection is made at the target
 *   taken    SOURCE_ID TENANT DATABASE NAME TARGET_NAME    instead, when it is merged into one that others have made
 *   created  SOURCE_ID TARGET_ID
 *   forked   SOURCE_ID FORK_NAME                           what is read instead, at the source; - when it was dropped
 *   refused  SOURCE_ID ID                                  the target does not take this record
 *   done     SOURCE_ID RECORDS REFUSED LAST_ID             so many of the source's first records are acknowledged
 *   complete SOURCE_ID
 *   finished                                               all is copied and the same, unless creating, taken or done follows
 * </pre>
 *
 * <p>Durability: what is said before something is made is synced; {@code done} and {@code refused} are not: who goes on
 * from an older one adds records again that are there, which changes nothing.
 *
 * <p>Threads: any number. One process at a time: the file is locked.
 *
 * <p>Failure: as {@link StateLines}.
 */
public final class MigrationState implements AutoCloseable {
    private static final String MAGIC = "forebay-migrate";
    private static final String VERSION = "1";

    /** What is known of one collection. */
    public static final class Progress {
        @Nullable
        String targetName;
        /** Whether the target had it, with records of others. */
        boolean isTaken;
        @Nullable
        UUID target;
        @Nullable
        String fork;
        long records;
        long refused;
        @Nullable
        String lastId;
        boolean complete;
        final Set<String> refusedIds = new HashSet<>();
    }

    private final Path file;
    private final StateLines lines;
    private final Map<UUID, Progress> collections = new LinkedHashMap<>();
    private boolean finished;

    MigrationState(Path file, StateLines lines) {
        this.file = file;
        this.lines = lines;
    }

    /** An empty one in the place of whatever is there. */
    public static MigrationState create(Path file, String from, String to) throws IOException {
        MigrationState state = new MigrationState(file, StateLines.locked(file));
        try {
            state.begin(from, to);
            return state;
        } catch (IOException | RuntimeException e) {
            state.close();
            throw e;
        }
    }

    void begin(String from, String to) throws IOException {
        lines.clear();
        lines.append(true, MAGIC, VERSION, from, to);
    }

    /** The one that is there, of the same servers. */
    public static MigrationState resume(Path file, String from, String to) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException("there is no " + file + " to go on from");
        }
        MigrationState state = new MigrationState(file, StateLines.locked(file));
        try {
            state.read(from, to);
            return state;
        } catch (IOException | RuntimeException e) {
            state.close();
            throw e;
        }
    }

    /** Whether there is one that did not come to its end. */
    public static boolean isUnfinished(Path file) throws IOException {
        if (!Files.exists(file) || Files.size(file) == 0) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MigrationState state = new MigrationState(file, new StateLines(file, channel));
            state.readLines(false);
            return !state.finished && !state.collections.isEmpty();
        }
    }

    // ---- reading ----

    private void read(String from, String to) throws IOException {
        List<String> head = readLines(true);
        if (!head.get(2).equals(from) || !head.get(3).equals(to)) {
            throw new IOException(file + " is of a migration from " + head.get(2) + " to " + head.get(3)
                    + ", not from " + from + " to " + to);
        }
    }

    /** The words of the first line. */
    private List<String> readLines(boolean mends) throws IOException {
        List<String> head = new ArrayList<>();
        lines.read(mends, words -> {
            if (head.isEmpty()) {
                head.addAll(head(words));
            } else {
                take(words);
            }
        });
        if (head.isEmpty()) {
            throw new IOException(file + " is no state of a migration");
        }
        return head;
    }

    private List<String> head(List<String> words) throws IOException {
        if (!words.get(0).equals(MAGIC) || words.size() != 4) {
            throw new IOException(file + " is no state of a migration");
        }
        if (!words.get(1).equals(VERSION)) {
            throw new IOException(file + " is of version " + words.get(1) + ", this Forebay knows version "
                    + VERSION);
        }
        return words;
    }

    private void take(List<String> words) throws IOException {
        if (words.get(0).equals("finished")) {
            finished = true;
            return;
        }
        Progress progress = of(UUID.fromString(words.get(1)));
        switch (words.get(0)) {
            case "creating", "taken" -> {
                progress.targetName = words.get(5);
                progress.isTaken = words.get(0).equals("taken");
                finished = false;
            }
            case "created" -> progress.target = UUID.fromString(words.get(2));
            case "forked" -> progress.fork = orNull(words.get(2));
            case "refused" -> progress.refusedIds.add(words.get(2));
            case "done" -> {
                progress.records = Long.parseLong(words.get(2));
                progress.refused = Long.parseLong(words.get(3));
                progress.lastId = orNull(words.get(4));
                finished = false;
            }
            case "complete" -> progress.complete = true;
            default -> throw new IOException(file + " has a line that begins with " + words.get(0));
        }
    }

    private static @Nullable String orNull(String word) {
        return word.equals("-") ? null : word;
    }

    // ---- writing ----

    synchronized Progress of(UUID source) {
        return collections.computeIfAbsent(source, id -> new Progress());
    }

    /** @param isTaken whether the target has it already, with records of others */
    synchronized void creating(SourceCollection source, String targetName, boolean isTaken)
            throws IOException {
        Progress progress = of(source.id());
        progress.targetName = targetName;
        progress.isTaken = isTaken;
        lines.append(true, isTaken ? "taken" : "creating", source.id().toString(), source.place().tenant(),
                source.place().database(), source.name(), targetName);
    }

    synchronized void created(SourceCollection source, UUID target) throws IOException {
        of(source.id()).target = target;
        lines.append(true, "created", source.id().toString(), target.toString());
    }

    synchronized void forked(SourceCollection source, @Nullable String fork) throws IOException {
        of(source.id()).fork = fork;
        lines.append(fork != null, "forked", source.id().toString(), fork);
    }

    synchronized void refused(SourceCollection source, String id) throws IOException {
        if (of(source.id()).refusedIds.add(id)) {
            lines.append(false, "refused", source.id().toString(), id);
        }
    }

    synchronized void done(SourceCollection source, long records, long refused, String lastId)
            throws IOException {
        Progress progress = of(source.id());
        progress.records = records;
        progress.refused = refused;
        progress.lastId = lastId;
        lines.append(false, "done", source.id().toString(), Long.toString(records), Long.toString(refused),
                lastId);
    }

    synchronized void complete(SourceCollection source) throws IOException {
        of(source.id()).complete = true;
        lines.append(true, "complete", source.id().toString());
    }

    synchronized void finished() throws IOException {
        finished = true;
        lines.append(true, "finished");
    }

    @Override
    public synchronized void close() throws IOException {
        lines.close();
    }
}
