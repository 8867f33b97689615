package io.forebay.bench.wal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * RocksDB's write-ahead log: a put per batch with {@code sync}; RocksDB itself groups the batches of the threads that wait.
 * The write buffer holds all of a run, so that no flush or compaction is measured, only log and memtable. Keys and values
 * are handed over in direct buffers.
 */
final class RocksPeer implements Peer {
    private static final long WRITE_BUFFER_BYTES = 1L << 30;

    static {
        RocksDB.loadLibrary();
    }

    private final Options options;
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final RocksDB db;
    private final AtomicLong nextKey = new AtomicLong();
    private final ThreadLocal<ByteBuffer> keys = ThreadLocal
            .withInitial(() -> ByteBuffer.allocateDirect(Long.BYTES));

    RocksPeer(Path directory) throws RocksDBException {
        options = new Options().setCreateIfMissing(true).setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setCompressionType(CompressionType.NO_COMPRESSION);
        try {
            db = RocksDB.open(options, directory.toString());
        } catch (RocksDBException e) {
            options.close();
            synced.close();
            throw e;
        }
    }

    @Override
    public void append(Batches batches, int number) throws RocksDBException {
        ByteBuffer key = keys.get().clear();
        key.putLong(nextKey.getAndIncrement()).flip();
        db.put(synced, key, batches.payload(number).duplicate());
    }

    @Override
    public void close() {
        db.close();
        synced.close();
        options.close();
    }
}
