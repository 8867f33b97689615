package io.forebay.bench.peers;

import io.forebay.bench.load.ChildProcesses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL cluster of its own, on a free port of the loopback, without passwords. It refuses to run as root, so root
 * runs it as the user {@code postgres}, or {@code nobody} where there is none.
 *
 * <p>Failure: {@link #start} throws with the reason why this machine cannot run it; nothing is left running.
 */
final class PgCluster implements AutoCloseable {
    private static final String SUPER_USER = "bench";
    private static final int START_TRIES_MAX = 200;
    private static final int TRY_MILLIS = 100;
    private static final int STOP_SECONDS_MAX = 30;

    private final Process process;
    private final int port;

    private PgCluster(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * @param programs folder of initdb and postgres; null for the newest that is found
     * @param settings of the server
     */
    static PgCluster start(Path directory, @Nullable String programs, Map<String, String> settings)
            throws IOException, InterruptedException {
        Path folder = programs(programs);
        List<String> as = as(directory);
        Path data = directory.resolve("data");
        Path log = directory.resolve("postgres.log");
        List<String> init = new ArrayList<>(as);
        init.addAll(
                List.of(folder.resolve("initdb").toString(), "-D", data.toString(), "-U", SUPER_USER, "-A",
                        "trust", "-E", "UTF8", "--locale=C"));
        Process made = run(init, directory, log);
        if (made.waitFor() != 0) {
            throw new IOException("initdb failed: " + last(log));
        }
        int port = freePort();
        List<String> line = new ArrayList<>(as);
        line.addAll(List.of(folder.resolve("postgres").toString(), "-D", data.toString(), "-p",
                Integer.toString(port), "-c", "listen_addresses=127.0.0.1", "-c",
                "unix_socket_directories="));
        settings.forEach((key, value) -> line.addAll(List.of("-c", key + "=" + value)));
        PgCluster cluster = new PgCluster(run(line, directory, log), port);
        cluster.awaitStart(log);
        return cluster;
    }

    private void awaitStart(Path log) throws IOException, InterruptedException {
        for (int i = 0; i < START_TRIES_MAX; i++) {
            if (process.waitFor(TRY_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("postgres ended: " + last(log));
            }
            try (Connection connection = connect()) {
                return;
            } catch (SQLException notYet) {
                // It is asked again.
            }
        }
        close();
        throw new IOException("postgres did not answer: " + last(log));
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", SUPER_USER,
                "");
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    /** As given, of the newest version below Debian's folder, or beside the {@code initdb} of the path. */
    private static Path programs(@Nullable String given) throws IOException {
        if (given != null) {
            return Path.of(given);
        }
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (Stream<Path> versions = Files.list(debian)) {
                Optional<Path> newest = versions.map(version -> version.resolve("bin"))
                        .filter(folder -> Files.isExecutable(folder.resolve("initdb")))
                        .max(Comparator.comparing(Path::toString));
                if (newest.isPresent()) {
                    return newest.get();
                }
            }
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path initdb = Path.of(folder, "initdb");
            if (Files.isExecutable(initdb)) {
                return initdb.toRealPath().resolveSibling("");
            }
        }
        throw new IOException("there is no PostgreSQL: no initdb below " + debian + " or on the path");
    }

    /** What goes before a command so that it does not run as root; the directory is then its user's. */
    private static List<String> as(Path directory) throws IOException, InterruptedException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of();
        }
        for (String user : List.of("postgres", "nobody")) {
            Process chown = new ProcessBuilder("chown", user, directory.toString())
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            if (chown.waitFor() == 0) {
                // The benchmark's own folder is closed to other users.
                Files.setPosixFilePermissions(directory.toAbsolutePath().getParent(),
                        PosixFilePermissions.fromString("rwx--x--x"));
                return List.of("setpriv", "--reuid=" + user, "--clear-groups");
            }
        }
        throw new IOException("it refuses to run as root, and there is no user postgres or nobody");
    }

    private static Process run(List<String> line, Path directory, Path log) throws IOException {
        return ChildProcesses
                .keep(new ProcessBuilder(line).directory(directory.toFile()).redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String last(Path log) throws IOException {
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines()
                .filter(line -> !line.isBlank())
                .reduce((first, second) -> second).orElse("it said nothing");
    }

    /** SIGTERM, which waits for connections to go, and SIGKILL to all of it if that does not end it in time. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ChildProcesses.kill(process);
    }
}
