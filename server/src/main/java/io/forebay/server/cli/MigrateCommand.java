package io.forebay.server.cli;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.migrate.MigrationSettings;
import io.forebay.server.migrate.MigrationSettings.OnExisting;
import io.forebay.server.migrate.MigrationSettings.Verify;
import io.forebay.server.migrate.MigrationTarget;
import io.forebay.server.migrate.ServerAddress;
import io.forebay.server.migrate.ServerSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code forebay migrate}: all collections of another server into a running one; {@link MigrateRun} does it. */
@Command(name = "migrate", sortOptions = false, description = {
        "Copies tenants, databases and collections from a running Chroma server, or another Forebay, into a running"
                + " Forebay: records in their order with embeddings, documents, metadata and uris, and what the"
                + " collections are made with. Afterwards both sides are compared.",
        "Chroma has no list of its tenants: default_tenant is copied, or those that --tenant names.",
        "How far it is, is kept in a file: after Ctrl-C, a crash or a failure the same command with --resume goes on, and"
                + " nothing is there twice.",
        "Nobody should write to a Chroma source meanwhile. A Forebay source may be written to: each collection is forked"
                + " and copied as it was at that moment.",
        ""},
        footer = {"",
                "Exit codes: 0 all is copied and the same; 3 all but some records that were refused; 1 it failed, or"
                        + " something is not the same; 2 wrong command line; 130 stopped by Ctrl-C.",
                "More: docs/migration.md"})
final class MigrateCommand implements Callable<Integer> {
    private static final int READERS_MAX = 64;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Option(names = "--from", paramLabel = "URL", required = true,
            description = "The server to copy from: http://HOST:PORT, or forebay://HOST:PORT (binary)")
    @SuppressWarnings("NullAway.Init")
    URI from;

    @Option(names = "--to", paramLabel = "URL",
            description = "The Forebay to copy to, likewise. Default: what a server started here would take, else"
                    + " http://127.0.0.1:8000")
    @Nullable
    URI to;

    @Option(names = "--from-token", paramLabel = "TOKEN", defaultValue = "${env:FOREBAY_FROM_TOKEN}",
            description = "Token for the source. Better in the variable FOREBAY_FROM_TOKEN: other users of this machine"
                    + " can see command lines")
    @Nullable
    String fromToken;

    @Option(names = "--to-token", paramLabel = "TOKEN", defaultValue = "${env:FOREBAY_TOKEN}",
            description = "Token for the target, better in FOREBAY_TOKEN. Role admin to make tenants and databases, write"
                    + " where they are there")
    @Nullable
    String toToken;

    @Option(names = "--cacert", paramLabel = "FILE", defaultValue = "${env:FOREBAY_CACERT}",
            description = "Certificates in PEM that are trusted at both servers with https:// and forebays://, instead of"
                    + " those that Java knows: of the servers themselves, or of who signed them")
    @Nullable
    Path trusted;

    @Option(names = "--tenant", paramLabel = "NAME",
            description = "This one; may be given several times. Default: default_tenant, of a Forebay all that have"
                    + " collections")
    List<String> tenants = new ArrayList<>();

    @Option(names = "--database", paramLabel = "NAME", description = "This one; likewise. Default: all")
    List<String> databases = new ArrayList<>();

    @Option(names = "--collection", paramLabel = "NAME", description = "This one; likewise. Default: all")
    List<String> collections = new ArrayList<>();

    @Option(names = "--on-existing", paramLabel = "WHAT", defaultValue = "refuse",
            description = "Where the target has a collection of that name: refuse (nothing at all is copied), skip it,"
                    + " rename (NAME-migrated), or merge (ids that are there stay as they are). Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String onExistingName;

    @Option(names = "--verify", paramLabel = "HOW", defaultValue = "sample",
            description = "Afterwards compares none, the counts, also a sample (1,000 records of each collection), or all"
                    + " records (full). Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String verifyName;

    @Option(names = "--dry-run", description = "Says what would be copied, and changes nothing")
    boolean dryRun;

    @Option(names = "--resume", description = "Goes on where an earlier run ended")
    boolean resume;

    @Option(names = "--state", paramLabel = "FILE", defaultValue = "forebay-migrate.state",
            description = "Where it is kept how far it is. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    Path state;

    @Option(names = "--no-fork",
            description = "Of a Forebay: reads the collections themselves, for which the role read is enough; nobody may"
                    + " write to them meanwhile")
    boolean noFork;

    @Option(names = "--parallel", paramLabel = "N", defaultValue = "2",
            description = "Collections at the same time. Default: ${DEFAULT-VALUE}")
    int parallel;

    @Option(names = "--readers", paramLabel = "N", defaultValue = "4",
            description = "Pages of a collection that are asked for at the same time. Default: ${DEFAULT-VALUE}")
    int readers;

    @Option(names = "--patience", paramLabel = "SECONDS", defaultValue = "300",
            description = "How long a server that is away or at a limit is asked again. Default: ${DEFAULT-VALUE}")
    long patienceSeconds;

    @Option(names = "--json", description = "Progress and result as lines of JSON, for scripts")
    boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        MigrationSettings settings = new MigrationSettings(tenants, databases, new HashSet<>(collections),
                choice(OnExisting.class, "--on-existing", onExistingName),
                choice(Verify.class, "--verify", verifyName),
                inRange(readers, "--readers"), inRange(parallel, "--parallel"), !noFork);
        Duration patience = Duration.ofSeconds(Math.max(0, patienceSeconds));
        URI target = to == null ? new ServerOptions().address(System.getenv()) : to;
        SSLContext tls = trusted == null ? null : TrustedCertificates.in(trusted);
        try (ServerSource source = connected("source", "FOREBAY_FROM_TOKEN",
                () -> ServerSource.connect(new ServerAddress(from, fromToken, tls, patience)));
                MigrationTarget there = connected("target", "FOREBAY_TOKEN",
                        () -> MigrationTarget.connect(new ServerAddress(target, toToken, tls, patience)))) {
            return new MigrateRun(this, settings, source, there, target).run();
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
    }

    private interface Connecting<T> {
        T connect();
    }

    private static <T> T connected(String which, String variable, Connecting<T> connecting) {
        try {
            return connecting.connect();
        } catch (ForebayException e) {
            String hint = e.code() == ErrorCode.UNAUTHENTICATED
                    ? " (a token goes into " + variable + ")"
                    : "";
            throw new CommandException("the " + which + ": " + e.getMessage() + hint);
        }
    }

    private int inRange(int value, String option) {
        if (value < 1 || value > READERS_MAX) {
            throw usage(option + " is " + value + ", must be 1 to " + READERS_MAX);
        }
        return value;
    }

    private <E extends Enum<E>> E choice(Class<E> type, String option, String text) {
        for (E one : type.getEnumConstants()) {
            if (one.name().equalsIgnoreCase(text)) {
                return one;
            }
        }
        List<String> names = new ArrayList<>();
        for (E one : type.getEnumConstants()) {
            names.add(one.name().toLowerCase(Locale.ROOT));
        }
        throw usage(option + " is '" + text + "', must be one of " + String.join(", ", names));
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
