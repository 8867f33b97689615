package io.forebay.server.cli;

import io.forebay.server.config.ConfigLoader;
import io.forebay.server.config.ServerConfig;
import io.forebay.server.logging.LogForm;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code forebay run}: the server in the foreground, with Chroma's own flags.
 *
 * <p>Failure: SIGTERM and SIGINT drain the server, close the store and end the process with code 0; a second signal
 * ends it at once ({@link StopSignals}). If closing takes longer than {@link #STOP_SECONDS_MAX}, the process ends all
 * the same, with code 1: nothing acknowledged is lost, the next start replays the log.
 */
@Command(name = "run", description = {"Starts the server in the foreground; Ctrl-C or SIGTERM stops it.",
        "Settings come from forebay.yaml, then the environment, then these flags; see: forebay config"})
final class RunCommand implements Callable<Integer> {
    static final int STOP_SECONDS_MAX = 9;
    private static final Path DEFAULT_FILE = Path.of("forebay.yaml");
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--path", paramLabel = "DIR",
            description = "Directory of the store. Default: ./forebay-data")
    private @Nullable String path;

    @Option(names = "--host", paramLabel = "H", description = "Address to listen on. Default: 127.0.0.1")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "P",
            description = "Port to listen on, 0 for a free one. Default: 8000")
    private @Nullable String port;

    @Option(names = "--config", paramLabel = "FILE",
            description = "Configuration file. Default: ./forebay.yaml if there is one")
    private @Nullable Path configFile;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Any key of the configuration, such as --set wal.durability=os")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--stop-at-eof", hidden = true,
            description = "Stops when standard input ends: for a parent that may die.")
    private boolean stopAtEof;

    @Override
    public Integer call() throws InterruptedException {
        Umask.restrict();
        ServerConfig config = ConfigLoader.load(file(), System.getenv(), flags());
        LogForm.apply(config.log().level(), config.log().json());
        LOG.info("opening the store in {}", config.server().path());
        ServerRuntime runtime = ServerRuntime.start(config);
        CountDownLatch stopped = new CountDownLatch(1);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        CliThreads.atExit("shutdown", () -> stop(runtime, config.server().drainMillis(), err));
        StopSignals.install(err);
        out.println(runtime.startLine());
        out.flush();
        if (stopAtEof) {
            CliThreads.start("stdin", () -> awaitEof(stopped));
        }
        stopped.await();
        return 0;
    }

    private @Nullable Path file() {
        return configFile == null ? defaultFile() : configFile;
    }

    /** The configuration file that is taken when none is named; null when it is not there. */
    static @Nullable Path defaultFile() {
        return Files.exists(DEFAULT_FILE) ? DEFAULT_FILE : null;
    }

    private Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>(settings);
        putIfGiven(flags, "server.path", path);
        putIfGiven(flags, "server.host", host);
        putIfGiven(flags, "server.port", port);
        return flags;
    }

    private static void putIfGiven(Map<String, String> flags, String key, @Nullable String value) {
        if (value != null) {
            flags.put(key, value);
        }
    }

    private static void awaitEof(CountDownLatch stopped) {
        try {
            while (System.in.read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            // The pipe is gone, and that is what was waited for.
        }
        stopped.countDown();
    }

    private static void drain(ServerRuntime runtime) {
        try {
            runtime.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** In the shutdown hook: closes in time, then ends the process with a code that says how it went. */
    private static void stop(ServerRuntime runtime, long drainMillis, PrintWriter err) {
        LOG.info(drainMillis == 0 ? "stopping" : "draining for {} ms, then stopping", drainMillis);
        CountDownLatch closed = new CountDownLatch(1);
        CliThreads.start("closer", () -> {
            drain(runtime);
            runtime.close();
            closed.countDown();
        });
        int code = ForebayCommand.EXIT_FAILED;
        try {
            code = closed.await(drainMillis + TimeUnit.SECONDS.toMillis(STOP_SECONDS_MAX),
                    TimeUnit.MILLISECONDS) ? 0 : code;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (code == 0) {
            LOG.info("stopped");
        } else {
            err.println("forebay: did not stop cleanly within " + STOP_SECONDS_MAX
                    + " s after draining; nothing acknowledged is lost, the next start replays the log");
            err.flush();
        }
        LogForm.finish();
        Runtime.getRuntime().halt(code);
    }
}
