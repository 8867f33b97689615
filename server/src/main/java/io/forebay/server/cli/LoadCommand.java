package io.forebay.server.cli;

import io.forebay.client.ForebayClient;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code forebay load}: a file of vectors into a collection of a running server; {@link LoadRun} does it. */
@Command(name = "load", sortOptions = false, description = {
        "Loads a file of vectors into a collection: lines of JSON (.jsonl, .jsonl.gz), NumPy arrays (.npy) or .fvecs,"
                + " the latter two with a side file for ids, documents and metadata.",
        "How far it is, is kept in FILE.forebay-load: after Ctrl-C, a crash or a failure the same command goes on, and"
                + " nothing is loaded twice. A server remembers batches for a day (ingest.idempotency_window): who goes on"
                + " later may do the last ones once more, which with --operation upsert writes over what others wrote.",
        ""},
        footer = {"",
                "Exit codes: 0 all is loaded; 3 all but some records that were refused; 1 it failed, and the same"
                        + " command goes on; 2 wrong command line; 130 stopped by Ctrl-C.",
                "More: docs/loading.md"})
final class LoadCommand implements Callable<Integer> {
    static final int EXIT_REFUSED = 3;

    /** For how far the command waits. */
    enum Wait {
        NONE, APPLIED, LINKED
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "What to load.")
    @SuppressWarnings("NullAway.Init")
    Path file;

    @Option(names = {"-c", "--collection"}, required = true, paramLabel = "NAME",
            description = "Where to; it is made if it is not there")
    @SuppressWarnings("NullAway.Init")
    String collection;

    @Option(names = "--space", paramLabel = "SPACE",
            description = "l2, cosine or ip, of a collection that is made. Default: l2")
    @Nullable
    String spaceName;

    @Option(names = "--dimension", paramLabel = "N",
            description = "What embeddings must have. Default: what the collection, the file or its first record has")
    @Nullable
    Integer dimension;

    @Option(names = "--operation", paramLabel = "OP", defaultValue = "add",
            description = "add (ids that are there stay as they are) or upsert. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String operationName;

    @Mixin
    final LoadSource source = new LoadSource();

    @Option(names = "--skip", paramLabel = "N", defaultValue = "0",
            description = "Leaves out the first N records")
    long skip;

    @Option(names = "--limit", paramLabel = "N", description = "Loads at most N records")
    @Nullable
    Long limit;

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "auto",
            description = "Records of a batch, or auto: the loader finds the best. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String batchSize;

    @Option(names = "--concurrency", paramLabel = "N", defaultValue = "auto",
            description = "Batches in flight, or auto. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String concurrencyText;

    @Option(names = "--wait", paramLabel = "POSITION", defaultValue = "linked",
            description = "Ends when all of it is acknowledged (none), seen by every read (applied), or in the vector"
                    + " index (linked). Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String waitName;

    @Option(names = "--checkpoint", paramLabel = "FILE",
            description = "Keeps how far it is in this file. Default: FILE.forebay-load")
    @Nullable
    Path checkpointFile;

    @Option(names = "--resume",
            description = "Goes on from the checkpoint, which must be there, also if the time of FILE's last change is"
                    + " another one. Without this it goes on where there is a checkpoint, and begins where there is none")
    boolean resume;

    @Option(names = "--restart", description = "Forgets the checkpoint and begins anew")
    boolean restart;

    @Option(names = "--errors", paramLabel = "FILE",
            description = "Writes the records that are refused here, one JSON object a line: position, id, code, reason")
    @Nullable
    Path errorsFile;

    @Option(names = "--errors-max", paramLabel = "N", defaultValue = "100",
            description = "More refused records than this end the load. Default: ${DEFAULT-VALUE}")
    long errorsMax;

    @Option(names = "--patience", paramLabel = "SECONDS", defaultValue = "300",
            description = "How long a server that is away or at a limit is asked again. Default: ${DEFAULT-VALUE}")
    long patienceSeconds;

    @Option(names = "--json", description = "Progress and result as lines of JSON, for scripts")
    boolean json;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final ServerOptions.Place place = new ServerOptions.Place();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (resume && restart) {
            throw usage("--resume or --restart, not both");
        }
        check(skip, "--skip", 0);
        check(limit == null ? 0 : limit, "--limit", 0);
        check(errorsMax, "--errors-max", 0);
        check(patienceSeconds, "--patience", 0);
        operation();
        wanted();
        space();
        number(batchSize, "--batch-size", 1_000_000);
        number(concurrencyText, "--concurrency", 64);
        // Refusals and broken connections are for the loader to see: it sends less, and again with more patience.
        try (ForebayClient client = server.client(place).backoffAttemptsMax(0).retries(0).build()) {
            return new LoadRun(this, client).run();
        } catch (ForebayException e) {
            throw server.explained(e);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
    }

    Operation operation() {
        return switch (operationName.toLowerCase(Locale.ROOT)) {
            case "add" -> Operation.ADD;
            case "upsert" -> Operation.UPSERT;
            default -> throw usage("--operation is '" + operationName + "', must be add or upsert");
        };
    }

    Wait wanted() {
        return Arrays.stream(Wait.values()).filter(one -> one.name().equalsIgnoreCase(waitName)).findFirst()
                .orElseThrow(() -> usage("--wait is '" + waitName + "', must be none, applied or linked"));
    }

    /** Null for the default. */
    @Nullable
    Space space() {
        if (spaceName == null) {
            return null;
        }
        return Arrays.stream(Space.values()).filter(one -> one.wireName().equalsIgnoreCase(spaceName))
                .findFirst()
                .orElseThrow(() -> usage("--space is '" + spaceName + "', must be l2, cosine or ip"));
    }

    /** 0 for auto. */
    int batchRecords() {
        return number(batchSize, "--batch-size", 1_000_000);
    }

    int concurrency() {
        return number(concurrencyText, "--concurrency", 64);
    }

    Path checkpoint() {
        return checkpointFile == null
                ? file.resolveSibling(file.getFileName() + ".forebay-load")
                : checkpointFile;
    }

    private int number(String text, String option, int max) {
        if (text.equals("auto")) {
            return 0;
        }
        if (text.matches("\\d{1,9}")) {
            int value = Integer.parseInt(text);
            if (value >= 1 && value <= max) {
                return value;
            }
        }
        throw usage(option + " is '" + text + "', must be auto or 1 to " + max);
    }

    private void check(long value, String option, long min) {
        if (value < min) {
            throw usage(option + " is " + value + ", must be at least " + min);
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
