package io.forebay.server.cli;

import io.forebay.server.cli.ImportDisplay.Style;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code forebay import}.
 *
 * <p>Failure: a job that has begun goes on whatever becomes of this command, which says how to come back to it.
 */
final class ImportRun {
    private static final int TRIES_MAX = 10;

    private final ImportCommand command;
    private final JobCalls calls;
    private final PrintWriter out;
    private final PrintWriter err;
    private final ImportDisplay display;
    /** Null while the server has none. */
    private volatile @Nullable JobView begun;

    ImportRun(ImportCommand command, JobCalls calls) {
        this.command = command;
        this.calls = calls;
        this.out = command.spec.commandLine().getOut();
        this.err = command.spec.commandLine().getErr();
        this.display = new ImportDisplay(out, style());
    }

    private Style style() {
        if (command.json) {
            return command.events ? Style.JSON : Style.NOTHING;
        }
        return command.noFollow ? Style.NOTHING : Terminal.isInteractive() ? Style.BARS : Style.LINES;
    }

    int run() throws IOException, InterruptedException {
        if (command.jobs || command.errors != null) {
            try {
                return command.errors == null ? list() : errors(command.errors);
            } catch (IOException failure) {
                throw explained(failure);
            }
        }
        LoadInterrupt interrupt = LoadInterrupt.watch(this::stopped);
        try {
            JobView job = start();
            begun = job;
            if (command.noFollow) {
                say(command.json ? job.json() : job.id());
                return 0;
            }
            return ended(new JobFollow(calls, job, display::show).toEnd());
        } catch (IOException | RuntimeException failure) {
            interrupt.awaitIfStopped();
            display.end();
            throw explained(failure);
        } finally {
            interrupt.forget();
        }
    }

    /** The job, new or found. */
    private JobView start() throws IOException, InterruptedException {
        if (command.follow != null) {
            return calls.get(command.follow);
        }
        if (command.cancel != null) {
            return calls.cancel(command.cancel, command.revert);
        }
        if (command.retry != null) {
            String failed = command.retry;
            return patiently(() -> calls.retry(failed));
        }
        if (command.undo != null) {
            return undo(command.undo);
        }
        return command.source == null || command.isAddress() ? remote() : upload(Path.of(command.source));
    }

    @FunctionalInterface
    private interface Submission {
        JobView send() throws IOException, InterruptedException;
    }

    /** A server that takes so many imports a minute is asked again when it says. */
    private JobView patiently(Submission submission) throws IOException, InterruptedException {
        for (int tries = 1;; tries++) {
            try {
                return submission.send();
            } catch (JobCalls.BusyException e) {
                if (tries == TRIES_MAX) {
                    throw e;
                }
                CliThreads.pause(e.retryMillis());
            }
        }
    }

    private JobView upload(Path file) throws IOException, InterruptedException {
        return patiently(() -> {
            MultipartBody form = new MultipartBody();
            command.fields().forEach(form::field);
            form.file("file", file);
            if (command.records != null) {
                form.file("records", command.records);
            }
            long total = form.fileBytes();
            return calls.upload(form, sent -> display.upload(Math.min(sent, total), total));
        });
    }

    private JobView remote() throws IOException, InterruptedException {
        String body = WalLines.json(json -> {
            for (Map.Entry<String, String> field : command.fields().entrySet()) {
                json.writeStringField(field.getKey(), field.getValue());
            }
            if (command.api == null) {
                json.writeStringField("url", command.source);
            } else {
                json.writeStringField("api", command.api);
                json.writeObjectFieldStart("parameters");
                for (Map.Entry<String, String> parameter : command.parameters.entrySet()) {
                    json.writeStringField(parameter.getKey(), parameter.getValue());
                }
                json.writeEndObject();
            }
        });
        return patiently(() -> calls.submit(body));
    }

    private JobView undo(String commit) throws IOException, InterruptedException {
        String base = "/api/v2/tenants/" + JobCalls.encoded(command.place.tenant()) + "/databases/"
                + JobCalls.encoded(command.place.database()) + "/collections/";
        String id = JobView.of(calls.getJson(base + JobCalls.encoded(String.valueOf(command.collection))))
                .text("id", "");
        String body = WalLines.json(json -> {
            json.writeStringField("commit", commit);
            json.writeBooleanField("force", command.force);
            json.writeStringField("message", command.message);
            json.writeStringField("author", command.author);
        });
        return patiently(() -> calls.revert(base + id, body));
    }

    private int ended(JobView job) {
        display.end();
        long failed = Math.max(0, job.count("result.documents_failed"));
        if (command.json) {
            if (!command.events) {
                say(job.json());
            }
        } else if (job.status().equals("completed")) {
            say(summary(job));
        }
        boolean asked = command.cancel != null && job.status().equals("cancelled");
        if (!job.status().equals("completed") && !asked) {
            err.println("forebay: the job " + job.id() + " " + (job.status().equals("failed")
                    ? "failed: " + job.text("error.message", "no reason is known")
                    : "was cancelled") + "; " + loadedSoFar(job) + ".");
        } else if (asked && !command.json) {
            say("the job " + job.id() + " is cancelled; " + loadedSoFar(job));
        }
        if (failed > 0) {
            err.println(String.format(Locale.ROOT,
                    "forebay: %,d documents failed. Which and why: forebay import --errors %s", failed,
                    job.id()));
        }
        err.flush();
        return job.status().equals("completed")
                ? failed > 0 ? ImportCommand.EXIT_SOME_FAILED : 0
                : asked ? 0 : ForebayCommand.EXIT_FAILED;
    }

    private static String loadedSoFar(JobView job) {
        return String.format(Locale.ROOT, "%,d documents were loaded", job.loaded());
    }

    private static String summary(JobView job) {
        StringBuilder text = new StringBuilder(job.text("collection_name", "") + ": ");
        for (String what : List.of("inserted", "updated", "deleted", "skipped", "failed")) {
            long count = Math.max(0, job.count("result.documents_" + what));
            if (count > 0 || what.equals("inserted")) {
                text.append(String.format(Locale.ROOT, "%s%,d %s", what.equals("inserted") ? "" : ", ", count,
                        what));
            }
        }
        text.append(" in ").append(
                String.format(Locale.ROOT, "%.1f s", Math.max(0, job.number("progress.elapsed_seconds"))));
        String commit = job.text("result.commit_id");
        return text + (job.isSearchable() ? ", all searchable" : ", not all is in the index yet")
                + (commit == null ? "" : "; commit " + commit);
    }

    private int list() throws IOException, InterruptedException {
        String query = "?limit=50&tenant=" + JobCalls.encoded(command.place.tenant()) + "&database="
                + JobCalls.encoded(command.place.database()) + (command.collection == null
                        ? ""
                        : "&collection=" + JobCalls.encoded(command.collection));
        List<JobView> jobs = JobView.array(calls.list(query), "jobs");
        if (command.json) {
            jobs.forEach(job -> out.println(job.json()));
        } else {
            TextTable table = new TextTable(List.of(TextTable.Column.whole("job"),
                    TextTable.Column.whole("status"), TextTable.Column.text("collection"),
                    TextTable.Column.text("file"), TextTable.Column.number("loaded"),
                    TextTable.Column.number("failed"), TextTable.Column.whole("created")));
            for (JobView job : jobs) {
                table.row(List.of(job.id(), job.status(), job.text("collection_name", "-"),
                        job.text("file_name", job.text("source", "-")), grouped(job.loaded()),
                        grouped(Math.max(0, job.count("result.documents_failed"))),
                        minute(job.text("created_at", "-"))));
            }
            out.print(jobs.isEmpty() ? "no jobs\n" : table.format(Terminal.width()));
        }
        out.flush();
        return 0;
    }

    /** What is finer would cost the names of files their room. */
    private static String minute(String time) {
        return time.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:.*Z") ? time.substring(0, 16) + "Z" : time;
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private int errors(String job) throws IOException, InterruptedException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(calls.errors(job), StandardCharsets.UTF_8))) {
            lines.lines().forEach(out::println);
        }
        out.flush();
        return 0;
    }

    /** In the shutdown hook. */
    private void stopped() {
        display.end();
        JobView job = begun;
        err.println("forebay: " + (job == null
                ? "stopped before the server had the whole file; nothing is imported."
                : "the job goes on. " + hint(job)));
        err.flush();
    }

    private static String hint(JobView job) {
        return "Watch it: forebay import --follow " + job.id() + "; end it: forebay import --cancel "
                + job.id();
    }

    private RuntimeException explained(Exception failure) {
        JobView job = begun;
        if (failure instanceof CommandException said) {
            return said;
        }
        if (failure instanceof RuntimeException defect) {
            return defect;
        }
        String what = failure.getMessage() == null
                ? "the server cannot be reached (" + failure.getClass().getSimpleName() + ")"
                : failure.getMessage();
        if (job == null && display.isUploading()) {
            return new CommandException("the server ended the connection while the file was sent (" + what
                    + "). Has it more bytes than imports.max_upload_bytes? The server's log may tell more.");
        }
        return new CommandException(job == null ? what : what + "\nThe job goes on. " + hint(job));
    }
}
