package io.forebay.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A slower disk for one server: {@code bench/src/main/cpp/slow_sync.cpp}, compiled into the workspace and put before the C
 * library, makes each sync take so much longer. What the disk is asked for stays the same.
 */
public final class SlowSync {
    private SlowSync() {}

    /** The environment of such a server; null, with a line that says why, where it cannot be had. */
    public static @Nullable Map<String, String> environment(Path root, Workspace workspace, double millis,
            Consumer<String> progress) throws IOException, InterruptedException {
        Path source = root.resolve("bench/src/main/cpp/slow_sync.cpp");
        if (!Files.isRegularFile(source) || !System.getProperty("os.name").startsWith("Linux")) {
            progress.accept("without slow syncs: " + (Files.isRegularFile(source)
                    ? "only on Linux"
                    : "there is no " + source));
            return null;
        }
        Path library = workspace.newDirectory("cpp").resolve("slow_sync.so");
        Process compiler;
        try {
            compiler = new ProcessBuilder(List.of("g++", "-O2", "-std=c++17", "-shared", "-fPIC", "-o",
                    library.toString(), source.toString(), "-ldl")).redirectErrorStream(true).start();
        } catch (IOException noCompiler) {
            progress.accept("without slow syncs: there is no g++");
            return null;
        }
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            progress.accept("without slow syncs: g++ failed: " + said.lines().findFirst().orElse(""));
            return null;
        }
        return Map.of("LD_PRELOAD", library.toAbsolutePath().toString(), "SLOW_SYNC_MICROS",
                Long.toString(Math.round(millis * 1000)));
    }
}
