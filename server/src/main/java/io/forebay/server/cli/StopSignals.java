package io.forebay.server.cli;

import io.forebay.server.logging.LogForm;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT: the first ends the process in order, the second at once, with code 1. The JVM by itself takes no
 * notice of a second one.
 *
 * <p>Threads: the JVM's own for signals, which hands on what takes time.
 */
final class StopSignals {
    private static final int EXIT_AT_ONCE = 1;

    private StopSignals() {}

    static void install(PrintWriter err) {
        AtomicBoolean asked = new AtomicBoolean();
        for (String name : new String[]{"TERM", "INT"}) {
            try {
                Signal.handle(new Signal(name), signal -> received(asked, err));
            } catch (IllegalArgumentException taken) {
                // The JVM was told to leave this signal alone (-Xrs); then it does what the system does.
            }
        }
    }

    private static void received(AtomicBoolean asked, PrintWriter err) {
        if (asked.compareAndSet(false, true)) {
            CliThreads.start("stop", () -> Runtime.getRuntime().exit(0));
            return;
        }
        err.println("forebay: a second signal, ending at once; the next start replays the log");
        err.flush();
        LogForm.finish();
        Runtime.getRuntime().halt(EXIT_AT_ONCE);
    }
}
