package io.forebay.engine;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.stream.Stream;

/** The files of a store that is open, as a kill at this moment would leave them. */
final class StoreImage {
    private static final int TRIES_MAX = 20;

    private StoreImage() {}

    static void copy(Path from, Path to) throws IOException {
        for (int tries = 1;; tries++) {
            try {
                copyOnce(from, to);
                return;
            } catch (NoSuchFileException deleted) {
                // RocksDB deleted a file behind the listing: no moment of the store looks like what is copied.
                if (tries == TRIES_MAX) {
                    throw deleted;
                }
                try (Stream<Path> copied = Files.walk(to)) {
                    for (Path each : copied.sorted(Comparator.reverseOrder()).toList()) {
                        if (!each.equals(to)) {
                            Files.delete(each);
                        }
                    }
                }
            }
        }
    }

    private static void copyOnce(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path place, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(to.resolve(from.relativize(place)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
