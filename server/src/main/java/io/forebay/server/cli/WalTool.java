package io.forebay.server.cli;

import io.forebay.engine.StoreDirectory;
import io.forebay.engine.manifest.ManifestException;
import io.forebay.engine.manifest.StoreUpgrade;
import io.forebay.model.ForebayException;
import io.forebay.wal.WalException;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/**
 * What the tools for the log have in common: which log, and the exit codes.
 *
 * <p>Failure: what the log's module refuses is one line on standard error and exit code 2.
 */
abstract class WalTool extends StoreTool {
    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR",
            description = "Directory of the store, or of its log. Default: the configured server.path")
    private @Nullable Path directory;

    /** What the tool does with the log in this directory; returns the exit code. */
    abstract int run(Path log, PrintWriter out) throws InterruptedException;

    @Override
    public final Integer call() throws InterruptedException {
        PrintWriter out = out();
        Path store = store(directory);
        try {
            StoreDirectory.refuseUnfinished(store);
            Path log = WalTools.logDirectory(store);
            Path parent = log.toAbsolutePath().getParent();
            if (parent != null) {
                StoreDirectory.refuseUnfinished(parent);
                StoreUpgrade.refuseNewer(parent);
            }
            return run(log, out);
        } catch (WalException | ManifestException | ForebayException refused) {
            return cannot(refused.getMessage());
        } finally {
            out.flush();
        }
    }

    /** Says what does not check; returns the exit code. */
    static int damages(WalScan scan, PrintWriter out) {
        scan.damages().forEach(damage -> out.println("damage: " + damage));
        scan.skipped().forEach(number -> out.println("skipped: extent " + number
                + " was purged by the store before it was read"));
        return scan.fine() ? 0 : EXIT_DAMAGED;
    }
}
