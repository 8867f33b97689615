package io.forebay.server.cli;

import io.forebay.model.ForebayException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/**
 * What the tools for a store as a whole have in common: its directory is their parameter.
 *
 * <p>Failure: what cannot be read, or is in use, is one line on standard error and exit code 2.
 */
abstract class WholeStoreTool extends StoreTool {
    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR",
            description = "Directory of the store. Default: the configured server.path")
    private @Nullable Path directory;

    /** What the tool does; returns the exit code. */
    interface Work {
        int run(Path store, PrintWriter out, StageLine line);
    }

    /** As it was named; null when it was not. */
    final @Nullable Path named() {
        return directory;
    }

    /** @param silent whether nothing is shown meanwhile of what the work is at */
    final int work(boolean silent, Work work) {
        PrintWriter out = out();
        StageLine line = new StageLine(err(), !silent && Terminal.isInteractive());
        try {
            return work.run(store(directory), out, line);
        } catch (ForebayException refused) {
            line.clear();
            return cannot(refused.getMessage());
        } finally {
            out.flush();
        }
    }
}
