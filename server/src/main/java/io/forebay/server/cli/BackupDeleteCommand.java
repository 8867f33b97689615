package io.forebay.server.cli;

import io.forebay.engine.backup.Repository;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay backup delete}. */
@Command(name = "delete", description = {"Deletes backups, and the files that only these need."})
final class BackupDeleteCommand extends BackupTool {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(arity = "1..*", paramLabel = "ID", description = "Of the backups.")
    @SuppressWarnings("NullAway.Init")
    private String[] ids;

    @Option(names = "--from", paramLabel = "DIR", description = "A directory of backups, instead of a server.")
    private @Nullable Path from;

    @Override
    int run(PrintWriter out) throws IOException, InterruptedException {
        if (from != null) {
            for (String id : ids) {
                new Repository(from).delete(id);
                out.println("backup " + id + " is deleted");
            }
            return 0;
        }
        try (JobCalls calls = new JobCalls(server.address(System.getenv()), server.token(),
                server.tls())) {
            for (String id : ids) {
                calls.deleteJson(ALL + "/" + JobCalls.encoded(id));
                out.println("backup " + id + " is deleted");
            }
        }
        return 0;
    }
}
