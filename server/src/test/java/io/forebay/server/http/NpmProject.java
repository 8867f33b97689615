package io.forebay.server.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A folder of {@code src/test/js}, copied and installed with npm. Where npm or its registry cannot be reached the tests
 * are skipped, with the reason; anything else that goes wrong is a failure.
 */
final class NpmProject {
    private static final Path SOURCES = Path.of(System.getProperty("forebay.root"), "server/src/test/js");
    private static final Pattern UNREACHABLE = Pattern
            .compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT");
    private static final long SECONDS_MAX = 240;
    private static final long LONG_SECONDS_MAX = 900;

    private final Path directory;

    record Outcome(int code, String output) {}

    private NpmProject(Path directory) {
        this.directory = directory;
    }

    static NpmProject install(String name, Path directory) throws IOException, InterruptedException {
        try (Stream<Path> files = Files.list(SOURCES.resolve(name))) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        NpmProject project = new NpmProject(directory);
        for (String tool : new String[]{"node", "npm"}) {
            skipUnless(project.isThere(tool), tool + " is not installed");
        }
        // What is optional are programs for single platforms, which the client itself does not need.
        Outcome installed = project.run(Map.of(), "npm", "install", "--no-audit", "--no-fund",
                "--no-package-lock",
                "--ignore-scripts", "--omit=optional", "--no-update-notifier", "--prefer-offline",
                "--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000",
                "--fetch-timeout=20000");
        if (installed.code() != 0) {
            skipUnless(!UNREACHABLE.matcher(installed.output()).find(),
                    "npm's registry cannot be reached:\n" + installed.output());
            throw new IllegalStateException("npm install failed:\n" + installed.output());
        }
        return project;
    }

    private static void skipUnless(boolean possible, String reason) {
        if (!possible) {
            System.out.println("skipped: " + reason);
        }
        Assumptions.assumeTrue(possible, reason);
    }

    private boolean isThere(String tool) throws InterruptedException {
        try {
            return run(Map.of(), tool, "--version").code() == 0;
        } catch (IOException none) {
            return false;
        }
    }

    /** Runs the tests of one file. */
    Outcome test(String file, Map<String, String> environment) throws IOException, InterruptedException {
        return run(environment, "node", "--test", "--test-reporter=spec", file);
    }

    /** The same, for one that takes minutes. */
    Outcome longTest(String file, Map<String, String> environment) throws IOException, InterruptedException {
        return run(LONG_SECONDS_MAX, environment, "node", "--test", "--test-reporter=spec", file);
    }

    private Outcome run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        return run(SECONDS_MAX, environment, command);
    }

    private Outcome run(long secondsMax, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
                .redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            throw new IllegalStateException(String.join(" ", command) + " took longer than " + secondsMax
                    + " s:\n" + Files.readString(output));
        }
        return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }
}
