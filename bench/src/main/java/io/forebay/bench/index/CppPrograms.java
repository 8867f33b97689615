package io.forebay.bench.index;

import io.forebay.bench.load.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compiles this module's few C++ programs ({@code bench/src/main/cpp}) with {@code g++ -O3 -march=native},
 * into the workspace. Without a compiler, or without the headers, there is no program and a line that says
 * so.
 */
final class CppPrograms {
    private final Path sources;
    private final Workspace workspace;
    private final Consumer<String> progress;

    CppPrograms(Path root, Workspace workspace, Consumer<String> progress) {
        this.sources = root.resolve("bench/src/main/cpp");
        this.workspace = workspace;
        this.progress = progress;
    }

    /** The program that drives C++ hnswlib; null when it cannot be had. */
    @Nullable
    Path peer(@Nullable Path headers) throws IOException, InterruptedException {
        if (headers == null) {
            progress.accept("without C++ hnswlib: --cpp names no folder with its headers");
            return null;
        }
        if (!Files.isRegularFile(headers.resolve("hnswlib/hnswlib.h"))) {
            progress.accept("without C++ hnswlib: there is no hnswlib/hnswlib.h in " + headers);
            return null;
        }
        return compiled("hnswlib_peer", "C++ hnswlib", List.of("-I", headers.toString()));
    }

    /** The reference of the kernels; null when it cannot be had. */
    @Nullable
    Path kernels() throws IOException, InterruptedException {
        return compiled("kernels", "the C kernels", List.of());
    }

    private @Nullable Path compiled(String name, String what, List<String> options)
            throws IOException, InterruptedException {
        Path source = sources.resolve(name + ".cpp");
        if (!Files.isRegularFile(source)) {
            progress.accept("without " + what + ": there is no " + source);
            return null;
        }
        Path program = workspace.newDirectory("cpp").resolve(name);
        List<String> command = new ArrayList<>(List.of("g++", "-O3", "-march=native", "-std=c++17"));
        command.addAll(options);
        command.addAll(List.of("-o", program.toString(), source.toString()));
        Process compiler;
        try {
            compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException noCompiler) {
            progress.accept("without " + what + ": there is no g++");
            return null;
        }
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            progress.accept("without " + what + ": g++ failed: " + said.lines().findFirst().orElse(""));
            return null;
        }
        return program;
    }
}
