package io.forebay.server.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What commands with these exit codes have in common: how they speak. A message to standard error is one line. */
abstract class Tool implements Callable<Integer> {
    /** Something is damaged, or did not succeed. */
    static final int EXIT_FAILED = 1;
    static final int EXIT_CANNOT = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    final void error(@Nullable String message) {
        PrintWriter err = err();
        err.println("forebay: " + message);
        err.flush();
    }

    final int failed(@Nullable String message) {
        error(message);
        return EXIT_FAILED;
    }

    final int cannot(@Nullable String message) {
        error(message);
        return EXIT_CANNOT;
    }
}
