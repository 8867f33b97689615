package io.forebay.server.cli;

import io.forebay.engine.snapshot.BackupPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The jobs and commits of earlier imports, in a server that has imports switched off: nobody has them open, so their files
 * are taken as they lie. Without such files an empty directory is taken, which is none in the restored store.
 *
 * <p>Threads: any.
 */
record ClosedImports(Path store) implements BackupPart {
    @Override
    public String path() {
        return "imports/db";
    }

    @Override
    public void checkpoint(Path directory) {
        Path from = store.resolve(path());
        try {
            Files.createDirectories(directory);
            if (!Files.isDirectory(from)) {
                return;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
                for (Path file : files) {
                    String name = file.getFileName().toString();
                    if (Files.isRegularFile(file) && !name.equals("LOCK") && !name.startsWith("LOG")) {
                        take(file, directory.resolve(name));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take " + from + " into a backup: " + e, e);
        }
    }

    private static void take(Path file, Path name) throws IOException {
        try {
            Files.createLink(name, file);
        } catch (FileSystemException | UnsupportedOperationException notHere) {
            Files.copy(file, name);
        }
    }
}
