package io.forebay.server.cli;

import io.forebay.wal.WalSalvage;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay wal salvage}: goes on without what was hit. */
@Command(name = "salvage", description = {
        "Makes a log that can be opened again of a damaged one, without the entries that were hit, and lists these.",
        "The store must be stopped. Nothing is destroyed: the damaged log stays beside the new one, as",
        "wal.damaged-<time>. It needs room for a copy. If it is interrupted, run it again."})
final class WalSalvageCommand extends WalTool {
    @Option(names = "--dry-run",
            description = "Only lists what would be lost; exit code 1 when there is damage.")
    private boolean dryRun;

    @Override
    int run(Path log, PrintWriter out) {
        Umask.restrict();
        if (dryRun) {
            WalScan scan = WalTools.scan(log, (frame, payload) -> {});
            int code = damages(scan, out);
            out.println(scan.fine()
                    ? "nothing to salvage: everything checks"
                    : "would keep " + scan.entries() + " entries and lose " + scan.lostSeqIds() + " seqIds");
            return code;
        }
        WalSalvage done = WalTools.salvage(log);
        switch (done.outcome()) {
            case NOTHING_TO_DO -> out.println("nothing to salvage: everything checks; nothing was changed");
            case FINISHED ->
                out.println("an interrupted salvage was finished; its report:\n" + done.report());
            case SALVAGED ->
                out.println(done.report() + "\nThis is also in " + log.resolve("salvage-report.txt")
                        + ".\nThe store can be started. Delete " + done.damaged()
                        + " when it is not needed any more.");
        }
        return 0;
    }
}
