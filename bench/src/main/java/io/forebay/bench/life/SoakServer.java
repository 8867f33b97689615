package io.forebay.bench.life;

import io.forebay.bench.load.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server of a soak, over its lives.
 *
 * <p>Threads: safe for any number; one starts and kills.
 */
final class SoakServer implements AutoCloseable {
    private final Path directory;
    private final Map<String, String> settings;
    private @Nullable ServerProcess process;
    private int epoch;

    /** One life. */
    record Running(int epoch, URI address) {}

    SoakServer(Path directory, Map<String, String> settings) {
        this.directory = directory;
        this.settings = settings;
    }

    void start() throws IOException {
        ServerProcess started = ServerProcess.start(directory, settings);
        synchronized (this) {
            process = started;
            notifyAll();
        }
    }

    /** The life that begins with the next start has another number. */
    void kill() throws InterruptedException {
        ServerProcess killed;
        synchronized (this) {
            killed = process;
            process = null;
            epoch++;
        }
        if (killed != null) {
            killed.kill();
        }
    }

    /** Waits until one runs. */
    synchronized Running await() throws InterruptedException {
        while (process == null) {
            wait();
        }
        return new Running(epoch, process.address());
    }

    /** Whether the server of this life still runs. */
    synchronized boolean isSince(int since) {
        return epoch == since && process != null;
    }

    synchronized @Nullable ServerProcess process() {
        return process;
    }

    @Override
    public void close() {
        ServerProcess last = process();
        if (last != null) {
            last.close();
        }
    }
}
