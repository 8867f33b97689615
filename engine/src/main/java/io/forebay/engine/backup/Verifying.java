package io.forebay.engine.backup;

import io.forebay.engine.backup.Manifest.Entry;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/** Reads every file of a backup and compares it with the manifest. Threads: any, each call by itself. */
public final class Verifying {
    private Verifying() {}

    /**
     * What does not check, a line each; empty when all does.
     *
     * @param progress told how many more bytes were read; what it throws ends it
     * @throws BackupException MISSING, or DAMAGED when the manifest cannot be read
     */
    public static List<String> run(Repository repository, String id, LongConsumer progress) {
        List<String> problems = new ArrayList<>();
        try (Repository.Lock lock = repository.sharedLock()) {
            Manifest manifest = repository.manifest(id);
            Copying reading = new Copying(progress::accept);
            Set<String> seen = new HashSet<>();
            for (Entry entry : manifest.entries()) {
                if (seen.add(entry.pool() + " " + entry.bytes())) {
                    int before = problems.size();
                    check(repository, entry, reading, problems);
                    if (problems.size() > before) {
                        repository.foundDamaged(entry.pool());
                    }
                }
            }
            return problems;
        }
    }

    private static void check(Repository repository, Entry entry, Copying reading, List<String> problems) {
        try {
            int crc = reading.checksum(repository.pool(entry), entry.bytes());
            if (crc != entry.crc32c()) {
                problems.add(wrong(repository, entry, crc));
            }
        } catch (NoSuchFileException e) {
            problems.add(repository.pool(entry) + " is missing (" + entry.path() + ")");
        } catch (EOFException e) {
            problems.add(e.getMessage() + " (" + entry.path() + ")");
        } catch (IOException e) {
            problems.add(repository.pool(entry) + " cannot be read: " + e + " (" + entry.path() + ")");
        }
    }

    static String wrong(Repository repository, Entry entry, int crc) {
        return repository.pool(entry) + " is damaged: its first " + entry.bytes()
                + " bytes have the checksum "
                + ManifestText.hex(crc) + " instead of " + ManifestText.hex(entry.crc32c()) + " ("
                + entry.path()
                + ")";
    }
}
