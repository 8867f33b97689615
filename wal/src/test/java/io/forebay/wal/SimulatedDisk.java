package io.forebay.wal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that keeps only what was synced. At a power cut each page written since the last sync of its file is
 * there, or as it was before, or torn at the borders of its sectors, each by itself; of the names changed since the last
 * sync of their directory a prefix of the changes is there. Now and then pages are written back without being asked. A sync
 * that fails forgets which pages it had to write, as Linux does.
 *
 * <p>Threads: any. The outcome depends on the seed only if one thread uses it.
 */
final class SimulatedDisk implements Disk {
    private static final int PAGE_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;

    private final Random random;
    private final Directory root = new Directory();
    private long capacityBytes = Long.MAX_VALUE / 2;
    private boolean failSyncs;

    SimulatedDisk(Random random) {
        this.random = random;
    }

    /** What a directory has under a name. */
    private sealed interface Node permits FileNode, Directory {}

    private static final class FileNode implements Node {
        private byte[] cache = new byte[0];
        private byte[] disk = new byte[0];
        private int cacheLength;
        private int diskLength;
        private final BitSet dirty = new BitSet();

        void ensure(int length) {
            if (cache.length < length) {
                cache = Arrays.copyOf(cache, Math.max(length, 256 << 10));
                disk = Arrays.copyOf(disk, cache.length);
            }
        }

        void writeBack(int page) {
            int from = page * PAGE_BYTES;
            System.arraycopy(cache, from, disk, from, Math.min(PAGE_BYTES, cache.length - from));
        }
    }

    private static final class Directory implements Node {
        private TreeMap<String, Node> names = new TreeMap<>();
        private TreeMap<String, Node> synced = new TreeMap<>();
        private final List<Runnable> pending = new ArrayList<>();

        /** Puts a node under a name, or takes the name away. */
        void change(String name, @Nullable Node node) {
            change(() -> {}, name, node);
        }

        private void change(Runnable before, String name, @Nullable Node node) {
            set(names, name, node);
            pending.add(() -> {
                before.run();
                set(synced, name, node);
            });
        }

        void rename(String from, String to) {
            Node node = names.remove(from);
            change(() -> synced.remove(from), to, node);
        }

        private static void set(TreeMap<String, Node> map, String name, @Nullable Node node) {
            if (node == null) {
                map.remove(name);
            } else {
                map.put(name, node);
            }
        }

        void sync(int changes) {
            pending.subList(0, changes).forEach(Runnable::run);
            pending.clear();
        }
    }

    synchronized void capacity(long bytes) {
        capacityBytes = bytes;
    }

    synchronized void failSyncs(boolean fail) {
        failSyncs = fail;
    }

    /** The power goes and comes back. */
    synchronized void cutPower() {
        cut(root);
        failSyncs = false;
    }

    private void cut(Directory directory) {
        directory.sync(random.nextInt(directory.pending.size() + 1));
        directory.names = new TreeMap<>(directory.synced);
        for (Node node : directory.names.values()) {
            switch (node) {
                case Directory inner -> cut(inner);
                case FileNode file -> cut(file);
            }
        }
    }

    private void cut(FileNode file) {
        int style = random.nextInt(4);
        for (int page = file.dirty.nextSetBit(0); page >= 0; page = file.dirty.nextSetBit(page + 1)) {
            int fate = style == 0 ? 0 : style == 1 ? 1 : random.nextInt(3);
            if (fate == 1) {
                file.writeBack(page);
            } else if (fate == 2) {
                tear(file, page);
            }
        }
        file.dirty.clear();
        file.cache = Arrays.copyOf(file.disk, file.disk.length);
        Arrays.fill(file.cache, Math.min(file.diskLength, file.cache.length), file.cache.length, (byte) 0);
        file.cacheLength = file.diskLength;
    }

    private void tear(FileNode file, int page) {
        for (int at = page * PAGE_BYTES; at < (page + 1) * PAGE_BYTES
                && at < file.cache.length; at += SECTOR_BYTES) {
            if (random.nextBoolean()) {
                System.arraycopy(file.cache, at, file.disk, at,
                        Math.min(SECTOR_BYTES, file.cache.length - at));
            }
        }
    }

    private Node node(Path path) throws IOException {
        Node node = root;
        for (Path name : path.toAbsolutePath()) {
            Node next = node instanceof Directory directory ? directory.names.get(name.toString()) : null;
            if (next == null) {
                throw new NoSuchFileException(path.toString());
            }
            node = next;
        }
        return node;
    }

    private Directory directory(Path path) throws IOException {
        if (node(path) instanceof Directory directory) {
            return directory;
        }
        throw new FileNotFoundException(path + " is no directory");
    }

    private FileNode file(Path path) throws IOException {
        if (node(path) instanceof FileNode file) {
            return file;
        }
        throw new FileNotFoundException(path + " is no file");
    }

    private static Path parent(Path path) {
        return java.util.Objects.requireNonNull(path.toAbsolutePath().getParent());
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    /** Makes all directories above, synced. */
    synchronized void makeRoot(Path path) {
        Directory at = root;
        for (Path name : path.toAbsolutePath()) {
            Directory inner = new Directory();
            at.names.put(name.toString(), inner);
            at.synced.put(name.toString(), inner);
            at = inner;
        }
    }

    @Override
    public synchronized List<String> list(Path directory) throws IOException {
        return List.copyOf(directory(directory).names.keySet());
    }

    @Override
    public synchronized boolean exists(Path path) {
        try {
            return node(path) != null;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public synchronized void createDirectory(Path directory) throws IOException {
        if (exists(directory)) {
            throw new FileAlreadyExistsException(directory.toString());
        }
        directory(parent(directory)).change(name(directory), new Directory());
    }

    @Override
    public synchronized Open create(Path file) throws IOException {
        FileNode node = new FileNode();
        directory(parent(file)).change(name(file), node);
        return new OpenFile(node);
    }

    @Override
    public synchronized Open open(Path file) throws IOException {
        return new OpenFile(file(file));
    }

    @Override
    public synchronized byte[] read(Path file) throws IOException {
        FileNode node = file(file);
        return Arrays.copyOf(node.cache, node.cacheLength);
    }

    @Override
    public synchronized MemorySegment map(Path file, Arena arena) throws IOException {
        FileNode node = file(file);
        return MemorySegment.ofArray(node.cache).asSlice(0, node.cacheLength);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        node(from);
        directory(parent(from)).rename(name(from), name(to));
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        if (exists(path)) {
            directory(parent(path)).change(name(path), null);
        }
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        if (failSyncs) {
            throw new IOException("simulated failure of a directory's sync");
        }
        Directory node = directory(directory);
        node.sync(node.pending.size());
    }

    @Override
    public synchronized long usableBytes() {
        return Math.max(0, capacityBytes - used(root));
    }

    @Override
    public synchronized long totalBytes() {
        return capacityBytes;
    }

    private static long used(Directory directory) {
        long bytes = 0;
        for (Node node : directory.names.values()) {
            bytes += switch (node) {
                case Directory inner -> used(inner);
                case FileNode file -> file.cacheLength;
            };
        }
        return bytes;
    }

    private final class OpenFile implements Open {
        private final FileNode node;

        OpenFile(FileNode node) {
            this.node = node;
        }

        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
            synchronized (SimulatedDisk.this) {
                put(bytes, at);
                writeBackNow(Math.toIntExact(at), bytes.remaining());
            }
        }

        private void put(ByteBuffer bytes, long at) throws IOException {
            int from = Math.toIntExact(at);
            int length = bytes.remaining();
            if (from + length > node.cacheLength && from + length - node.cacheLength > usableBytes()) {
                throw new IOException("No space left on device (simulated)");
            }
            node.ensure(from + length);
            bytes.get(bytes.position(), node.cache, from, length);
            node.cacheLength = Math.max(node.cacheLength, from + length);
            if (length > 0) {
                node.dirty.set(from / PAGE_BYTES, (from + length - 1) / PAGE_BYTES + 1);
            }
        }

        private void writeBackNow(int from, int length) {
            if (length > 0 && random.nextInt(8) == 0) {
                int page = from / PAGE_BYTES + random.nextInt(length / PAGE_BYTES + 1);
                if (node.dirty.get(page)) { // written back now; what is written later makes it dirty again
                    node.writeBack(page);
                    node.dirty.clear(page);
                }
            }
        }

        @Override
        public void write(ByteBuffer first, ByteBuffer second, long at, boolean forceSoon)
                throws IOException {
            synchronized (SimulatedDisk.this) {
                put(first, at);
                put(second, at + first.remaining());
                writeBackNow(Math.toIntExact(at), first.remaining() + second.remaining());
            }
        }

        @Override
        public void force(boolean metadata) throws IOException {
            synchronized (SimulatedDisk.this) {
                if (failSyncs) {
                    node.dirty.clear(); // the kernel thinks that it is done with them
                    throw new IOException("simulated failure of a sync");
                }
                for (int page = node.dirty.nextSetBit(0); page >= 0; page = node.dirty.nextSetBit(page + 1)) {
                    node.writeBack(page);
                }
                node.dirty.clear();
                node.diskLength = metadata ? node.cacheLength : Math.max(node.diskLength, 0);
            }
        }

        @Override
        public void close() {}
    }
}
