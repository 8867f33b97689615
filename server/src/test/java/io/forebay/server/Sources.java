package io.forebay.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The Java sources of all modules. */
final class Sources {
    private Sources() {}

    static Path root() {
        return Path.of(Objects.requireNonNull(System.getProperty("forebay.root"),
                "system property forebay.root (surefire sets it)"));
    }

    static List<Path> main() throws IOException {
        return find("main");
    }

    static List<Path> test() throws IOException {
        return find("test");
    }

    private static List<Path> find(String kind) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root())) {
            for (Path module : modules.sorted().toList()) {
                Path sources = module.resolve("src").resolve(kind).resolve("java");
                if (Files.isDirectory(sources)) {
                    try (Stream<Path> files = Files.walk(sources)) {
                        files.filter(f -> f.toString().endsWith(".java")).sorted().forEach(found::add);
                    }
                }
            }
        }
        return found;
    }
}
