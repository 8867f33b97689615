package io.forebay.wal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A real log, remembered byte by byte, to be damaged and healed again; it knows which entries each damage hits. Some of
 * its batches have several frames, it had several lives, and its end is that of a killed process.
 */
final class DamagedLog {
    private static final WalConfig CONFIG = WalConfig.defaults().withExtentBytes(2 * Logs.MB)
            .withReserve(0, 0)
            .withFrameBytesMax(48 << 10).withIdleMillis(1_000_000);

    /** A frame of an entry and where it is. */
    record Piece(int extent, long from, long to, long contentFrom) {}

    /** What was appended. */
    record Entry(EntryHeader header, long minSeqId, long maxSeqId, long appendTimeMillis, ByteBuffer payload,
            List<Piece> pieces) {}

    final Path directory;
    /** By first seqId. */
    final TreeMap<Long, Entry> entries = new TreeMap<>();
    /** Documents of any kind of frame, by extent: begin to end. */
    final TreeMap<Integer, TreeMap<Long, Long>> documents = new TreeMap<>();
    private final Map<Integer, byte[]> pristine = new HashMap<>();
    private final Map<Integer, Path> files = new HashMap<>();
    private final Path away;
    private final boolean unsynced;
    /** What each frame says was synced, by its position. */
    private final TreeMap<Long, Long> witnesses = new TreeMap<>();
    /** Through this seqId a sync was waited for, and what of that was before the last append. */
    private long durable;
    private long durableBeforeLast;

    DamagedLog(Path parent, long seed) throws Exception {
        this(parent, seed, false);
    }

    /** @param mayBeUnsynced whether the seed may choose a log whose last life synced next to nothing */
    DamagedLog(Path parent, long seed, boolean mayBeUnsynced) throws Exception {
        directory = parent.resolve("wal");
        away = parent.resolve("away");
        Random random = new Random(seed);
        unsynced = mayBeUnsynced && random.nextBoolean();
        write(random);
        remember();
        if (!unsynced && random.nextBoolean()) {
            // As a killed process leaves it: the barrier that close() wrote is away.
            long barrier = documents.lastEntry().getValue().lastKey();
            zero(lastExtent(), barrier, Frame.WORD_BYTES + Frame.HEADER_BYTES);
            remember();
        }
    }

    private void write(Random random) throws Exception {
        WalConfig config = CONFIG.withImplementation(random.nextBoolean()
                ? WalImplementation.CHRONICLE
                : WalImplementation.FILE);
        List<WalEntry> all = new ArrayList<>();
        // A log of one life without a sync has no witness at all.
        int lives = unsynced ? 1 + random.nextInt(2) : 3;
        for (int life = 0; life < lives; life++) {
            all = unsynced && life == lives - 1
                    ? unsyncedLife(config, random)
                    : life(config, random, life, unsynced ? 20 : life == 0 ? 130 : 40);
        }
        for (WalEntry entry : all) {
            entries.put(entry.minSeqId(), new Entry(entry.header(), entry.minSeqId(), entry.maxSeqId(),
                    entry.appendTimeMillis(), entry.payload(), new ArrayList<>()));
        }
    }

    private List<WalEntry> life(WalConfig config, Random random, int life, int count) throws Exception {
        try (Wal wal = ExtentWal.open(directory, config, FailPoints.NONE)) {
            if (life == 1) {
                wal.reserveThrough(wal.lastSeqId() + 5); // a gap that is none
            }
            for (int i = 0; i < count; i++) {
                append(wal, random);
                if (random.nextInt(8) == 0) {
                    wal.durable(wal.lastSeqId()).get();
                    durable = wal.lastSeqId();
                }
            }
            durable = wal.lastSeqId(); // close() syncs
            return Logs.readAll(wal);
        }
    }

    /** Without threads: nothing is synced unless it is asked for here, and so several extents have no witness. */
    private List<WalEntry> unsyncedLife(WalConfig config, Random random) throws Exception {
        Files.createDirectories(directory);
        Faults faults = new Faults();
        try (ExtentWal wal = ExtentWal.openOn(new RealDisk(directory), directory, config, faults)) {
            int first = Position.extentNumber(append(wal, random).position());
            int number = first;
            while (number < first + 4) {
                number = Position.extentNumber(append(wal, random).position());
                if (random.nextInt(100) == 0) {
                    sync(wal);
                    durable = wal.lastSeqId();
                }
            }
            List<WalEntry> all = Logs.readAll(wal);
            faults.fail(FailPoints.Point.BEFORE_SYNC); // it ends as if killed, without a barrier
            sync(wal);
            return all;
        }
    }

    private static void sync(ExtentWal wal) {
        var ignored = wal.durable(wal.lastSeqId());
        wal.syncThread().turn();
    }

    private Appended append(Wal wal, Random random) {
        durableBeforeLast = durable;
        int length = random.nextInt(6) == 0 ? random.nextInt(250_000) : random.nextInt(12_000);
        ByteBuffer payload = Logs.payload(random.nextLong(), length);
        return wal.append(new EntryHeader(1 + random.nextInt(4), 7, (byte) 1, 1 + random.nextInt(9),
                random.nextLong()), payload);
    }

    private void remember() throws IOException {
        documents.clear();
        witnesses.clear();
        entries.values().forEach(entry -> entry.pieces().clear());
        WalScan scan = new LogScan(directory, 0, (extent, walk) -> {
            Frame frame = walk.frame;
            documents.computeIfAbsent(extent.number, n -> new TreeMap<>()).put(walk.documentOffset(),
                    walk.offset());
            witnesses.put(Position.of(extent.number, walk.documentOffset()), frame.durableSeqId);
            if (frame.kind <= Frame.COMMIT) {
                long content = walk.documentOffset() + Frame.WORD_BYTES;
                entries.get(frame.minSeqId).pieces().add(new Piece(extent.number, walk.documentOffset(),
                        content + Frame.HEADER_BYTES + frame.payloadLength, content));
            }
        }).run();
        for (WalExtentInfo extent : scan.extents()) {
            files.put(extent.number(), extent.file());
            pristine.put(extent.number(), Files.readAllBytes(extent.file()));
        }
        if (!scan.fine() || scan.entries() != entries.size() || documents.size() < 4) {
            throw new AssertionError(scan + " of " + entries.size());
        }
        if (witnesses.lastEntry().getValue() < durableBeforeLast) {
            throw new AssertionError("no frame says that " + durableBeforeLast + " was synced");
        }
    }

    Path file(int extent) {
        return files.get(extent);
    }

    int lastExtent() {
        return documents.lastKey();
    }

    /** Where documents end. */
    long end(int extent) {
        return documents.get(extent).lastEntry().getValue();
    }

    void write(int extent, long at, byte[] bytes) {
        edit(extent, file -> {
            long length = Math.min(bytes.length, file.length() - at);
            file.seek(at);
            file.write(bytes, 0, (int) Math.max(0, length));
        });
    }

    void flip(int extent, long at, int bit) {
        edit(extent, file -> {
            file.seek(at);
            int old = file.read();
            file.seek(at);
            file.write(old ^ 1 << bit);
        });
    }

    void zero(int extent, long at, int length) {
        write(extent, at, new byte[length]);
    }

    void truncate(int extent, long length) {
        edit(extent, file -> file.setLength(length));
    }

    void remove(int extent) throws IOException {
        Files.move(file(extent).getParent(), away);
    }

    private interface Edit {
        void on(RandomAccessFile file) throws IOException;
    }

    private void edit(int extent, Edit edit) {
        try (RandomAccessFile file = new RandomAccessFile(file(extent).toFile(), "rw")) {
            edit.on(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the bytes on disk are now; of a removed extent none. */
    private byte[] now(int extent) throws IOException {
        return Files.exists(file(extent)) ? Files.readAllBytes(file(extent)) : new byte[0];
    }

    /** Entries one of whose frames has a changed byte. */
    Set<Long> hit() throws IOException {
        Set<Long> hit = new java.util.TreeSet<>();
        Map<Integer, byte[]> now = new HashMap<>();
        for (int extent : pristine.keySet()) {
            now.put(extent, now(extent));
        }
        for (Entry entry : entries.values()) {
            for (Piece piece : entry.pieces()) {
                byte[] before = pristine.get(piece.extent());
                byte[] after = now.get(piece.extent());
                if (after.length < piece.to() || !Arrays.equals(before, (int) piece.contentFrom(),
                        (int) piece.to(), after, (int) piece.contentFrom(), (int) piece.to())) {
                    hit.add(entry.minSeqId());
                }
            }
        }
        return hit;
    }

    /** The highest seqId that a frame whose bytes are all there says was synced. */
    long witnessed() throws IOException {
        long highest = 0;
        for (Map.Entry<Integer, TreeMap<Long, Long>> extent : documents.entrySet()) {
            byte[] before = pristine.get(extent.getKey());
            byte[] after = now(extent.getKey());
            for (Map.Entry<Long, Long> document : extent.getValue().entrySet()) {
                int from = (int) (document.getKey() + Frame.WORD_BYTES);
                int to = document.getValue().intValue();
                if (after.length >= to && Arrays.equals(before, from, to, after, from, to)) {
                    highest = Math.max(highest,
                            witnesses.get(Position.of(extent.getKey(), document.getKey())));
                }
            }
        }
        return highest;
    }

    /** Whether a byte was changed behind one place and before another. */
    boolean changedBetween(int fromExtent, long from, int toExtent, long to) throws IOException {
        for (int extent = Math.max(fromExtent, documents.firstKey()); extent <= toExtent; extent++) {
            byte[] before = pristine.get(extent);
            byte[] after = now(extent);
            int begin = extent == fromExtent ? (int) Math.min(from, before.length) : 0;
            int end = extent == toExtent ? (int) to : before.length;
            if (after.length < end || !Arrays.equals(before, begin, end, after, begin, end)) {
                return true;
            }
        }
        return false;
    }

    /** Pages from here on that a power loss kept from the disk, in this extent and all later ones. */
    void losePages(int fromExtent, long from, Random random) {
        for (int extent : documents.tailMap(fromExtent, true).keySet()) {
            long start = documents.get(extent).higherKey(documents.get(extent).firstKey());
            int one = 1 + random.nextInt(6);
            for (long page = extent == fromExtent ? from & -4096 : 0; page < end(extent); page += 4096) {
                if (random.nextInt(one) == 0) {
                    long at = Math.max(page, start); // the frame before was synced when the extent was made
                    zero(extent, at, (int) Math.max(0, page + 4096 - at));
                }
            }
        }
    }

    /** The first changed byte of an extent; -1 when none is. */
    long firstChange(int extent) throws IOException {
        return Arrays.mismatch(pristine.get(extent), now(extent));
    }

    /** As it was before any damage, wherever a salvage has put it. */
    void heal() throws IOException {
        Path parent = directory.getParent();
        try (Stream<Path> siblings = Files.list(parent)) {
            for (Path sibling : siblings.toList()) {
                if (String.valueOf(sibling.getFileName()).startsWith("wal.damaged-")) {
                    delete(directory);
                    Files.move(sibling, directory);
                }
            }
        }
        if (Files.exists(away)) {
            Files.move(away, directory.resolve(awayName()));
        }
        for (Map.Entry<Integer, byte[]> one : pristine.entrySet()) {
            byte[] now = now(one.getKey());
            if (!Arrays.equals(now, one.getValue())) {
                Files.write(file(one.getKey()), one.getValue());
            }
        }
    }

    private String awayName() {
        for (Path file : files.values()) {
            if (!Files.exists(file.getParent())) {
                return file.getParent().getFileName().toString();
            }
        }
        throw new AssertionError("nothing is away");
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
