package io.forebay.index.record;

import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file {@code FORMAT} in the store's directory: {@code forebay-records 4\n}. Read before RocksDB touches
 * anything, so that an older Forebay refuses a newer store instead of misreading it.
 * Version 1 had no column family {@code keys}, version 2 no {@code postings}, version 3 no {@code parked}; all are
 * opened, and from then on are version 4.
 */
final class FormatMarker {
    static final String FILE = "FORMAT";
    static final int VERSION = 4;
    private static final String WORD = "forebay-records ";

    private FormatMarker() {}

    static void checkOrCreate(Path directory, boolean isNew) {
        Path marker = directory.resolve(FILE);
        try {
            if (Files.exists(marker)) {
                if (check(marker, Files.readString(marker, StandardCharsets.ISO_8859_1)) < VERSION) {
                    create(marker);
                }
            } else if (isNew) {
                create(marker);
            } else {
                throw new RecordStoreException(directory + " holds a RocksDB without the file " + FILE
                        + ": it is not a Forebay record segment, or not all of one");
            }
        } catch (IOException e) {
            throw new RecordStoreException("cannot read or write " + marker, e);
        }
    }

    /** Changes nothing. */
    static void check(Path directory) {
        Path marker = directory.resolve(FILE);
        try {
            check(marker, Files.readString(marker, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new RecordStoreException("cannot read " + marker, e);
        }
    }

    /** The version, which is not a newer one. */
    private static int check(Path marker, String content) {
        String version = content.startsWith(WORD) ? content.substring(WORD.length()).strip() : "";
        if (!version.matches("[0-9]{1,9}")) {
            throw new RecordStoreException(marker + " is damaged: it does not say '" + WORD + "<version>'");
        }
        int found = Integer.parseInt(version);
        if (found > VERSION) {
            throw new RecordStoreException(marker.getParent() + " has record format " + version
                    + ", written by a newer Forebay; this one knows formats up to " + VERSION);
        }
        return found;
    }

    /** Of a copy. */
    static void write(Path directory) {
        try {
            create(directory.resolve(FILE));
        } catch (IOException e) {
            throw new RecordStoreException("cannot write " + directory.resolve(FILE), e);
        }
    }

    private static void create(Path marker) throws IOException {
        DurableFiles.replace(marker, ".tmp", (WORD + VERSION + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }
}
