package io.forebay.model.file;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The modes of what only its owner may use, for the moment at which it is made, so that it is open to others at no time.
 * Nothing on a file system that has no such modes.
 */
public final class OwnerOnly {
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private OwnerOnly() {}

    /** 0600. */
    public static FileAttribute<?>[] file(Path where) {
        return modes(where, FILE);
    }

    /** 0700. */
    public static FileAttribute<?>[] directory(Path where) {
        return modes(where, DIRECTORY);
    }

    private static FileAttribute<?>[] modes(Path where, Set<PosixFilePermission> allowed) {
        return where.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[]{PosixFilePermissions.asFileAttribute(allowed)}
                : new FileAttribute<?>[0];
    }
}
