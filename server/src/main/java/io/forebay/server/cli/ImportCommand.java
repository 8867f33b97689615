package io.forebay.server.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code forebay import}: documents of a file, an address or an interface become searchable; {@link ImportRun} does it. */
@Command(name = "import", sortOptions = false, description = {
        "Imports documents into a collection as a job of the server: JSON lines, JSON, CSV, TSV, XLSX, Parquet, NumPy"
                + " arrays and .fvecs with --records, also packed with gzip or zstd. The server makes the embeddings.",
        "FILE is sent to the server; what begins with http://, https:// or s3:// is fetched by the server, and so is"
                + " --api. The job goes on without this command: Ctrl-C does not stop it, --follow comes back to it.",
        ""},
        footer = {"",
                "Exit codes: 0 all is imported (or what was asked is done); 3 all but some documents that failed; 1 it"
                        + " failed or was cancelled; 2 wrong command line; 130 stopped by Ctrl-C.",
                "More: docs/import-command.md"})
final class ImportCommand implements Callable<Integer> {
    static final int EXIT_SOME_FAILED = 3;
    private static final Pattern ADDRESS = Pattern.compile("(?i)(https?|s3)://.*");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(paramLabel = "FILE|URL", arity = "0..1", description = "What to import.")
    @Nullable
    String source;

    @Option(names = {"-c", "--collection"}, paramLabel = "NAME",
            description = "Where to; it is made if it is not there. With --jobs: only its jobs")
    @Nullable
    String collection;

    @Option(names = "--space", paramLabel = "SPACE",
            description = "l2, cosine or ip, of a collection that is made. Default: l2")
    @Nullable
    String space;

    @Option(names = "--api", paramLabel = "NAME",
            description = "Imports the items of a paged interface that the server knows, such as launchpad_bugs")
    @Nullable
    String api;

    @Option(names = "--parameter", paramLabel = "K=V",
            description = "Parameter of --api, such as project=forebay")
    Map<String, String> parameters = new LinkedHashMap<>();

    @Option(names = "--text-field", paramLabel = "FIELD",
            description = "Field of the text that is embedded; several"
                    + " are joined. Default: text, document, content or body")
    List<String> textFields = List.of();

    @Option(names = "--id-field", paramLabel = "FIELD",
            description = "Field of the id. Default: id; without one, a hash of the content")
    @Nullable
    String idField;

    @Option(names = "--metadata-field", paramLabel = "FIELD",
            description = "Field that becomes metadata; repeat it. Default: all others")
    @Nullable
    List<String> metadataFields;

    @Option(names = "--embedding-field", paramLabel = "FIELD",
            description = "Field with the vector, where the file has them")
    @Nullable
    String embeddingField;

    @Option(names = "--embedding-connection", paramLabel = "NAME",
            description = "Who makes embeddings: local, none (they are in the file) or one that the server has"
                    + " configured")
    @Nullable
    String embeddingConnection;

    @Option(names = "--embedding-model", paramLabel = "NAME",
            description = "Default: that of the connection")
    @Nullable
    String embeddingModel;

    @Option(names = "--records", paramLabel = "FILE",
            description = "JSON lines with ids, texts and metadata for a file of vectors (.npy, .fvecs)")
    @Nullable
    Path records;

    @Option(names = "--on-duplicate", paramLabel = "WHAT", defaultValue = "update",
            description = "skip or update what has an id that is there. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String onDuplicate;

    @Option(names = {"-m", "--message"}, paramLabel = "TEXT", description = "Message of the commit")
    @Nullable
    String message;

    @Option(names = "--author", paramLabel = "NAME", description = "Author of the commit")
    @Nullable
    String author;

    @Option(names = "--charset", paramLabel = "NAME",
            description = "Of text formats. Default: UTF-8, or what a byte order mark says")
    @Nullable
    String charset;

    @Option(names = "--no-follow",
            description = "Prints the job's id and leaves as soon as the server has the file")
    boolean noFollow;

    @Option(names = "--follow", paramLabel = "JOB", description = "Watches a job that was begun before")
    @Nullable
    String follow;

    @Option(names = "--cancel", paramLabel = "JOB", description = "Ends a job; what it loaded stays")
    @Nullable
    String cancel;

    @Option(names = "--revert", description = "With --cancel: what it loaded is undone too")
    boolean revert;

    @Option(names = "--retry", paramLabel = "JOB", description = "Imports again what failed of a job")
    @Nullable
    String retry;

    @Option(names = "--errors", paramLabel = "JOB",
            description = "Prints the documents that failed as lines of JSON: ordinal, line, sheet, id, reason")
    @Nullable
    String errors;

    @Option(names = "--jobs", description = "Lists jobs, the newest first")
    boolean jobs;

    @Option(names = "--undo", paramLabel = "COMMIT", description = "Undoes a commit of the collection")
    @Nullable
    String undo;

    @Option(names = "--force", description = "With --undo: also where rows were changed since")
    boolean force;

    @Option(names = "--json",
            description = "Prints the job as one line of JSON at the end instead of progress")
    boolean json;

    @Option(names = "--events", description = "With --json: prints it at every change too")
    boolean events;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    final ServerOptions.Place place = new ServerOptions.Place();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        try (JobCalls calls = new JobCalls(server.address(System.getenv()), server.token(),
                server.tls())) {
            return new ImportRun(this, calls).run();
        }
    }

    private void check() {
        long tasks = Stream.of(source, api, follow, cancel, retry, errors, undo, jobs ? "" : null)
                .filter(one -> one != null).count();
        if (tasks != 1) {
            throw usage(tasks == 0
                    ? "Missing required parameter: 'FILE|URL'"
                    : "only one of FILE|URL, --api, --follow, --cancel, --retry, --errors, --undo and --jobs");
        }
        needs(source != null || api != null || undo != null, "Missing required option: '--collection=NAME'",
                collection != null);
        needs(!parameters.isEmpty(), "--parameter needs --api", api != null);
        needs(revert, "--revert needs --cancel", cancel != null);
        needs(force, "--force needs --undo", undo != null);
        needs(events, "--events needs --json", json);
        needs(records != null, "--records needs a FILE of vectors", source != null && !isAddress());
        if (!onDuplicate.equals("skip") && !onDuplicate.equals("update")) {
            throw usage("--on-duplicate is '" + onDuplicate + "', must be skip or update");
        }
        if (space != null && !space.matches("l2|cosine|ip")) {
            throw usage("--space is '" + space + "', must be l2, cosine or ip");
        }
        if (source != null && !isAddress()) {
            checkFile(Path.of(source));
        }
        if (records != null) {
            checkFile(records);
        }
    }

    private void needs(boolean given, String what, boolean there) {
        if (given && !there) {
            throw usage(what);
        }
    }

    private void checkFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CommandException(file + (Files.exists(file) ? " is not a file" : " is not there"));
        }
    }

    /** As the server calls them; only those that were given. */
    Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        put(fields, "collection_name", collection);
        put(fields, "tenant", place.tenant());
        put(fields, "database", place.database());
        put(fields, "space", space);
        put(fields, "embedding_connection", embeddingConnection);
        put(fields, "embedding_model", embeddingModel);
        put(fields, "on_duplicate", onDuplicate);
        put(fields, "message", message);
        put(fields, "author", author);
        put(fields, "charset", charset);
        if (!textFields.isEmpty() || idField != null || metadataFields != null || embeddingField != null) {
            fields.put("schema", schema());
        }
        return fields;
    }

    private static void put(Map<String, String> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    private String schema() {
        return WalLines.json(out -> {
            array(out, "text_fields", textFields);
            if (idField != null) {
                out.writeStringField("id_field", idField);
            }
            if (metadataFields != null) {
                array(out, "metadata_fields", metadataFields);
            }
            if (embeddingField != null) {
                out.writeStringField("embedding_field", embeddingField);
            }
        });
    }

    private static void array(JsonGenerator out, String name, List<String> values) throws IOException {
        out.writeArrayFieldStart(name);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }

    boolean isAddress() {
        return source != null && ADDRESS.matcher(source).matches();
    }

    private ParameterException usage(String text) {
        return new ParameterException(spec.commandLine(), text);
    }
}
