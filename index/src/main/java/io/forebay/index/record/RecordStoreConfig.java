package io.forebay.index.record;

/**
 * What the record segment may use.
 *
 * @param writeBufferBytes    of one column family; when one is full all are flushed together
 * @param memtablesBytesMax   of all column families, counted within the block cache
 * @param blockCacheBytes     uncompressed blocks, indexes, Bloom filters
 * @param backgroundJobsMax   flushes and compactions at the same time
 * @param idFilterBytesMax    of the filters of all collections that spare look-ups of ids that cannot exist,
 *                            at 2 bytes an id; 0 for none
 */
public record RecordStoreConfig(long writeBufferBytes, long memtablesBytesMax, long blockCacheBytes,
        int backgroundJobsMax, int idFilterBytesMax) {
    private static final long MIB = 1 << 20;

    public RecordStoreConfig {
        require(writeBufferBytes >= 64 << 10, "writeBufferBytes", writeBufferBytes);
        require(memtablesBytesMax >= writeBufferBytes, "memtablesBytesMax", memtablesBytesMax);
        require(blockCacheBytes >= MIB, "blockCacheBytes", blockCacheBytes);
        require(backgroundJobsMax >= 1, "backgroundJobsMax", backgroundJobsMax);
        require(idFilterBytesMax >= 0, "idFilterBytesMax", idFilterBytesMax);
    }

    public static RecordStoreConfig defaults() {
        return new RecordStoreConfig(64 * MIB, 256 * MIB, 512 * MIB, 2, (int) (64 * MIB));
    }

    /** Small buffers, so that little data already flushes by itself. */
    public RecordStoreConfig withWriteBufferBytes(long bytes) {
        return new RecordStoreConfig(bytes, Math.max(bytes, memtablesBytesMax), blockCacheBytes,
                backgroundJobsMax, idFilterBytesMax);
    }

    private static void require(boolean ok, String name, long value) {
        if (!ok) {
            throw new IllegalArgumentException(name + " is out of range: " + value);
        }
    }
}
