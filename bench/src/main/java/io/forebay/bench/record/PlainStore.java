package io.forebay.bench.record;

import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What one writes first: for each record a get of its id and three puts into a {@code WriteBatch}, with the
 * same keys, values, column families and options as the record segment. The measure for what the record
 * segment does differently.
 */
final class PlainStore implements AutoCloseable {
    private final RocksDB db;
    private final List<ColumnFamilyHandle> families = new ArrayList<>();
    private final WriteOptions writes = new WriteOptions().setDisableWAL(true);
    private int nextRow;

    PlainStore(Path directory) throws RocksDBException, IOException {
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (String name : List.of("default", "positions", "ids", "records", "documents")) {
            descriptors.add(new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8),
                    new ColumnFamilyOptions().setCompressionType(CompressionType.LZ4_COMPRESSION)
                            .setWriteBufferSize(64 << 20).setMaxWriteBufferNumber(4)
                            .setTableFormatConfig(new BlockBasedTableConfig().setFormatVersion(6)
                                    .setBlockSize(16 << 10).setFilterPolicy(new BloomFilter(10, false))
                                    .setBlockCache(new LRUCache(128 << 20)))));
        }
        db = RocksDB.open(new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true)
                .setAtomicFlush(true).setMaxBackgroundJobs(2).setBytesPerSync(1 << 20), directory.toString(),
                descriptors, families);
    }

    void apply(RecordBatch records, long seqId) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch()) {
            for (int i = 0; i < records.size(); i++) {
                byte[] id = records.idBytes(i);
                byte[] idKey = ByteBuffer.allocate(4 + id.length).putInt(1).put(id).array();
                if (db.get(families.get(2), idKey) != null) {
                    continue;
                }
                int row = nextRow++;
                byte[] rowKey = ByteBuffer.allocate(8).putInt(1).putInt(row).array();
                byte[] metadata = records.metadataBytes(i);
                byte[] document = records.documentBytes(i);
                int metadataBytes = metadata == null ? 0 : metadata.length;
                ByteBuffer value = ByteBuffer.allocate(7 + id.length + metadataBytes).putShort((short) 1)
                        .putInt(row).put((byte) id.length).put(id);
                batch.put(families.get(2), idKey, ByteBuffer.allocate(4).putInt(row).array());
                batch.put(families.get(3), rowKey,
                        metadata == null ? value.array() : value.put(metadata).array());
                if (document != null) {
                    batch.put(families.get(4), rowKey, document);
                }
            }
            batch.put(families.get(1), new byte[4], ByteBuffer.allocate(29).putLong(seqId).array());
            db.write(writes, batch);
        }
    }

    @Override
    public void close() {
        families.forEach(ColumnFamilyHandle::close);
        db.close();
        writes.close();
    }
}
