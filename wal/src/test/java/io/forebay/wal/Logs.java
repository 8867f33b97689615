package io.forebay.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Small logs and entries for tests. An entry's payload can be told from its seqId alone. */
final class Logs {
    static final int MB = 1 << 20;

    private Logs() {}

    static WalConfig small() {
        return WalConfig.defaults().withExtentBytes(4 * MB).withReserve(0, 0);
    }

    static EntryHeader header(int collection, int records) {
        return new EntryHeader(collection, 7, (byte) 2, records, 99);
    }

    static EntryHeader one() {
        return header(1, 1);
    }

    /** Bytes that depend on the seed only. */
    static ByteBuffer payload(long seed, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length + 8 & ~7).order(ByteOrder.LITTLE_ENDIAN);
        long state = seed * 0x9e3779b97f4a7c15L + 1;
        while (bytes.hasRemaining()) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            bytes.putLong(state);
        }
        return bytes.flip().limit(length);
    }

    /** Appends entries of one record each; entry n has {@code payload(n, length)}. */
    static List<Appended> append(Wal wal, int entries, int length) {
        List<Appended> all = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            all.add(wal.append(one(), payload(wal.lastSeqId() + 1, length)));
        }
        return all;
    }

    static List<WalEntry> readAll(Wal wal) {
        List<WalEntry> all = new ArrayList<>();
        try (WalReader reader = wal.reader()) {
            for (WalEntry entry = reader.next(); entry != null; entry = reader.next()) {
                all.add(copy(entry));
            }
        }
        return all;
    }

    static WalEntry copy(WalEntry entry) {
        ByteBuffer kept = ByteBuffer.allocate(entry.payload().remaining());
        kept.put(entry.payload().duplicate()).flip();
        return new WalEntry(entry.header(), entry.minSeqId(), entry.maxSeqId(), entry.position(),
                entry.appendTimeMillis(), kept);
    }

    /** A random source that can be repeated with -Dforebay.seed. */
    static Random random(String test) {
        @Nullable
        Long given = Long.getLong("forebay.seed");
        long seed = given != null ? given : System.nanoTime();
        System.out.println(test + ": -Dforebay.seed=" + seed);
        return new Random(seed);
    }
}
