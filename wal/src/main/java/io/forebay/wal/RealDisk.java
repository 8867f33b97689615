package io.forebay.wal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operating system's file system, below one directory. */
final class RealDisk implements Disk {
    private final FileStore store;

    /** The directory must exist. */
    RealDisk(Path directory) throws IOException {
        this.store = Files.getFileStore(directory);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            children.forEach(child -> names.add(String.valueOf(child.getFileName())));
        }
        return names;
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory);
    }

    @Override
    public Open create(Path file) throws IOException {
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING).close();
        return new RealFile(file);
    }

    @Override
    public Open open(Path file) throws IOException {
        return new RealFile(file);
    }

    @Override
    public byte[] read(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    @Override
    public MemorySegment map(Path file, Arena arena) throws IOException {
        return mapped(file, arena);
    }

    /** The whole file, read-only. */
    static MemorySegment mapped(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            for (String name : list(path)) {
                Files.delete(path.resolve(name));
            }
        }
        Files.deleteIfExists(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        sync(directory);
    }

    /**
     * Makes the names in a directory survive a power loss. Of its own, as is all of the log's way to the disk: this
     * module sees no other of ours (so not model's DurableFiles), its steps are simulated one by one, and were measured.
     */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long to = at;
        while (bytes.hasRemaining()) {
            to += channel.write(bytes, to);
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return store.getUsableSpace();
    }

    @Override
    public long totalBytes() throws IOException {
        return store.getTotalSpace();
    }

    /**
     * Writes that allocate nothing. When a force is near they are positional writes: a force write-protects what is mapped,
     * and each page written through a mapping would fault again. Small ones and those from the heap then go through a direct
     * buffer of its own, because the JDK would make one as large as the batch and keep it per thread; a large direct one
     * goes to the kernel as it is. Else they are copies into a mapping, which are faster than the kernel's (batches of 3 MB:
     * 0.84 of a plain copy against 0.53) and need no system call.
     */
    private static final class RealFile implements Open {
        private static final int STAGING_BYTES = 64 << 10;

        private final Path file;
        private final FileChannel forced;
        private FileChannel written;
        private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES);
        private final ByteBuffer[] both = new ByteBuffer[2];
        private final Arena mapping = Arena.ofShared();
        private @Nullable ByteBuffer mapped;

        RealFile(Path file) throws IOException {
            this.file = file;
            // Two channels: an interrupt of the writing thread closes its channel, and must not touch a sync.
            this.forced = FileChannel.open(file, StandardOpenOption.WRITE);
            try {
                this.written = FileChannel.open(file, StandardOpenOption.WRITE);
            } catch (IOException e) {
                forced.close();
                throw e;
            }
        }

        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
            if (bytes.isDirect()) {
                writeFully(bytes, at);
            } else {
                writeStaged(bytes, bytes.position(), at);
            }
        }

        @Override
        public void write(ByteBuffer first, ByteBuffer second, long at, boolean forceSoon)
                throws IOException {
            if (!forceSoon) {
                copy(first, second, Math.toIntExact(at));
                return;
            }
            int head = first.remaining();
            int fits = Math.min(second.remaining(), STAGING_BYTES - head);
            if (fits == second.remaining() || !second.isDirect()) {
                staging.clear().put(0, first, first.position(), head);
                staging.put(head, second, second.position(), fits);
                writeFully(staging.limit(head + fits), at);
                writeStaged(second, second.position() + fits, at + head + fits);
            } else if (first.isDirect()) {
                gather(first, second, at);
            } else {
                writeStaged(first, first.position(), at);
                writeFully(second, at + head);
            }
        }

        private void writeStaged(ByteBuffer bytes, int from, long at) throws IOException {
            int end = bytes.limit();
            long to = at;
            for (int begin = from; begin < end; begin += STAGING_BYTES) {
                int length = Math.min(STAGING_BYTES, end - begin);
                staging.clear().put(0, bytes, begin, length).limit(length);
                writeFully(staging, to);
                to += length;
            }
        }

        private void writeFully(ByteBuffer bytes, long at) throws IOException {
            int begin = bytes.position();
            boolean interrupted = false;
            try {
                while (bytes.hasRemaining()) {
                    try {
                        written.write(bytes, at + bytes.position() - begin);
                    } catch (ClosedByInterruptException e) {
                        interrupted = reopen();
                        bytes.position(begin);
                    }
                }
            } finally {
                bytes.position(begin);
                keep(interrupted);
            }
        }

        /** A failing disk is an InternalError here; a full one cannot be, the file has its blocks. */
        private void copy(ByteBuffer first, ByteBuffer second, int at) throws IOException {
            ByteBuffer to = mapped;
            if (to == null) {
                to = map();
                mapped = to;
            }
            to.put(at, first, first.position(), first.remaining());
            to.put(at + first.remaining(), second, second.position(), second.remaining());
        }

        private ByteBuffer map() throws IOException {
            boolean interrupted = Thread.interrupted();
            try {
                while (true) {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                        return channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), mapping)
                                .asByteBuffer();
                    } catch (ClosedByInterruptException e) {
                        interrupted |= Thread.interrupted();
                    }
                }
            } finally {
                keep(interrupted);
            }
        }

        /** One system call for both. */
        private void gather(ByteBuffer first, ByteBuffer second, long at) throws IOException {
            int firstBegin = first.position();
            int secondBegin = second.position();
            boolean interrupted = false;
            both[0] = first;
            both[1] = second;
            try {
                while (second.hasRemaining()) {
                    try {
                        long to = at + first.position() - firstBegin + second.position() - secondBegin;
                        if (written.position() != to) {
                            written.position(to);
                        }
                        written.write(both);
                    } catch (ClosedByInterruptException e) {
                        interrupted = reopen();
                        first.position(firstBegin);
                        second.position(secondBegin);
                    }
                }
            } finally {
                first.position(firstBegin);
                second.position(secondBegin);
                both[0] = null;
                both[1] = null;
                keep(interrupted);
            }
        }

        /** Nothing that was written counts yet, so it is written again; the interrupt is kept for the caller. */
        private boolean reopen() throws IOException {
            Thread.interrupted();
            written = FileChannel.open(file, StandardOpenOption.WRITE);
            return true;
        }

        private static void keep(boolean interrupted) {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void force(boolean metadata) throws IOException {
            forced.force(metadata);
        }

        @Override
        public void close() {
            try (FileChannel first = forced; FileChannel second = written) {
                mapping.close();
            } catch (IOException e) {
                throw new WalException(WalException.Reason.IO, "cannot close " + file, e);
            }
        }
    }
}
