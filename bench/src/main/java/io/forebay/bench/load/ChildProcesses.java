package io.forebay.bench.load;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Processes that must not outlive this one, whatever ends it but a SIGKILL: those of others, which do not watch their
 * input as ours do. Chroma's server, told to stop by a signal, would use a processor for ever.
 *
 * <p>Threads: any.
 */
public final class ChildProcesses {
    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        BenchThreads.atExit(() -> ALIVE.forEach(ChildProcesses::kill));
    }

    private ChildProcesses() {}

    /** The same process, killed with its children when this one exits, unless it ended before. */
    public static Process keep(Process process) {
        ALIVE.add(process);
        process.onExit().thenRun(() -> ALIVE.remove(process));
        return process;
    }

    /** SIGKILL to it and to its children; returns when it is gone. */
    public static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }
}
