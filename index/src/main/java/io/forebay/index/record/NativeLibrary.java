package io.forebay.index.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native library. Left to itself rocksdbjni unpacks 17 MB into the system's temporary folder
 * at each start and a killed process leaves them there. Here the copy has one fixed place in the store and is
 * removed as soon as it is loaded (the mapping outlives the name); what a killed start left behind is
 * overwritten by the next.
 *
 * <p>Threads: any; one loads, the others wait.
 */
final class NativeLibrary {
    private static boolean isLoaded;

    private NativeLibrary() {}

    static synchronized void load(Path folder) {
        if (isLoaded) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Path file = unpack(folder);
            RocksDB.loadLibrary(List.of(folder.toAbsolutePath().toString()));
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
            isLoaded = true;
        } catch (IOException | UnsatisfiedLinkError e) {
            throw new RecordStoreException("RocksDB's native library cannot be loaded from " + folder
                    + " (is the store on a file system mounted noexec, or full?): " + e.getMessage(), e);
        }
    }

    /** For who must not write into the store: by way of the system's temporary folder. */
    static synchronized void loadElsewhere() {
        if (isLoaded) {
            return;
        }
        try {
            load(Files.createTempDirectory("forebay-native"));
        } catch (IOException e) {
            throw new RecordStoreException("no temporary folder to load RocksDB's native library from", e);
        }
    }

    private static Path unpack(Path folder) throws IOException {
        String wanted = Environment.getJniLibraryFileName("rocksdb");
        String fallback = Environment.getFallbackJniLibraryFileName("rocksdb");
        for (String name : fallback == null ? List.of(wanted) : List.of(wanted, fallback)) {
            try (InputStream library = RocksDB.class.getClassLoader().getResourceAsStream(name)) {
                if (library != null) {
                    // RocksDB.loadLibrary(paths) asks for the name of a library "rocksdbjni": one jni more
                    // than the jar's own.
                    Path file = folder.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
                    Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
                    return file;
                }
            }
        }
        throw new RecordStoreException("rocksdbjni carries no native library for this platform: " + wanted);
    }
}
