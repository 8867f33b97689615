package io.forebay.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** The RocksDB of a stopped store, opened past everything that keeps it whole: to damage it on purpose. */
final class RawRecords implements AutoCloseable {
    private final List<ColumnFamilyHandle> handles = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    final RocksDB rocks;

    RawRecords(Path store) throws RocksDBException {
        RocksDB.loadLibrary();
        String directory = store.resolve("records").toString();
        List<ColumnFamilyDescriptor> all = new ArrayList<>();
        try (Options options = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(options, directory)) {
                names.add(new String(name, StandardCharsets.UTF_8));
                ColumnFamilyOptions family = new ColumnFamilyOptions();
                if (names.getLast().equals("postings")) {
                    family.setMergeOperatorName("id=stringappendtest;delimiter=");
                }
                all.add(new ColumnFamilyDescriptor(name, family));
            }
        }
        rocks = RocksDB.open(new DBOptions(), directory, all, handles);
    }

    ColumnFamilyHandle family(String name) {
        return handles.get(names.indexOf(name));
    }

    static byte[] key(int collection, byte[] rest) {
        return ByteBuffer.allocate(4 + rest.length).putInt(collection).put(rest).array();
    }

    static byte[] id(int collection, String id) {
        return key(collection, id.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] row(int collection, int row) {
        return ByteBuffer.allocate(8).putInt(collection).putInt(row).array();
    }

    /** Of a record, as its id says. */
    int rowOf(int collection, String id) throws RocksDBException {
        return ByteBuffer.wrap(rocks.get(family("ids"), id(collection, id))).getInt();
    }

    @Override
    public void close() {
        try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            rocks.flush(flush, handles);
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
        handles.forEach(ColumnFamilyHandle::close);
        rocks.close();
    }
}
