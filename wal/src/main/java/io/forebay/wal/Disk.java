package io.forebay.wal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * What the log asks of a file system, and nothing else: so that the same log runs on a real disk ({@link RealDisk}) and,
 * in its tests, on one that drops, tears and reorders whatever was not synced.
 *
 * <p>Semantics that the log counts on: bytes written are seen by every mapping at once; {@link Open#force} makes the
 * bytes of one file survive a power loss; {@link #syncDirectory} the names in one directory; a rename is atomic; nothing
 * else survives a power loss for certain, and in no particular order.
 *
 * <p>Threads: any; one file is written by one thread at a time, while another may force it.
 */
interface Disk {

    /** A file open for writing. The buffers given are unchanged when a call returns. */
    interface Open extends AutoCloseable {
        /** Writes all between position and limit. */
        void write(ByteBuffer bytes, long at) throws IOException;

        /**
         * Writes both, one behind the other, within what the file has.
         *
         * @param forceSoon somebody waits for a force: only a hint on how to write
         */
        void write(ByteBuffer first, ByteBuffer second, long at, boolean forceSoon) throws IOException;

        /** What was written before survives a power loss when it returns; with metadata also the file's size. */
        void force(boolean metadata) throws IOException;

        @Override
        void close();
    }

    /** The names in a directory. */
    List<String> list(Path directory) throws IOException;

    boolean exists(Path path);

    void createDirectory(Path directory) throws IOException;

    /** A new, empty file; one that exists is emptied. */
    Open create(Path file) throws IOException;

    Open open(Path file) throws IOException;

    /** The whole of a small file. */
    byte[] read(Path file) throws IOException;

    /** The whole file, as it is and as it will be written; never written through. */
    MemorySegment map(Path file, Arena arena) throws IOException;

    /** Atomic, within one directory. */
    void rename(Path from, Path to) throws IOException;

    /** A file, or a directory with files; nothing when there is none. */
    void delete(Path path) throws IOException;

    void syncDirectory(Path directory) throws IOException;

    long usableBytes() throws IOException;

    long totalBytes() throws IOException;
}
