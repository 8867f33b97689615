package io.forebay.engine.backup;

import io.forebay.engine.StoreDirectory;
import io.forebay.engine.backup.BackupException.Reason;
import io.forebay.engine.backup.LogReach.Piece;
import io.forebay.engine.backup.Manifest.Entry;
import io.forebay.engine.manifest.ManifestException;
import io.forebay.engine.manifest.StoreManifest;
import io.forebay.model.file.DurableFiles;
import io.forebay.model.file.OwnerOnly;
import io.forebay.wal.WalException;
import io.forebay.wal.WalTools;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a store of a backup, in a directory that is missing or empty.
 *
 * <p>Everything is copied into {@value #UNFINISHED} in that directory, never linked, and compared with the checksums on the
 * way; the log is ended behind the wanted seqId, and must reach it; then what is there moves up, and {@value #UNFINISHED}
 * goes last. As long as it is there the engine refuses the directory, so half a restore is never taken for a store. In it is
 * a list of what moves up, so that who clears the directory knows what is of the restore, and removes that first.
 *
 * <p>It is a store of its own then, with another id ({@link io.forebay.engine.manifest.StoreId}).
 *
 * <p>The next seqId of the store is above all that the repository knows of: none that a client may have seen means something
 * else afterwards.
 *
 * <p>Threads: one. Failure: {@link BackupException}; the directory is as it was, and gone with those above it that were
 * made. After a kill, or when the disk cannot even be cleared, the next restore into it begins anew.
 */
public final class Restoring {
    static final String UNFINISHED = StoreDirectory.UNFINISHED_RESTORE;
    /** In {@link #UNFINISHED}: the names of what moves up, a line each. */
    private static final String MOVING = "moving";
    private static final String LOG = "wal";

    private final Repository repository;
    private final LongConsumer progress;

    /** @param progress told how many more bytes were copied */
    public Restoring(Repository repository, LongConsumer progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * What to restore.
     *
     * @param id       of the backup; null for the newest that will do
     * @param seqId    as of which; null for all that the backup has
     * @param survivor the log that the store left; null when there is none
     */
    public record Wish(@Nullable String id, @Nullable Long seqId, @Nullable Path survivor) {}

    /** What was restored: from which backup, as of which seqId, and what else there is to say; null when nothing is. */
    public record Restored(Manifest manifest, long seqId, @Nullable String note) {}

    public Restored run(Wish wish, Path target) {
        try (RepositoryLock lock = repository.sharedLock()) {
            RestorePlan plan = RestorePlan.of(repository, wish);
            MadeDirectories made = new MadeDirectories();
            prepare(target, made);
            try {
                Path place = Files.createDirectory(target.resolve(UNFINISHED));
                copy(plan, place);
                cut(plan, place.resolve(LOG));
                becomeRestored(place, plan);
                made.sync(); // before: what fails behind the move cannot be taken back
                moveUp(place, target);
                return new Restored(plan.base(), plan.seqId(), plan.note());
            } catch (IOException | RuntimeException | Error e) {
                takeBack(target, made, e);
                throw e;
            }
        } catch (IOException e) {
            throw Repository.failed("cannot restore into " + target, e);
        }
    }

    private static void prepare(Path target, MadeDirectories made) throws IOException {
        try {
            made.make(target, OwnerOnly.directory(target));
        } catch (IOException e) {
            made.takeBack(e);
            throw e;
        }
        List<Path> moved = moved(target);
        try (DirectoryStream<Path> children = Files.newDirectoryStream(target)) {
            for (Path child : children) {
                if (!child.endsWith(UNFINISHED) && !moved.contains(child)) {
                    throw new BackupException(Reason.IMPOSSIBLE, target + " is not empty (there is "
                            + child.getFileName()
                            + "): a store is restored into a new or an empty directory");
                }
            }
        }
        clear(target);
    }

    private static void takeBack(Path target, MadeDirectories made, Throwable why) {
        try {
            clear(target);
            made.takeBack(why);
        } catch (IOException | RuntimeException e) {
            why.addSuppressed(e);
        }
    }

    /** What a restore left; the mark of it last. */
    private static void clear(Path target) throws IOException {
        List<Path> moved = moved(target);
        for (Path child : moved) {
            Copying.deleteTree(child);
        }
        if (!moved.isEmpty()) {
            DurableFiles.syncNames(target);
        }
        Copying.deleteTree(target.resolve(UNFINISHED));
    }

    /** What had moved up when a restore ended half way: it is on the list, and no more below. */
    private static List<Path> moved(Path target) throws IOException {
        Path place = target.resolve(UNFINISHED);
        if (!Files.exists(place.resolve(MOVING))) {
            return List.of();
        }
        List<Path> moved = new ArrayList<>();
        for (String name : Files.readAllLines(place.resolve(MOVING))) {
            Path child = target.resolve(name);
            boolean ours = target.equals(child.getParent()) && !name.equals("..") && !name.equals(".");
            if (ours && Files.exists(child) && !Files.exists(place.resolve(name))) {
                moved.add(child);
            }
        }
        return moved;
    }

    private void copy(RestorePlan plan, Path place) throws IOException {
        Copying copying = new Copying(progress::accept);
        for (Entry entry : plan.base().entries()) {
            if (entry.extent() == null) {
                copyChecked(copying, repository.pool(entry), place.resolve(entry.path()), entry.bytes(),
                        entry.crc32c(), entry.path());
            }
        }
        Files.createDirectories(place.resolve(LOG));
        for (Piece piece : plan.log().pieces()) {
            copyChecked(copying, piece.file(), place.resolve(piece.path()), piece.bytes(), piece.crc32c(),
                    piece.path());
        }
        syncNames(place);
    }

    private static void copyChecked(Copying copying, Path from, Path to, long bytes,
            @Nullable Integer expected,
            String path) throws IOException {
        Files.createDirectories(to.getParent());
        int crc;
        try {
            crc = copying.copy(from, to, bytes);
        } catch (NoSuchFileException | EOFException e) {
            throw new BackupException(Reason.DAMAGED, from + " (" + path + ") is missing or too short: "
                    + e.getMessage()
                    + "; forebay backup verify tells what else is, another backup may be sound",
                    e);
        }
        if (expected != null && crc != expected) {
            throw new BackupException(Reason.DAMAGED, from + " (" + path + ") is damaged: its checksum is "
                    + ManifestText.hex(crc) + " instead of " + ManifestText.hex(expected)
                    + "; forebay backup verify tells what else is, another backup may be sound");
        }
    }

    private static void cut(RestorePlan plan, Path log) {
        long reached;
        try {
            reached = WalTools.cut(log, plan.seqId(), plan.nextSeqId());
        } catch (WalException e) {
            Reason reason = switch (e.reason()) {
                case INSIDE_BATCH -> Reason.IMPOSSIBLE;
                case CORRUPT -> Reason.DAMAGED;
                default -> Reason.IO;
            };
            throw new BackupException(reason, String.valueOf(e.getMessage()), e);
        }
        // Up to there the record segments may be ahead of a log that was salvaged.
        if (reached < plan.seqId() && plan.seqId() > plan.base().fromSeqId()) {
            throw new BackupException(Reason.IMPOSSIBLE, "seqId " + plan.seqId()
                    + " cannot be restored: the log that there is ends at " + reached
                    + ", take --seq-id " + Math.max(reached, plan.base().fromSeqId()) + " or lower");
        }
    }

    private static void becomeRestored(Path place, RestorePlan plan) {
        try {
            StoreManifest.becomeRestored(place, plan.from());
        } catch (ManifestException e) {
            throw new BackupException(Reason.IO, String.valueOf(e.getMessage()), e);
        }
    }

    private static void moveUp(Path place, Path target) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(place)) {
            found.forEach(child -> names.add(child.getFileName().toString()));
        }
        Collections.sort(names);
        Path list = place.resolve(MOVING);
        Files.write(list, names, StandardOpenOption.CREATE_NEW);
        DurableFiles.force(list);
        DurableFiles.syncNames(place);
        for (String name : names) {
            Files.move(place.resolve(name), target.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        }
        DurableFiles.syncNames(target);
        Files.delete(list);
        Files.delete(place);
        DurableFiles.syncNames(target);
    }

    private static void syncNames(Path directory) throws IOException {
        DurableFiles.syncNames(directory);
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                if (Files.isDirectory(child)) {
                    syncNames(child);
                }
            }
        }
    }
}
