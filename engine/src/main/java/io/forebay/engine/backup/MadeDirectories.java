package io.forebay.engine.backup;

import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The directories that were made on the way to one that is needed, so that who fails later can take them back: a name
 * that was mistyped leaves nothing.
 *
 * <p>Threads: one. Failure: an IOException; what was made until then can be taken back.
 */
final class MadeDirectories {
    /** The deepest first. */
    private final Deque<Path> made = new ArrayDeque<>();

    /**
     * With what is missing above it.
     *
     * @param attributes of the directory itself, if it is made
     */
    void make(Path directory, FileAttribute<?>... attributes) throws IOException {
        List<Path> missing = new ArrayList<>();
        for (Path at = directory.toAbsolutePath(); at != null && Files.notExists(at); at = at.getParent()) {
            missing.add(at);
        }
        for (int i = missing.size() - 1; i >= 0; i--) {
            try {
                Files.createDirectory(missing.get(i), i == 0 ? attributes : new FileAttribute<?>[0]);
                made.addFirst(missing.get(i));
            } catch (FileAlreadyExistsException somebodyElse) {
                if (!Files.isDirectory(missing.get(i))) {
                    throw somebodyElse;
                }
            }
        }
        if (!Files.isDirectory(directory)) {
            Files.readAttributes(directory, BasicFileAttributes.class); // says so when it may not be looked at
            throw new NotDirectoryException(directory.toString());
        }
    }

    boolean isEmpty() {
        return made.isEmpty();
    }

    /** Makes their names survive a power loss. */
    void sync() throws IOException {
        for (Path one : made) {
            DurableFiles.syncNameOf(one);
        }
    }

    /** As far as nothing is in them. */
    void takeBack(Throwable why) {
        try {
            while (!made.isEmpty()) {
                Files.deleteIfExists(made.removeFirst());
            }
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }
}
