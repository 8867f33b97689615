package io.forebay.engine;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.file.OwnerOnly;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The root of a store: made so that only its owner can enter it, which protects everything below whatever modes that
 * has. One that was there keeps its modes, since somebody may have chosen them; a start warns of it.
 *
 * <p>Threads: any. Failure: a {@link ForebayException} (UNAVAILABLE) with what is wrong.
 */
public final class StoreDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(StoreDirectory.class);
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    /** A directory that has this below it is not yet a store. */
    public static final String UNFINISHED_RESTORE = "restore.tmp";

    private StoreDirectory() {}

    /** A directory with half a restore is no store. */
    public static void refuseUnfinished(Path store) {
        if (Files.exists(store.resolve(UNFINISHED_RESTORE))) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "In " + store
                    + " is a restore that was not finished: delete the directory and restore again");
        }
    }

    static void make(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                makeOwnerOnly(directory);
            } else if (isOpenToOthers(directory)) {
                LOG.warn("{} can be read by other users of this machine; to change that: chmod -R go= {}",
                        directory, directory);
            }
        } catch (FileAlreadyExistsException file) {
            throw new ForebayException(ErrorCode.UNAVAILABLE,
                    "Cannot open a store in " + directory + ": it is a file, not a directory", file);
        } catch (IOException failure) {
            String reason = failure instanceof FileSystemException named
                    ? named.getReason()
                    : failure.getMessage();
            throw new ForebayException(ErrorCode.UNAVAILABLE,
                    "Cannot create the store's directory " + directory + ": " + reason, failure);
        }
        if (!Files.isWritable(directory)) {
            throw new ForebayException(ErrorCode.UNAVAILABLE,
                    "The store's directory " + directory + " is not writable for this user");
        }
    }

    /** With its parents, if it is not there; which only its owner can enter. Also for what else holds records. */
    public static void makeOwnerOnly(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.createDirectories(directory, OwnerOnly.directory(directory));
    }

    /** Whether another user than the owner can list, enter or write it; false where there are no such modes. */
    public static boolean isOpenToOthers(Path directory) throws IOException {
        if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return false;
        }
        EnumSet<PosixFilePermission> others = EnumSet.copyOf(EnumSet.allOf(PosixFilePermission.class));
        others.removeAll(OWNER_ONLY);
        others.retainAll(Files.getPosixFilePermissions(directory));
        return !others.isEmpty();
    }
}
