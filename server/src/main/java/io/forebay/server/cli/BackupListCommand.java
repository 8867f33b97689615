package io.forebay.server.cli;

import io.forebay.engine.backup.BackupState;
import io.forebay.engine.backup.Repository;
import io.forebay.server.http.json.BackupEncoder;
import io.forebay.server.http.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code forebay backup list}. */
@Command(name = "list", description = {"Lists the backups of a server or of a directory, oldest first.",
        "A backup can be restored as of each seqId from \"from\" to \"to\", and with the log that later backups have"
                + " to \"reaches\"."})
final class BackupListCommand extends BackupTool {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--from", paramLabel = "DIR", description = "A directory of backups, instead of a server.")
    private @Nullable Path from;

    @Option(names = "--json", description = "The server's own JSON, for scripts.")
    private boolean json;

    @Override
    int run(PrintWriter out) throws IOException, InterruptedException {
        String all = all();
        if (json) {
            out.println(all);
            return 0;
        }
        List<JobView> found = JobView.array(all, "backups");
        if (found.isEmpty()) {
            out.println("no backups");
            return 0;
        }
        head(out);
        found.forEach(one -> row(out, one));
        return found.stream().anyMatch(one -> "damaged".equals(one.text("state"))) ? EXIT_FAILED : 0;
    }

    private String all() throws IOException, InterruptedException {
        if (from != null) {
            List<BackupState> states = states(new Repository(from));
            return Json.text(out -> BackupEncoder.list(out, states));
        }
        try (JobCalls calls = new JobCalls(server.address(System.getenv()), server.token(),
                server.tls())) {
            return calls.getJson(ALL);
        }
    }
}
