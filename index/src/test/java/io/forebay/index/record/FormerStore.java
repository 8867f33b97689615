package io.forebay.index.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Makes of a closed store what an earlier Forebay left. */
final class FormerStore {
    private FormerStore() {}

    /** Without the column families that came later. */
    static void turnInto(int version, Path directory) {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        List<ColumnFamilyDescriptor> all = new ArrayList<>();
        for (String name : List.of("default", "catalog", "positions", "ids", "records", "documents",
                "keys", "postings", "parked")) {
            ColumnFamilyOptions family = new ColumnFamilyOptions();
            family.setMergeOperatorName("id=stringappendtest;delimiter=");
            all.add(new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8), family));
        }
        try (DBOptions options = new DBOptions();
                RocksDB rocks = RocksDB.open(options, directory.toString(), all, handles)) {
            rocks.dropColumnFamily(handles.getLast());
            if (version < 3) {
                rocks.dropColumnFamily(handles.get(handles.size() - 2));
            }
            if (version < 2) {
                rocks.dropColumnFamily(handles.get(handles.size() - 3));
            }
            handles.forEach(ColumnFamilyHandle::close);
            Files.writeString(directory.resolve("FORMAT"), "forebay-records " + version + "\n");
        } catch (RocksDBException | IOException e) {
            throw new AssertionError(e);
        }
    }
}
