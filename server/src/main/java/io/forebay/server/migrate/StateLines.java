package io.forebay.server.migrate;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file of a {@link MigrationState}: lines of URL-encoded words and a checksum, behind each other.
 *
 * <p>Threads: one at a time. Processes: one, if {@link #locked}.
 *
 * <p>Failure: a last line that is torn is cut off when it is read; one that is wrong elsewhere is an exception. A line that
 * cannot be written whole is taken back; if that fails too, nothing is appended any more, so that nothing stands behind it.
 */
final class StateLines implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private boolean isTorn;

    StateLines(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static StateLines locked(Path file) throws IOException {
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
        return new StateLines(file, channel);
    }

    /** Takes the words of one line. */
    interface Taker {
        void take(List<String> words) throws IOException;
    }

    /** @param mends whether a torn line is cut off, so that others can be appended */
    void read(boolean mends, Taker taker) throws IOException {
        byte[] all = new byte[(int) channel.size()];
        for (ByteBuffer rest = ByteBuffer.wrap(all); rest.hasRemaining();) {
            if (channel.read(rest, rest.position()) < 0) {
                throw new IOException(file + " became shorter while it was read");
            }
        }
        int at = 0;
        for (int number = 1; at < all.length; number++) {
            int end = at;
            while (end < all.length && all[end] != '\n') {
                end++;
            }
            String line = new String(all, at, end - at, StandardCharsets.UTF_8);
            if (end == all.length || !isWhole(line)) {
                if (end < all.length - 1 || number == 1) {
                    throw new IOException(
                            file + " is no state of a migration, or damaged, in line " + number);
                }
                if (mends) {
                    channel.truncate(at); // the process ended while it wrote it
                }
                break;
            }
            taker.take(words(line.substring(0, line.lastIndexOf(' '))));
            at = end + 1;
        }
        if (mends) {
            channel.position(at);
        }
    }

    void clear() throws IOException {
        channel.truncate(0);
    }

    /** @param words a null is told from all words */
    void append(boolean sync, @Nullable String... words) throws IOException {
        if (isTorn) {
            throw new IOException(file + " ends in a line that could not be written");
        }
        StringBuilder line = new StringBuilder();
        for (String word : words) {
            line.append(line.isEmpty() ? "" : " ").append(word == null ? "-" : encoded(word));
        }
        ByteBuffer bytes = ByteBuffer
                .wrap((line + " " + checksum(line.toString()) + "\n").getBytes(StandardCharsets.UTF_8));
        long before = channel.position();
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (sync) {
                channel.force(true);
            }
        } catch (IOException e) {
            takeBack(before, e);
            throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private void takeBack(long length, IOException reason) {
        isTorn = true;
        try {
            channel.truncate(length);
            channel.position(length);
            isTorn = false;
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    private static boolean isWhole(String line) {
        int last = line.lastIndexOf(' ');
        return last > 0 && line.substring(last + 1).equals(checksum(line.substring(0, last)));
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
    public void close() throws IOException {
        channel.close();
    }
}
