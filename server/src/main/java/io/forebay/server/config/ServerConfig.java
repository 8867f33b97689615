package io.forebay.server.config;

import io.forebay.engine.CatalogLimits;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.IdempotencyOptions;
import io.forebay.engine.IndexOptions;
import io.forebay.engine.LogOptions;
import io.forebay.engine.PressureOptions;
import io.forebay.model.Durability;
import io.forebay.model.LagPolicy;
import io.forebay.server.auth.Rates;
import io.forebay.server.ops.ServerOps;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set about a server, checked. Immutable. Numbers of threads are still 0 where the
 * machine decides.
 */
public record ServerConfig(Server server, Auth auth, CatalogLimits catalog, Ingest ingest, Wal wal,
        Index index, Query query,
        ImportsConfig imports, Backup backup, Log log) {

    /** Network and place. */
    public record Server(String host, List<String> hosts, int port, Path path, boolean allowReset,
            List<String> corsAllowOrigins, long bodyBytesMax, long bodiesInFlightBytesMax, int batchSizeMax,
            int ioThreads, int connectionsMax, long stallMillis, long keepAliveMillis, int changesMax,
            long bodyWaitMillis,
            int metricsCollectionsMax, Binary binary, Tls tls, long drainMillis,
            boolean console) {
        public Server {
            hosts = List.copyOf(hosts);
            corsAllowOrigins = List.copyOf(corsAllowOrigins);
            for (String name : hosts) {
                if (name.indexOf('/') >= 0 || name.indexOf('@') >= 0) {
                    throw new ConfigException("server.hosts has '" + name
                            + "', must be names as db.example.com or *.example.com, no URLs");
                }
            }
            if (bodiesInFlightBytesMax != 0 && bodiesInFlightBytesMax < bodyBytesMax) {
                throw new ConfigException("server.max_bodies_in_flight_bytes is " + bodiesInFlightBytesMax
                        + ", must be 0 or at least server.max_body_bytes, which is " + bodyBytesMax);
            }
        }
    }

    /**
     * Of the HTTP port, and of a binary port that has none of its own.
     *
     * @param certificate with {@code key} where there is TLS, both null where not
     */
    public record Tls(@Nullable Path certificate, @Nullable Path key) {
        public Tls {
            if ((certificate == null) != (key == null)) {
                throw new ConfigException("server.tls_certificate and server.tls_key must be set together");
            }
        }

        public boolean isOn() {
            return certificate != null;
        }
    }

    /**
     * The binary port.
     *
     * @param port        {@link #NONE}; 0 for any free one
     * @param certificate with {@code key} where there is TLS, both null where not
     */
    public record Binary(int port, @Nullable Path certificate, @Nullable Path key) {
        public static final int NONE = -2;

        public Binary {
            if ((certificate == null) != (key == null)) {
                throw new ConfigException(
                        "server.binary_tls_certificate and server.binary_tls_key must be set"
                                + " together");
            }
        }
    }

    /** Where backups are, and whether they may share files with the store. */
    public record Backup(Path directory, boolean hardLinks) {}

    /** Who may do what. */
    public record Auth(String mode, Path tokensFile, Rates rates) {}

    /** From the log into the segments. */
    public record Ingest(boolean batchIngest, int indexerThreads, int linkSharePercentMin, int rangeQueueMax,
            int batchRecordsMax,
            int dimensionMax, long checkpointIntervalMillis, long checkpointBytes, int idempotencyKeysMax,
            long idempotencyWindow, PressureOptions pressure) {}

    /** The log. */
    public record Wal(Durability durability, String implementation, long extentBytes, long logBytesMax,
            long collectionLogBytesMax, long retainBytes, long diskReserveBytes) {}

    /** Segments. */
    public record Index(String engine, long memoryMax, long rocksCacheBytes) {}

    /** Reads. */
    public record Query(int queryThreads, long readTimeoutMillis, long boundedWaitMillis) {}

    /** What the server writes about itself. */
    public record Log(String level, boolean json, boolean requests, long slowQueryMillis,
            ServerOps.Audit audit) {}

    public static ServerConfig defaults() {
        return ConfigLoader.load(null, Map.of(), Map.of());
    }

    static ServerConfig of(ConfigValues values) {
        return new ServerConfig(serverOf(values), authOf(values), catalogOf(values),
                new Ingest(values.flag(ConfigKey.INGEST_BATCH), values.integer(ConfigKey.INGEST_THREADS),
                        values.integer(ConfigKey.INGEST_LINK_SHARE),
                        values.integer(ConfigKey.INGEST_QUEUE),
                        values.integer(ConfigKey.INGEST_BATCH_RECORDS),
                        values.integer(ConfigKey.INGEST_DIMENSION),
                        values.number(ConfigKey.INGEST_CHECKPOINT_MILLIS),
                        values.number(ConfigKey.INGEST_CHECKPOINT_BYTES),
                        values.integer(ConfigKey.INGEST_KEYS), values.number(ConfigKey.INGEST_KEYS_WINDOW),
                        pressureOf(values)),
                new Wal(Durability.parse(values.text(ConfigKey.WAL_DURABILITY)),
                        values.text(ConfigKey.WAL_IMPLEMENTATION), values.number(ConfigKey.WAL_EXTENT),
                        values.number(ConfigKey.WAL_BYTES), values.number(ConfigKey.WAL_COLLECTION_BYTES),
                        values.number(ConfigKey.WAL_RETAIN),
                        values.number(ConfigKey.WAL_DISK_RESERVE)),
                new Index(values.text(ConfigKey.INDEX_ENGINE), values.number(ConfigKey.INDEX_MEMORY),
                        values.number(ConfigKey.INDEX_CACHE)),
                new Query(values.integer(ConfigKey.QUERY_THREADS), values.number(ConfigKey.QUERY_TIMEOUT),
                        values.number(ConfigKey.QUERY_BOUNDED_WAIT)),
                ImportsConfig.of(values), backupOf(values), logOf(values));
    }

    private static CatalogLimits catalogOf(ConfigValues values) {
        return new CatalogLimits(values.integer(ConfigKey.CATALOG_COLLECTIONS),
                values.integer(ConfigKey.CATALOG_DATABASES), values.integer(ConfigKey.CATALOG_TENANTS));
    }

    private static Log logOf(ConfigValues values) {
        String file = values.text(ConfigKey.LOG_AUDIT);
        Path store = Path.of(values.text(ConfigKey.SERVER_PATH));
        return new Log(values.text(ConfigKey.LOG_LEVEL).toUpperCase(Locale.ROOT),
                values.text(ConfigKey.LOG_FORMAT).equals("json"), values.flag(ConfigKey.LOG_REQUESTS),
                values.number(ConfigKey.LOG_SLOW),
                new ServerOps.Audit(file.equals("off") ? null : store.resolve(file),
                        values.number(ConfigKey.LOG_AUDIT_BYTES), values.integer(ConfigKey.LOG_AUDIT_FILES)));
    }

    private static PressureOptions pressureOf(ConfigValues values) {
        return new PressureOptions(LagPolicy.parse(values.text(ConfigKey.INGEST_LAG_POLICY)),
                values.number(ConfigKey.INGEST_LAG_RECORDS), values.number(ConfigKey.INGEST_LAG_SECONDS),
                values.number(ConfigKey.INGEST_LAG_DELAY), values.number(ConfigKey.WAL_DISK_WATERMARK),
                values.integer(ConfigKey.INGEST_MEMORY));
    }

    private static Backup backupOf(ConfigValues values) {
        Path store = Path.of(values.text(ConfigKey.SERVER_PATH));
        return new Backup(store.resolve(values.text(ConfigKey.BACKUP_DIRECTORY)),
                values.flag(ConfigKey.BACKUP_LINKS));
    }

    private static Auth authOf(ConfigValues values) {
        Path store = Path.of(values.text(ConfigKey.SERVER_PATH));
        return new Auth(values.text(ConfigKey.AUTH_MODE),
                store.resolve(values.text(ConfigKey.AUTH_FILE)),
                new Rates(values.number(ConfigKey.AUTH_REQUESTS), values.number(ConfigKey.AUTH_BYTES)));
    }

    private static Binary binaryOf(ConfigValues values) {
        int port = values.integer(ConfigKey.SERVER_BINARY_PORT);
        int http = values.integer(ConfigKey.SERVER_PORT);
        if (port == -1) {
            // Behind the last port there is none: any free one.
            port = http == 0 || http == 65_535 ? 0 : http + 1;
        }
        return new Binary(port, file(values.text(ConfigKey.SERVER_BINARY_CERTIFICATE)),
                file(values.text(ConfigKey.SERVER_BINARY_KEY)));
    }

    private static @Nullable Path file(String text) {
        return text.equals("none") ? null : Path.of(text);
    }

    private static Server serverOf(ConfigValues values) {
        return new Server(values.text(ConfigKey.SERVER_HOST), values.list(ConfigKey.SERVER_HOSTS),
                values.integer(ConfigKey.SERVER_PORT),
                Path.of(values.text(ConfigKey.SERVER_PATH)), values.flag(ConfigKey.SERVER_ALLOW_RESET),
                values.list(ConfigKey.SERVER_CORS), values.number(ConfigKey.SERVER_BODY_BYTES),
                values.number(ConfigKey.SERVER_BODIES_BYTES), values.integer(ConfigKey.SERVER_BATCH_SIZE),
                values.integer(ConfigKey.SERVER_IO_THREADS),
                values.integer(ConfigKey.SERVER_CONNECTIONS), values.number(ConfigKey.SERVER_STALL),
                values.number(ConfigKey.SERVER_KEEP_ALIVE), values.integer(ConfigKey.SERVER_CHANGES),
                values.number(ConfigKey.SERVER_BODY_WAIT),
                values.integer(ConfigKey.SERVER_METRICS_COLLECTIONS), binaryOf(values),
                new Tls(file(values.text(ConfigKey.SERVER_CERTIFICATE)),
                        file(values.text(ConfigKey.SERVER_KEY))),
                values.number(ConfigKey.SERVER_DRAIN), values.flag(ConfigKey.SERVER_CONSOLE));
    }

    /** The part that the engine wants. */
    public ForebayOptions forebayOptions() {
        ForebayOptions machine = ForebayOptions.defaults();
        return new ForebayOptions(wal.durability(), ingest.batchIngest(),
                orMachine(ingest.indexerThreads(), machine.indexerThreads()), ingest.linkSharePercentMin(),
                orMachine(query.queryThreads(), machine.queryThreads()), wal.extentBytes(),
                ingest.checkpointIntervalMillis(), ingest.checkpointBytes(), ingest.rangeQueueMax(),
                wal.logBytesMax(), wal.diskReserveBytes(), ingest.batchRecordsMax(), ingest.dimensionMax(),
                query.readTimeoutMillis(), query.boundedWaitMillis(), index.rocksCacheBytes(),
                new IdempotencyOptions(ingest.idempotencyKeysMax(), ingest.idempotencyWindow()),
                LogOptions.of(wal.implementation(), wal.collectionLogBytesMax(), wal.retainBytes()),
                IndexOptions.of(index.engine(), index.memoryMax()), ingest.pressure(), catalog);
    }

    private static int orMachine(int configured, int machine) {
        return configured == 0 ? machine : configured;
    }
}
