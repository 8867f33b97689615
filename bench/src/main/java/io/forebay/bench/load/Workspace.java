package io.forebay.bench.load;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Directories for the stores of a benchmark, each deleted when its run is over: they are large. */
public final class Workspace implements AutoCloseable {
    private final Path directory;
    private int runs;

    private Workspace(Path directory) {
        this.directory = directory;
    }

    public static Workspace in(Path parent) throws IOException {
        Files.createDirectories(parent);
        return new Workspace(Files.createTempDirectory(parent, "run-"));
    }

    public Path directory() {
        return directory;
    }

    public Path newDirectory(String name) throws IOException {
        return Files.createDirectory(directory.resolve(runs++ + "-" + name));
    }

    @Override
    public void close() throws IOException {
        delete(directory);
    }

    public static void delete(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
