package io.forebay.engine.backup;

import io.forebay.engine.backup.BackupException.Reason;
import io.forebay.engine.backup.Manifest.Entry;
import io.forebay.model.file.DurableFiles;
import io.forebay.model.file.OwnerOnly;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of backups.
 * <pre>
 *  &lt;repository&gt;/
 *    LOCK               held by whoever works on it
 *    &lt;id&gt;/manifest      one backup, see {@link Manifest}
 *    pool/&lt;name&gt;        a file of one or more backups; never written again
 * </pre>
 *
 * <p>Invariants: a file of the pool is on disk before a manifest names it, and stays until none does. A manifest appears
 * whole or not at all: written aside, synced, renamed, the names synced. What a crash leaves is named by no manifest, and
 * is removed by the next change.
 *
 * <p>Threads: any; changes hold {@link #lock}, across processes. Failure: {@link BackupException}. While one manifest
 * cannot be read no file of the pool is removed, because nobody knows what it needs.
 */
public final class Repository {
    private static final Logger LOG = LoggerFactory.getLogger(Repository.class);
    private static final String POOL = "pool";
    private static final String MANIFEST = "manifest";
    private static final String LOCK = "LOCK";

    private final Path directory;
    /** Names in the pool that a verification found damaged: no later backup shares them. */
    private final Set<String> damaged = ConcurrentHashMap.newKeySet();

    public Repository(Path directory) {
        this.directory = directory;
    }

    /** A backup that is there, or why it cannot be read. */
    public record Found(String id, @Nullable Manifest manifest,
            @Nullable String problem) {}

    public Path directory() {
        return directory;
    }

    Path pool(Entry entry) {
        return pool(entry.pool());
    }

    Path pool(String name) {
        return directory.resolve(POOL).resolve(name);
    }

    /** For a backup, before {@link #lock}: makes what is not there, all of it or nothing. */
    MadeDirectories make() {
        MadeDirectories made = new MadeDirectories();
        try {
            made.make(directory, OwnerOnly.directory(directory));
            made.make(directory.resolve(POOL));
            made.sync();
            return made;
        } catch (IOException e) {
            made.takeBack(e);
            throw failed("cannot make " + directory + " for backups", e);
        }
    }

    /** Under the lock, when the first backup failed. */
    void unmake(MadeDirectories made, Throwable why) throws IOException {
        if (!made.isEmpty()) {
            Files.deleteIfExists(directory.resolve(LOCK));
            made.takeBack(why);
        }
    }

    /** For whoever changes it. BUSY when somebody else does. */
    RepositoryLock lock() {
        try {
            return RepositoryLock.take(directory, false, directory.resolve(LOCK), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw failed("cannot work on the backups in " + directory, e);
        }
    }

    /** For whoever only reads, also from a disk that cannot be written: nothing is removed meanwhile. */
    RepositoryLock sharedLock() {
        try {
            Path lock = directory.resolve(LOCK);
            return Files.exists(lock)
                    ? RepositoryLock.take(directory, true, lock, StandardOpenOption.READ)
                    : RepositoryLock.take(directory, true, directory.resolve(POOL), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new BackupException(Reason.MISSING, "there are no backups in " + directory);
        } catch (IOException e) {
            throw failed("cannot read the backups in " + directory, e);
        }
    }

    /** Of this id. MISSING, DAMAGED. */
    public Manifest manifest(String id) {
        if (!id.matches(Manifest.ID_PATTERN)) {
            throw new BackupException(Reason.MISSING, "there is no backup " + id + " in " + directory);
        }
        Path file = directory.resolve(id).resolve(MANIFEST);
        try {
            Manifest manifest = ManifestText.decode(Files.readAllBytes(file));
            if (!manifest.id().equals(id)) {
                throw new BackupException(Reason.DAMAGED, file + " is the manifest of " + manifest.id());
            }
            return manifest;
        } catch (NoSuchFileException e) {
            throw new BackupException(Reason.MISSING, "there is no backup " + id + " in " + directory);
        } catch (IOException e) {
            throw new BackupException(Reason.DAMAGED, file + ": " + e.getMessage(), e);
        }
    }

    /** Oldest first; those that cannot be read at the end. */
    public List<Found> list() {
        List<Found> found = new ArrayList<>();
        for (String id : ids()) {
            try {
                found.add(new Found(id, manifest(id), null));
            } catch (BackupException problem) {
                if (problem.reason() != Reason.MISSING) {
                    found.add(new Found(id, null, problem.getMessage()));
                }
            }
        }
        found.sort((a, b) -> a.manifest() == null || b.manifest() == null
                ? Boolean.compare(a.manifest() == null, b.manifest() == null)
                : Manifest.ORDER.compare(a.manifest(), b.manifest()));
        return found;
    }

    /** Those that can be read, oldest first. */
    public List<Manifest> manifests() {
        List<Manifest> all = new ArrayList<>();
        for (Found found : list()) {
            if (found.manifest() != null) {
                all.add(found.manifest());
            }
        }
        return all;
    }

    private List<String> ids() {
        List<String> ids = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (name.matches(Manifest.ID_PATTERN)) {
                    ids.add(name);
                }
            }
        } catch (NoSuchFileException none) {
            return ids;
        } catch (IOException e) {
            throw failed("cannot read the backups in " + directory, e);
        }
        return ids;
    }

    /** The last step of a backup, under the lock: from here on it is there. */
    void add(Manifest manifest) throws IOException {
        DurableFiles.syncNames(directory.resolve(POOL));
        Path folder = directory.resolve(manifest.id());
        Files.createDirectory(folder);
        DurableFiles.replace(folder.resolve(MANIFEST), ".tmp", ManifestText.encode(manifest));
        DurableFiles.syncNames(directory);
    }

    /** Also one that cannot be read. What only this one needed of the pool goes too. MISSING. */
    public void delete(String id) {
        if (!Files.isDirectory(directory.resolve(POOL))) { // nor is anything made in a directory of others
            throw new BackupException(Reason.MISSING, "there are no backups in " + directory);
        }
        try (RepositoryLock held = lock()) {
            LOG.debug("{} held for the removal of {}", held, id);
            if (!id.matches(Manifest.ID_PATTERN)
                    || !Files.deleteIfExists(directory.resolve(id).resolve(MANIFEST))) {
                throw new BackupException(Reason.MISSING, "there is no backup " + id + " in " + directory);
            }
            DurableFiles.syncNames(directory.resolve(id));
            sweep();
        } catch (IOException e) {
            throw failed("cannot delete backup " + id + " in " + directory, e);
        }
    }

    /** Removes what a backup brought that failed, also its manifest, under the lock: it may be what fills the disk. */
    void discard(String id) throws IOException {
        Path folder = directory.resolve(id);
        if (Files.deleteIfExists(folder.resolve(MANIFEST))) {
            DurableFiles.syncNames(folder);
        }
        Copying.deleteTree(folder);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve(POOL), id + "-*")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Removes what no manifest names, under the lock. */
    void sweep() throws IOException {
        Set<String> needed = new HashSet<>();
        boolean known = true;
        for (String id : ids()) {
            if (!Files.exists(directory.resolve(id).resolve(MANIFEST))) {
                Copying.deleteTree(directory.resolve(id));
                continue;
            }
            try {
                manifest(id).entries().forEach(entry -> needed.add(entry.pool()));
            } catch (BackupException unreadable) {
                LOG.warn("nothing is removed from the pool while this is so: {}", unreadable.getMessage());
                known = false;
            }
        }
        if (known) {
            sweepPool(needed);
        }
    }

    private void sweepPool(Set<String> needed) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve(POOL))) {
            for (Path file : files) {
                if (!needed.contains(file.getFileName().toString())) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Of a file of the pool, by whoever read it; remembered as long as this object is there. */
    void foundDamaged(String pool) {
        damaged.add(pool);
    }

    /** Files that are in the pool, whole as far as their length and verifications say, by {@link #key}. */
    Map<String, Entry> known() {
        Map<String, Entry> known = new HashMap<>();
        for (Manifest manifest : manifests()) {
            for (Entry entry : manifest.entries()) {
                if (!entry.identity().equals("-") && !known.containsKey(key(entry)) && isWhole(entry)
                        && !damaged.contains(entry.pool())) {
                    known.put(key(entry), entry);
                }
            }
        }
        return known;
    }

    private boolean isWhole(Entry entry) {
        try {
            return Files.size(pool(entry)) >= entry.bytes();
        } catch (IOException missing) {
            return false;
        }
    }

    /** Two files of a store with the same key have the same content as far as it counts. */
    private static String key(Entry entry) {
        return key(entry.path(), entry.bytes(), entry.identity());
    }

    static String key(String path, long bytes, String identity) {
        return path + " " + bytes + " " + identity;
    }

    static BackupException failed(String what, IOException cause) {
        return new BackupException(Reason.IO, what + ": " + cause, cause);
    }
}
