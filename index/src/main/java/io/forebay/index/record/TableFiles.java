package io.forebay.index.record;

import io.forebay.model.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/** The table files of a RocksDB, each by itself: so all damaged ones are found, and named. */
public final class TableFiles {
    private TableFiles() {}

    /**
     * Compares every block of every file that is in use with its checksum; returns how many files there are.
     *
     * @param part what the findings name as the part of the store
     */
    public static int check(RocksDB rocks, Path directory, String part, Consumer<Finding> out) {
        List<LiveFileMetaData> files = rocks.getLiveFilesMetaData().stream()
                .sorted(Comparator.comparing(LiveFileMetaData::fileName)).toList();
        for (LiveFileMetaData file : files) {
            String name = file.fileName().replaceFirst("^/", "");
            Path path = directory.resolve(name);
            String family = new String(file.columnFamilyName(), StandardCharsets.UTF_8);
            try {
                if (Files.exists(path) && Files.size(path) != file.size()) {
                    out.accept(finding(part, path, family, "it has " + Files.size(path) + " bytes instead of "
                            + file.size()));
                } else {
                    verify(path);
                }
            } catch (RocksDBException | IOException damage) {
                out.accept(finding(part, path, family, String.valueOf(damage.getMessage())));
            }
        }
        return files.size();
    }

    private static void verify(Path path) throws RocksDBException {
        try (Options options = new Options(); SstFileReader reader = new SstFileReader(options)) {
            reader.open(path.toString());
            reader.verifyChecksum();
        }
    }

    private static Finding finding(String part, Path path, String family, String what) {
        Finding found = Finding
                .damage("table-file", part, "the table of family " + family + " is damaged: " + what)
                .at(path).means("what lies in the damaged block cannot be read, and compactions of it fail");
        return !family.equals("postings")
                ? found.todo("look for a failing disk; " + Finding.FROM_BACKUP)
                : found.rebuildable("postings");
    }
}
