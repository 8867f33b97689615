package io.forebay.engine.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;

/**
 * Tells whether a file of a store is the one that is in the pool already, without reading it: by its inode and the time
 * of its last change, besides its path and length. A store that was restored or moved has other inodes, so it shares
 * nothing with backups of the store that it came from, whatever its files are called.
 */
final class Identity {
    static final String NONE = "-";

    private Identity() {}

    static String of(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Object key = attributes.fileKey();
        if (key == null) {
            return NONE;
        }
        FileTime changed = attributes.lastModifiedTime();
        return changed.to(TimeUnit.NANOSECONDS) + "@" + key.toString().replace(' ', '_');
    }
}
