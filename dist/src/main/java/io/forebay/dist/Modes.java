package io.forebay.dist;

import java.nio.file.Files;
import java.nio.file.Path;

/** Who may do what with a file that is handed out: programs run, the rest is read, whatever the builder's umask was. */
final class Modes {
    static final int PROGRAM = 0755;
    static final int FILE = 0644;

    private Modes() {}

    static int of(Path file, String name) {
        boolean program = Files.isExecutable(file)
                && (name.contains("bin/") || name.endsWith("jspawnhelper") || name.endsWith("jexec")
                        || name.contains("ld-linux"));
        return program ? PROGRAM : FILE;
    }
}
