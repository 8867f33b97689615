package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server of its own process ends in order when it is told to, whatever its log is made of. */
class StopTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"file", "chronicle"})
    void itStopsCleanlyWithCode0(String implementation) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process server = new ProcessBuilder(Launch.again(List.of("run", "--path",
                folder.resolve("store").toString(), "--port", "0", "--stop-at-eof", "--set",
                "wal.implementation=" + implementation, "--set", "wal.extent_bytes=1MiB")))
                .redirectError(log.toFile()).start();
        String told;
        try (BufferedReader out = server.inputReader()) {
            String line = out.readLine();
            while (line != null && !line.contains("listening on")) {
                line = out.readLine(); // logback tells of the configuration that the tests of other modules bring
            }
            assertThat(line).as(() -> said(log)).isNotNull();
            server.getOutputStream().close();
            told = out.lines().collect(Collectors.joining("\n")); // until it ends
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            server.destroyForcibly();
        }
        assertThat(server.exitValue()).as(() -> said(log)).isZero();
        // Which of the two streams has the log is for the configuration of whoever runs the test to say.
        assertThat(told + said(log)).contains("stopped").doesNotContain("Exception");
    }

    private static String said(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
