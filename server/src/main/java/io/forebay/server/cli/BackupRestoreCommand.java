package io.forebay.server.cli;

import io.forebay.engine.backup.Repository;
import io.forebay.engine.backup.Restoring;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay backup restore}. */
@Command(name = "restore", description = {"Makes a store of a backup, in a new or an empty directory.",
        "Every file is compared with its checksum. No server is needed, and none may have the directory open.",
        "Behind it: forebay check NEWDIR, then forebay run --path NEWDIR."})
final class BackupRestoreCommand extends BackupTool {
    @Option(names = "--from", paramLabel = "DIR", required = true,
            description = "The directory of the backups.")
    @SuppressWarnings("NullAway.Init")
    private Path from;

    @Option(names = "--to", paramLabel = "NEWDIR", required = true,
            description = "Directory of the new store: missing or empty.")
    @SuppressWarnings("NullAway.Init")
    private Path to;

    @Option(names = "--backup", paramLabel = "ID", defaultValue = "latest",
            description = "Which one. Default: the newest, or with --seq-id the newest that will do.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Option(names = "--seq-id", paramLabel = "N",
            description = "The store as it was after this seqId (see forebay backup list). Default: all that the"
                    + " backup has.")
    private @Nullable Long seqId;

    @Option(names = "--wal", paramLabel = "DIR",
            description = "The log that the store left, or its directory: what is in it is taken too.")
    private @Nullable Path log;

    @Override
    int run(PrintWriter out) {
        Repository repository = new Repository(from);
        BackupProgress progress = new BackupProgress(out, "restore", true);
        Restoring.Restored restored = new Restoring(repository, progress)
                .run(new Restoring.Wish(id.equals("latest") ? null : id, seqId, log), to);
        progress.end();
        out.printf(Locale.ROOT, "%s is the store as of seqId %d, from backup %s: %,d bytes in %.1f s%n", to,
                restored.seqId(), restored.manifest().id(), progress.bytes(), progress.seconds());
        if (restored.note() != null) {
            out.println("Note: " + restored.note());
        }
        return 0;
    }
}
