package io.forebay.server.migrate;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How far a migration is, in a file that only grows, so that it goes on after Ctrl-C or a crash.
 *
 * <p>Format: UTF-8 lines of words, each word URL-encoded ({@code -} for none); the last word is the CRC-32C of what is
 * before it, in 8 hexadecimal digits. A line is never changed; later ones of the same collection (by its id at the source) win.
 * <pre>
 *   forebay-migrate 1 FROM TO
 *   creating SOURCE_ID TENANT DATABASE NAME TARGET_NAME    before a collection is made at the target, or one is taken
 *   created  SOURCE_ID TARGET_ID
 *   forked   SOURCE_ID FORK_NAME                           what is read instead, at the source; - when it was dropped
 *   done     SOURCE_ID RECORDS REFUSED LAST_ID             so many of the source's first records are acknowledged
 *   complete SOURCE_ID
 *   finished
 * </pre>
 *
 * <p>Durability: what is said before something is made is synced; {@code done} is not: who goes on from an older one adds
 * records again that are there, which changes nothing.
 *
 * <p>Threads: any number. One process at a time: the file is locked.
 *
 * <p>Failure: a last line that is torn is cut off; one that is wrong elsewhere is an exception.
 */
public final class MigrationState implements AutoCloseable {
    private static final String MAGIC = "forebay-migrate";
    private static final String VERSION = "1";

    /** What is known of one collection. */
    public static final class Progress {
        @Nullable
        String targetName;
        @Nullable
        UUID target;
        @Nullable
        String fork;
        long records;
        long refused;
        @Nullable
        String lastId;
        boolean complete;
        /** Whether a line of an earlier run said so. */
        boolean isEarlier;
    }

    private final Path file;
    private final FileChannel channel;
    private final Map<UUID, Progress> collections = new LinkedHashMap<>();
    private boolean finished;

    private MigrationState(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** An empty one in the place of whatever is there. */
    public static MigrationState create(Path file, String from, String to) throws IOException {
        MigrationState state = new MigrationState(file, locked(file));
        state.channel.truncate(0);
        state.append(true, MAGIC, VERSION, from, to);
        return state;
    }

    /** The one that is there, of the same servers. */
    public static MigrationState resume(Path file, String from, String to) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException("there is no " + file + " to go on from");
        }
        MigrationState state = new MigrationState(file, locked(file));
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
            MigrationState state = new MigrationState(file, channel);
            state.readLines(false);
            return !state.finished && !state.collections.isEmpty();
        }
    }

    private static FileChannel locked(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new IOException("another migration uses " + file);
        }
        return channel;
    }

    // ---- reading ----

    private void read(String from, String to) throws IOException {
        List<String> head = readLines(true);
        if (!head.get(2).equals(from) || !head.get(3).equals(to)) {
            throw new IOException(file + " is of a migration from " + head.get(2) + " to " + head.get(3)
                    + ", not from " + from + " to " + to);
        }
        collections.values().forEach(progress -> progress.isEarlier = true);
    }

    /** The words of the first line. */
    private List<String> readLines(boolean mends) throws IOException {
        byte[] all = new byte[(int) channel.size()];
        for (ByteBuffer rest = ByteBuffer.wrap(all); rest.hasRemaining();) {
            if (channel.read(rest, rest.position()) < 0) {
                throw new IOException(file + " became shorter while it was read");
            }
        }
        List<String> head = List.of();
        int at = 0;
        int number = 0;
        while (at < all.length) {
            int end = at;
            while (end < all.length && all[end] != '\n') {
                end++;
            }
            String line = new String(all, at, end - at, StandardCharsets.UTF_8);
            if (end == all.length || !isWhole(line)) {
                if (end < all.length - 1 || number == 0) {
                    throw new IOException(file + " is no state of a migration, or damaged, in line "
                            + (number + 1));
                }
                if (mends) {
                    channel.truncate(at); // the process ended while it wrote it
                }
                break;
            }
            List<String> words = words(line.substring(0, line.lastIndexOf(' ')));
            if (number++ == 0) {
                head = head(words);
            } else {
                take(words);
            }
            at = end + 1;
        }
        if (head.isEmpty()) {
            throw new IOException(file + " is no state of a migration");
        }
        if (mends) {
            channel.position(channel.size());
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

    private static boolean isWhole(String line) {
        int last = line.lastIndexOf(' ');
        return last > 0 && line.substring(last + 1).equals(checksum(line.substring(0, last)));
    }

    private void take(List<String> words) throws IOException {
        if (words.get(0).equals("finished")) {
            finished = true;
            return;
        }
        Progress progress = of(UUID.fromString(words.get(1)));
        switch (words.get(0)) {
            case "creating" -> progress.targetName = words.get(5);
            case "created" -> progress.target = UUID.fromString(words.get(2));
            case "forked" -> progress.fork = orNull(words.get(2));
            case "done" -> {
                progress.records = Long.parseLong(words.get(2));
                progress.refused = Long.parseLong(words.get(3));
                progress.lastId = orNull(words.get(4));
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

    synchronized void creating(SourceCollection source, String targetName) throws IOException {
        of(source.id()).targetName = targetName;
        append(true, "creating", source.id().toString(), source.place().tenant(),
                source.place().database(), source.name(), targetName);
    }

    synchronized void created(SourceCollection source, UUID target) throws IOException {
        of(source.id()).target = target;
        append(true, "created", source.id().toString(), target.toString());
    }

    synchronized void forked(SourceCollection source, @Nullable String fork) throws IOException {
        of(source.id()).fork = fork;
        append(fork != null, "forked", source.id().toString(), fork == null ? "-" : fork);
    }

    synchronized void done(SourceCollection source, long records, long refused, String lastId)
            throws IOException {
        Progress progress = of(source.id());
        progress.records = records;
        progress.refused = refused;
        progress.lastId = lastId;
        append(false, "done", source.id().toString(), Long.toString(records), Long.toString(refused),
                lastId);
    }

    synchronized void complete(SourceCollection source) throws IOException {
        of(source.id()).complete = true;
        append(true, "complete", source.id().toString());
    }

    synchronized void finished() throws IOException {
        finished = true;
        append(true, "finished");
    }

    private void append(boolean sync, String... words) throws IOException {
        StringBuilder line = new StringBuilder();
        for (String word : words) {
            line.append(line.isEmpty() ? "" : " ").append(word.equals("-") ? "-" : encoded(word));
        }
        ByteBuffer bytes = ByteBuffer
                .wrap((line + " " + checksum(line.toString()) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        if (sync) {
            channel.force(true);
        }
    }

    private static String encoded(String word) {
        String encoded = URLEncoder.encode(word, StandardCharsets.UTF_8);
        return encoded.equals("-") ? "%2D" : encoded;
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ", -1)) {
            words.add(URLDecoder.decode(word, StandardCharsets.UTF_8));
        }
        return words;
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
    }
}
