package io.forebay.server.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command line as a process of its own, which can be killed. What it says is in a file. */
final class ForebayProcess implements AutoCloseable {
    private static final Map<String, String> SETTINGS = Map.of("FOREBAY_AUTH__MODE", "off",
            "FOREBAY_WAL__EXTENT_BYTES", "8MiB", "FOREBAY_WAL__DISK_RESERVE_BYTES", "0",
            "FOREBAY_WAL__DURABILITY", "os");

    private final Process process;
    private final Path said;

    private ForebayProcess(Process process, Path said) {
        this.process = process;
        this.said = said;
    }

    static ForebayProcess start(Path said, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "@" + System.getProperty("forebay.root") + "/jvm.options", "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                "io.forebay.server.Main"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()));
        builder.environment().putAll(SETTINGS);
        return new ForebayProcess(builder.start(), said);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String said() throws IOException {
        return Files.readString(said);
    }

    /** As kill -9. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    /** As Ctrl-C, but for the number of the signal. */
    void interrupt() {
        process.destroy();
    }

    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(100, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the process does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
