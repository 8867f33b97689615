package io.forebay.index.vector;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.util.zip.CRC32C;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads stored rows in large pieces and compares every live one with its checksum. Dead rows are not looked
 * at, and stretches without a live one are not read.
 *
 * <p>Threads: one owner, who closes it. Allocates nothing per row.
 *
 * <p>Failure: a row that does not match, or cannot be read, is damaged; the others go on.
 */
final class ArenaCheck implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ArenaCheck.class);
    private static final int CHUNK_BYTES = 1 << 20;

    private final ArenaLayout layout;
    private final DeadSet dead;
    private final int chunkRows;
    private final Arena memory = Arena.ofConfined();
    private final ByteBuffer rowBytes;
    private final ByteBuffer columnBytes;
    private final CRC32C crc = new CRC32C();
    private final RoaringBitmap damaged = new RoaringBitmap();
    private int checked;

    /** @param rowsMax how many rows there are to check at most */
    ArenaCheck(ArenaLayout layout, DeadSet dead, int rowsMax) {
        this.layout = layout;
        this.dead = dead;
        this.chunkRows = Math.max(1, Math.min(rowsMax, CHUNK_BYTES / layout.strideBytes()));
        this.rowBytes = buffer(chunkRows * layout.strideBytes());
        this.columnBytes = buffer(chunkRows * ArenaLayout.COLUMN_BYTES);
    }

    private ByteBuffer buffer(int bytes) {
        return memory.allocate(bytes, 64).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Checks the live ordinals of {@code [from, to)}. */
    void rows(StoredRows stored, int from, int to) throws IOException {
        for (long first = from; first < to; first += chunkRows) {
            int start = (int) first;
            int end = (int) Math.min(to, first + chunkRows);
            while (start < end && dead.contains(start)) {
                start++;
            }
            while (start < end && dead.contains(end - 1)) {
                end--;
            }
            if (start < end) {
                chunk(stored, start, end);
            }
        }
    }

    private void chunk(StoredRows stored, int from, int to) throws IOException {
        try {
            stored.read(layout, from, to - from, rowBytes, columnBytes);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            if (to - from > 1) {
                LOG.error("ordinals {} to {} cannot be read together", from, to, e);
                for (int ordinal = from; ordinal < to; ordinal++) {
                    rows(stored, ordinal, ordinal + 1);
                }
            } else {
                LOG.error("ordinal {} cannot be read", from, e);
                checked++;
                damaged.add(from);
            }
            return;
        }
        for (int ordinal = from; ordinal < to; ordinal++) {
            if (!dead.contains(ordinal)) {
                checked++;
                if (!matches(ordinal - from)) {
                    damaged.add(ordinal);
                }
            }
        }
    }

    private boolean matches(int index) {
        int column = index * ArenaLayout.COLUMN_BYTES;
        int expected = columnBytes.clear().getInt(column + 4);
        crc.reset();
        crc.update(rowBytes.clear().position(index * layout.strideBytes())
                .limit((index + 1) * layout.strideBytes()));
        crc.update(columnBytes.position(column).limit(column + 4));
        return (int) crc.getValue() == expected;
    }

    /** The live ordinals of {@code [from, to)} have no file. */
    void missing(int from, int to) {
        for (int ordinal = from; ordinal < to; ordinal++) {
            if (!dead.contains(ordinal)) {
                checked++;
                damaged.add(ordinal);
            }
        }
    }

    /** Live rows looked at so far, damaged ones included. */
    int checked() {
        return checked;
    }

    RoaringBitmap damaged() {
        return damaged;
    }

    @Override
    public void close() {
        memory.close();
    }
}
