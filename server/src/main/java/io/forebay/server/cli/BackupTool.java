package io.forebay.server.cli;

import io.forebay.engine.backup.BackupException;
import io.forebay.engine.backup.BackupState;
import io.forebay.engine.backup.Backups;
import io.forebay.engine.backup.Manifest;
import io.forebay.engine.backup.Repository;
import io.forebay.model.ForebayException;
import io.forebay.wal.WalException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** What the commands for backups have in common: which exit code a refusal has. */
abstract class BackupTool extends Tool {
    static final String ALL = "/api/forebay/backups";
    private static final String ROW = "%-20s  %-8s  %12s  %12s  %6s  %12s  %12s  %12s%n";

    abstract int run(PrintWriter out) throws IOException, InterruptedException;

    @Override
    public Integer call() throws InterruptedException {
        Umask.restrict();
        PrintWriter out = out();
        try {
            return run(out);
        } catch (BackupException refused) {
            return switch (refused.reason()) {
                case DAMAGED, IO -> failed(refused.getMessage());
                case MISSING, BUSY, IMPOSSIBLE, CLOSED -> cannot(refused.getMessage());
            };
        } catch (CommandException | WalException | ForebayException refused) {
            return cannot(refused.getMessage());
        } catch (IOException failure) {
            String message = failure.getMessage();
            return cannot(message == null || message.isEmpty() ? failure.toString() : message);
        } finally {
            out.flush();
        }
    }

    /** As the server shows them. */
    static List<BackupState> states(Repository repository) {
        List<Manifest> all = repository.manifests();
        return repository.list().stream().map(found -> Backups.state(repository, found, all, null)).toList();
    }

    static String id(Repository repository, String named) {
        List<Manifest> all = repository.manifests();
        if (!named.equals("latest")) {
            return named;
        }
        if (all.isEmpty()) {
            throw new CommandException("there is no backup that can be read in " + repository.directory());
        }
        return all.getLast().id();
    }

    static void head(PrintWriter out) {
        out.printf(Locale.ROOT, ROW, "id", "state", "bytes", "new", "s", "from seqId", "to seqId", "reaches");
    }

    static void row(PrintWriter out, JobView one) {
        out.printf(Locale.ROOT, ROW, one.text("id"), one.text("state"),
                String.format(Locale.ROOT, "%,d", one.count("bytes")),
                String.format(Locale.ROOT, "%,d", one.count("bytes_new")),
                String.format(Locale.ROOT, "%.1f", one.number("seconds")), one.count("from_seq_id"),
                one.count("to_seq_id"), one.count("reaches_seq_id"));
        String error = one.text("error");
        if (error != null) {
            out.println("    " + error);
        }
    }
}
