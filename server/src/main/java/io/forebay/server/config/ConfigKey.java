package io.forebay.server.config;

import static io.forebay.server.config.ConfigKind.BYTES;
import static io.forebay.server.config.ConfigKind.FLAG;
import static io.forebay.server.config.ConfigKind.LIST;
import static io.forebay.server.config.ConfigKind.NUMBER;
import static io.forebay.server.config.ConfigKind.TABLE;
import static io.forebay.server.config.ConfigKind.TEXT;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Every key of the configuration, in the order of the sample file. The defaults are the engine's own. */
enum ConfigKey {
    SERVER_HOST("server.host", TEXT, "127.0.0.1", "CHROMA_LISTEN_ADDRESS",
            "Address to listen on; 0.0.0.0 for all. Any but a loopback address needs tokens, see auth.mode."),
    SERVER_HOSTS("server.hosts", LIST, "[]", null,
            "Names, besides addresses, localhost and names without a dot, by which clients may call the server (*.example.com for"
                    + " all under one, * for any); others are answered 421. [] asks only of a server without tokens on a"
                    + " loopback address, against pages whose name comes to stand for it."),
    SERVER_PORT("server.port", NUMBER, "8000", 0, 65535, "", "CHROMA_PORT",
            "Port of the HTTP API; 0 takes a free one."),
    SERVER_BINARY_PORT("server.binary_port", NUMBER, "-1", -2, 65535, "", null,
            "Port of the binary protocol (docs/binary-protocol.md); -1 for the next after server.port (any free one if that"
                    + " is 0), 0 for any free one, -2 for none."),
    SERVER_BINARY_CERTIFICATE("server.binary_tls_certificate", TEXT, "none", null,
            "Certificate of the binary port, with its chain, a file in PEM; none for no TLS."),
    SERVER_BINARY_KEY("server.binary_tls_key", TEXT, "none", null,
            "Its private key, a file in PEM (PKCS#8, not encrypted)."),
    SERVER_CERTIFICATE("server.tls_certificate", TEXT, "none", null,
            "Certificate of the HTTP port, with its chain, a file in PEM; none for plain HTTP. The binary port has it too,"
                    + " unless it has its own. Read anew when it changes."),
    SERVER_KEY("server.tls_key", TEXT, "none", null,
            "Its private key, a file in PEM (PKCS#8, not encrypted)."),
    SERVER_DRAIN("server.drain_millis", NUMBER, "0", 0, 600_000, "milliseconds", null,
            "How long a server that was told to stop goes on serving while /readyz answers 503, so that a load balancer"
                    + " sees it first."),
    SERVER_PATH("server.path", TEXT, "./forebay-data", "CHROMA_PERSIST_PATH",
            "Directory of the store: log, segments, catalog. Made if it does not exist. One"
                    + " process at a time."),
    SERVER_ALLOW_RESET("server.allow_reset", FLAG, "false", "CHROMA_ALLOW_RESET",
            "Whether POST /api/v2/reset may drop everything. For tests."),
    SERVER_CORS("server.cors_allow_origins", LIST, "[]", "CHROMA_CORS_ALLOW_ORIGINS",
            "Origins whose pages may call the API from a browser; [\"*\"] for any, [] for none."),
    SERVER_BODY_BYTES("server.max_body_bytes", BYTES, "40MiB", 1 << 10, 1L << 30, "bytes",
            "CHROMA_MAX_PAYLOAD_SIZE_BYTES",
            "Largest body of one request; a larger one is answered 413 unread."),
    SERVER_BODIES_BYTES("server.max_bodies_in_flight_bytes", BYTES, "0", 0, 1L << 40, "bytes", null,
            "All request bodies in memory together; beyond it requests wait, see body_wait_millis. 0 for"
                    + " a quarter of the heap."),
    SERVER_BODY_WAIT("server.body_wait_millis", NUMBER, "5000", 0, 86_400_000, "milliseconds", null,
            "Longest wait of a request for room among the bodies in flight, in the order of coming; then 429."),
    SERVER_BATCH_SIZE("server.max_batch_size", NUMBER, "5461", 1, 1_000_000, "records", null,
            "What pre-flight-checks tells Chroma's clients: they split larger batches. Larger"
                    + " ones are taken too."),
    SERVER_IO_THREADS("server.io_threads", NUMBER, "0", 0, 1024, "threads", null,
            "Threads of the network; 0 for one per core and at least two."),
    SERVER_CONNECTIONS("server.max_connections", NUMBER, "10000", 1, 1_000_000, "connections", null,
            "Open connections; one more is answered 503 and closed."),
    SERVER_STALL("server.stall_millis", NUMBER, "30000", 1, 86_400_000, "milliseconds", null,
            "Longest pause inside a request or while its answer is sent; then the connection is closed."),
    SERVER_KEEP_ALIVE("server.keep_alive_millis", NUMBER, "300000", 1, 86_400_000, "milliseconds", null,
            "Longest pause between two requests of a connection."),
    SERVER_CHANGES("server.changes_max", NUMBER, "64", 1, 100_000, "feeds", null,
            "Change feeds open at once; one more is answered 429. So many streams of lag, too."),
    SERVER_METRICS_COLLECTIONS("server.metrics_collections_max", NUMBER, "200", 0, 1_000_000, "collections",
            null,
            "Collections that have series of their own in /metrics: those furthest behind. Each has 19."),
    SERVER_CONSOLE("server.console", FLAG, "true", null,
            "Whether the web console is at /console. It shows nothing that the API would not."),

    AUTH_MODE("auth.mode", "auto", List.of("auto", "tokens", "off"),
            "Whether requests need a token. auto: when there is a file of tokens; without one the server starts only on a"
                    + " loopback address. tokens: always. off: never, on any address."),
    AUTH_FILE("auth.tokens_file", TEXT, "tokens", null,
            "File of the tokens' hashes, written by forebay token; a change of it holds within a second. A relative path"
                    + " begins in server.path."),

    AUTH_REQUESTS("auth.requests_per_second", NUMBER, "0", 0, 1_000_000_000, "requests", null,
            "Of one token, or one address without tokens; more are answered 429. 0 for any number. A token may have"
                    + " its own: forebay token create --requests-per-second."),
    AUTH_BYTES("auth.bytes_per_second", BYTES, "0", 0, 1L << 50, "bytes", null,
            "The same of the bodies of its requests."),

    CATALOG_COLLECTIONS("catalog.collections_max", NUMBER, "100000", 1, 10_000_000, "collections", null,
            "Collections of the server, forks among them; making one more is answered 422 (Quota exceeded). An empty one"
                    + " takes about 7 KB of memory."),
    CATALOG_DATABASES("catalog.databases_max", NUMBER, "100000", 1, 10_000_000, "databases", null,
            "The same of databases."),
    CATALOG_TENANTS("catalog.tenants_max", NUMBER, "100000", 1, 10_000_000, "tenants", null,
            "The same of tenants."),

    INGEST_BATCH("ingest.batch_ingest", FLAG, "true", null,
            "true: a write is acknowledged from the log and indexed soon after. false: when it"
                    + " is in the index. A"
                    + " collection may say otherwise for itself."),
    INGEST_THREADS("ingest.indexer_threads", NUMBER, "0", 0, 1024, "threads", null,
            "Threads that apply and link what is in the log; 0 for one per core."),
    INGEST_LINK_SHARE("ingest.link_share_percent_min", NUMBER, "20", 1, 100, "percent", null,
            "Share of the indexers' time that linking keeps while batches arrive on a machine without an idle core."
                    + " In a bulk load (2,000 records a second and more) beside which nobody searches its square: of 20 %"
                    + " 4 %."),
    INGEST_QUEUE("ingest.range_queue_max", NUMBER, "1024", 2, 1 << 24, "ranges", null,
            "Ranges of seqIds waiting per collection; beyond it they are kept as one. Nothing is lost."),
    INGEST_BATCH_RECORDS("ingest.batch_records_max", NUMBER, "1000000", 1, 1 << 26, "records", null,
            "Records of one batch; more are answered 413."),
    INGEST_DIMENSION("ingest.dimension_max", NUMBER, "16384", 1, 1 << 16, "components", null,
            "Dimension of an embedding."),
    INGEST_CHECKPOINT_MILLIS("ingest.checkpoint_interval_millis", NUMBER, "30000", 1, 86_400_000,
            "milliseconds", null,
            "Longest time between checkpoints while something changes."),
    INGEST_CHECKPOINT_BYTES("ingest.checkpoint_bytes", BYTES, "256MiB", 1, 1L << 50, "bytes", null,
            "Log bytes applied since the last checkpoint that cause the next one."),
    INGEST_KEYS("ingest.idempotency_keys_max", NUMBER, "100000", 1, 10_000_000, "keys", null,
            "Idempotency keys remembered, all collections together; the oldest go first. Each takes"
                    + " about 200 bytes of memory."),
    INGEST_KEYS_WINDOW("ingest.idempotency_window", NUMBER, "86400", 1, 31_536_000, "seconds", null,
            "How long an idempotency key is remembered at most; later it is as good as new."),
    INGEST_LAG_POLICY("ingest.lag_policy", "accept", List.of("accept", "slow", "reject"),
            "What happens to writes of a collection whose index is further behind than one of the next two. accept:"
                    + " nothing, until the log has log_bytes_max. slow: their acks are held back, so that they come as"
                    + " fast as the index gets on. reject: they are answered 429. A collection may say otherwise for"
                    + " itself, here and in the next two."),
    INGEST_LAG_RECORDS("ingest.lag_records_max", NUMBER, "1000000", 1, 1L << 50, "records", null,
            "Records of a collection in the log and not yet linked."),
    INGEST_LAG_SECONDS("ingest.lag_seconds_max", NUMBER, "600", 1, 31_536_000, "seconds", null,
            "Age of the oldest of them."),
    INGEST_LAG_DELAY("ingest.lag_delay_millis_max", NUMBER, "10000", 1, 86_400_000, "milliseconds", null,
            "Longest time that slow holds back an ack; a write that would wait longer is answered 429."),
    INGEST_MEMORY("ingest.memory_watermark_percent", NUMBER, "90", 0, 100, "percent", null,
            "Of the heap, as collections of garbage leave it, and of the memory outside it: above it writes are"
                    + " answered 429. 0 for never."),

    WAL_DURABILITY("wal.durability", "sync", List.of("sync", "os"),
            "When a write is acknowledged, unless its collection or request says otherwise. sync: after a sync of the log that covers it"
                    + " (survives power loss). os: when"
                    + " it is in the page cache (survives the death of the process)."),
    WAL_IMPLEMENTATION("wal.implementation", "chronicle", List.of("chronicle", "file"),
            "What stores new files of the log: Chronicle Queue, or plain files (faster when every batch is synced)."
                    + " Each reads the other's."),
    WAL_EXTENT("wal.extent_bytes", BYTES, "256MiB", 1 << 20, 1L << 30, "bytes", null,
            "Size of one file of the log: the unit in which it is made and purged."),
    WAL_BYTES("wal.log_bytes_max", BYTES, "8GiB", 1, 1L << 50, "bytes", null,
            "Log bytes not yet applied, all collections together; beyond it writes are answered 429."),
    WAL_COLLECTION_BYTES("wal.collection_log_bytes_max", BYTES, "4GiB", 1, 1L << 50, "bytes", null,
            "The same of one collection: a slow one cannot take the whole of log_bytes_max from the others."),
    WAL_RETAIN("wal.retain_bytes", BYTES, "0", 0, 1L << 50, "bytes", null,
            "So much of the log stays though everything in it is in a checkpoint, so that a change feed can go"
                    + " further back."),
    WAL_DISK_WATERMARK("wal.disk_watermark_bytes", BYTES, "0", 0, 1L << 50, "bytes", null,
            "Free space on the disk below which health warns (yellow). 0 for twice the reserve."),
    WAL_DISK_RESERVE("wal.disk_reserve_bytes", BYTES, "2GiB", 0, 1L << 50, "bytes", null,
            "Free space on the disk below which writes are answered 507; reads go on."),

    INDEX_ENGINE("index.engine", "native", List.of("native", "hnswlib"),
            "What makes the vector graphs: Forebay's own engine, or the library hnswlib-core (slower, on the heap). It"
                    + " may be changed at any start: the graphs are then linked again."),
    INDEX_MEMORY("index.memory_max", BYTES, "0", 0, 1L << 50, "bytes", null,
            "Memory outside the heap for codes and graphs, all collections together. Beyond it those whose vectors were"
                    + " used longest ago are unloaded, and loaded again on use. 0 for no bound; of no effect with"
                    + " hnswlib."),
    INDEX_CACHE("index.rocks_cache_bytes", BYTES, "512MiB", 1 << 20, 1L << 40, "bytes", null,
            "Block cache and write buffers of the record segments together."),

    QUERY_THREADS("query.query_threads", NUMBER, "0", 0, 1024, "threads", null,
            "Threads that read; 0 for one per core and at least two."),
    QUERY_TIMEOUT("query.read_timeout_millis", NUMBER, "60000", 1, 86_400_000, "milliseconds", null,
            "Longest wait of a read for what was written before it, and longest work behind that; then 504."),
    QUERY_BOUNDED_WAIT("query.bounded_wait_millis", NUMBER, "50", 0, 86_400_000, "milliseconds", null,
            "Longest wait of a read at level index_and_bounded_wal."),

    IMPORTS_ENABLED("imports.enabled", FLAG, "true", null,
            "Whether files can be imported (docs/importing.md). false: those routes answer 404, no job goes on."),
    IMPORTS_UPLOAD_BYTES("imports.max_upload_bytes", BYTES, "5GiB", 1, 1L << 50, "bytes", null,
            "Largest file of one upload, or fetched from elsewhere; reading a larger one stops there, answered 413."),
    IMPORTS_UPLOADS("imports.max_concurrent_uploads", NUMBER, "32", 1, 10_000, "uploads", null,
            "Uploads received at once, up to 2 MiB of memory each; one more is answered 429."),
    IMPORTS_JOBS("imports.max_concurrent_jobs", NUMBER, "4", 1, 1024, "jobs", null,
            "Jobs at work at once. Those of one collection go one after the other."),
    IMPORTS_CHUNK("imports.extract_chunk_size", NUMBER, "256", 1, 1_000_000, "documents", "IMPORT_CHUNK_SIZE",
            "Documents that the reader hands on together, to begin with: it adapts to their size."),
    IMPORTS_TRANSFORM("imports.transform_batch_size", NUMBER, "256", 1, 1_000_000, "documents", null,
            "Documents that become records in one piece of work."),
    IMPORTS_LOAD("imports.load_batch_size", NUMBER, "1000", 1, 1_000_000, "records", "IMPORT_BATCH_SIZE",
            "Records of one write at most."),
    IMPORTS_CHUNKS("imports.max_concurrent_chunks", NUMBER, "16", 1, 10_000, "chunks", null,
            "Chunks of one job that are on their way between reading and loading."),
    IMPORTS_MEMORY("imports.memory_threshold_mb", NUMBER, "0", 0, 1 << 24, "MiB", null,
            "Memory of the process above which imports slow down, then pause. 0: decided from the machine."),
    IMPORTS_WORKERS("imports.workers", NUMBER, "0", 0, 1024, "threads", "IMPORT_PARALLEL_WORKERS",
            "Threads that make records, and embeddings in this process; 0 for one per core."),
    IMPORTS_PROGRESS("imports.progress_update_interval_ms", NUMBER, "500", 1, 3_600_000, "milliseconds",
            "IMPORT_PROGRESS_UPDATE_INTERVAL",
            "Shortest time between two events of a job that is followed."),
    IMPORTS_ERRORS("imports.max_errors", NUMBER, "10000", 0, 1_000_000, "documents", null,
            "Documents of one job that may fail; one more and the job fails."),
    IMPORTS_KEEP("imports.keep_days", NUMBER, "30", 1, 36_500, "days", null,
            "For how long ended jobs, with their errors, are kept."),
    IMPORTS_ORPHANS("imports.orphan_hours", NUMBER, "24", 1, 876_000, "hours", null,
            "Age at which a spool file that no job names is deleted; looked at hourly."),
    IMPORTS_RATE("imports.submissions_per_minute", NUMBER, "60", 0, 1_000_000, "imports", null,
            "Of one client (token, or address without one); more are answered 429. So many previews, too. 0 for any number."),
    IMPORTS_WAITING("imports.max_waiting_jobs", NUMBER, "1000", 1, 1_000_000, "jobs", null,
            "Jobs that may wait; one more is answered 429."),
    IMPORTS_CACHE("imports.embedding_cache_bytes", BYTES, "1GiB", 0, 1L << 50, "bytes", null,
            "Disk for embeddings that were made, so that the same text is not embedded again; the oldest go."),
    IMPORTS_DOCUMENT("imports.max_document_bytes", BYTES, "16MiB", 1 << 10, 1 << 30, "bytes", null,
            "Longest line, row or item of a file; a longer one counts as a document that failed."),
    IMPORTS_RATIO("imports.max_expanded_ratio", NUMBER, "200", 1, 1_000_000, "", null,
            "How many times its own size a compressed file may have uncompressed, beyond the first 64 MiB."),
    IMPORTS_CONNECTION("imports.default_connection", TEXT, "local", null,
            "Embedding connection of imports that name none. local: all-MiniLM-L6-v2 in this process. none: vectors are"
                    + " in the file. Or one of the next."),
    IMPORTS_CONNECTIONS("imports.connections", TABLE, "{}", null,
            "Embedding connections by name; local and none are always there. Each: kind (openai, local or none), url"
                    + " (up to and without /embeddings), model, key_variable (environment variable with the key), dimension,"
                    + " texts_per_call (100), calls_at_once (4), timeout_ms (60000), patience_ms (120000: for how long what"
                    + " fails in passing is tried again)."),
    IMPORTS_HOSTS("imports.allowed_hosts", LIST, "[]", null,
            "From where may be fetched: host names, *.domain for all below one, s3://bucket. [] for nothing."),
    IMPORTS_PRIVATE("imports.allow_private_hosts", FLAG, "false", null,
            "Whether such a name may stand for a private, loopback or link-local address."),
    IMPORTS_S3_ENDPOINT("imports.s3_endpoint", TEXT, "none", null,
            "Object storage compatible with S3, as a URL; none for AWS's own."),
    IMPORTS_S3_REGION("imports.s3_region", TEXT, "us-east-1", null, "Its region."),
    IMPORTS_S3_PATH("imports.s3_path_style", FLAG, "false", null,
            "Whether buckets are in the path of its addresses instead of their host name."),
    IMPORTS_S3_BUCKET("imports.s3_upload_bucket", TEXT, "none", null,
            "Bucket that clients may upload to directly (POST /api/etl/upload-url); none for that not."),
    IMPORTS_S3_KEY("imports.s3_key_variable", TEXT, "none", null,
            "Environment variable with the access key id; none for what AWS's client finds by itself."),
    IMPORTS_S3_SECRET("imports.s3_secret_variable", TEXT, "none", null,
            "Environment variable with the secret access key."),
    IMPORTS_S3_MINUTES("imports.s3_upload_url_minutes", NUMBER, "60", 1, 10_080, "minutes", null,
            "For how long an upload address can be used."),
    IMPORTS_APIS("imports.apis", TABLE, "{}", null,
            "Paged JSON interfaces to import from, by name, besides the ready ones. Each: url (of the first page, {name}"
                    + " for parameters), items_field (dotted path; empty for the page itself), next_field (dotted path to"
                    + " the next page's address), requests_per_second (1), headers (a map; ${NAME} for an environment"
                    + " variable)."),

    BACKUP_DIRECTORY("backup.directory", TEXT, "backups", null,
            "Where backups are kept (docs/backup.md); a relative path begins in server.path. Better on another disk."),
    BACKUP_LINKS("backup.hard_links", FLAG, "true", null,
            "Whether backups on the store's own disk share files with it. They then cost little and protect from"
                    + " mistakes, not from the loss of the disk."),

    LOG_LEVEL("log.level", "info", List.of("error", "warn", "info", "debug", "trace"),
            "How much the server writes to its log, on standard error."),
    LOG_FORMAT("log.format", "text", List.of("text", "json"),
            "text: a line for people. json: an object of JSON on each line."),
    LOG_REQUESTS("log.requests", FLAG, "false", null, "Whether every request has a line in the log."),
    LOG_SLOW("log.slow_query_millis", NUMBER, "1000", 0, 86_400_000, "milliseconds", null,
            "A read or write of records that takes longer has a line in the log, ten a second at most; 0 for none."),
    LOG_AUDIT("log.audit_file", TEXT, "audit/audit.log", null,
            "File of the actions of administrators and of those that destroy something, as lines of JSON; off for none. A"
                    + " relative path begins in server.path."),
    LOG_AUDIT_BYTES("log.audit_bytes_max", BYTES, "64MiB", 1 << 10, 1L << 40, "bytes", null,
            "Size at which that file is put aside as audit.log.1 and a new one begun."),
    LOG_AUDIT_FILES("log.audit_files_max", NUMBER, "10", 1, 10_000, "files", null,
            "How many of them are kept, the newest included; the oldest goes.");

    private final String path;
    private final ConfigKind kind;
    private final String defaultText;
    private final long min;
    private final long max;
    private final String unit;
    private final List<String> choices;
    private final @Nullable String alias;
    private final String help;

    ConfigKey(String path, ConfigKind kind, String defaultText, long min, long max, String unit,
            @Nullable String alias, String help) {
        this(path, kind, defaultText, min, max, unit, List.of(), alias, help);
    }

    ConfigKey(String path, ConfigKind kind, String defaultText, @Nullable String alias,
            String help) {
        this(path, kind, defaultText, 0, 0, "", List.of(), alias, help);
    }

    ConfigKey(String path, String defaultText, List<String> choices, String help) {
        this(path, ConfigKind.CHOICE, defaultText, 0, 0, "", choices, null, help);
    }

    ConfigKey(String path, ConfigKind kind, String defaultText, long min, long max, String unit,
            List<String> choices, @Nullable String alias, String help) {
        this.path = path;
        this.kind = kind;
        this.defaultText = defaultText;
        this.min = min;
        this.max = max;
        this.unit = unit;
        this.choices = choices;
        this.alias = alias;
        this.help = help;
    }

    /** {@code section.name}. */
    String path() {
        return path;
    }

    String section() {
        return path.substring(0, path.indexOf('.'));
    }

    String shortName() {
        return path.substring(path.indexOf('.') + 1);
    }

    ConfigKind kind() {
        return kind;
    }

    String defaultText() {
        return defaultText;
    }

    List<String> choices() {
        return choices;
    }

    String help() {
        return help;
    }

    /** {@code FOREBAY_SECTION__NAME}. */
    String variable() {
        return "FOREBAY_" + path.replace(".", "__").toUpperCase(Locale.ROOT);
    }

    /** Chroma's variable, or one that scripts rely on, that means the same. */
    @Nullable
    String alias() {
        return alias;
    }

    boolean inRange(long value) {
        return value >= min && value <= max;
    }

    /** What values it takes, for people. */
    String range() {
        return switch (kind) {
            case TEXT -> "text, not empty";
            case FLAG -> "true or false";
            case NUMBER -> min + " to " + max + (unit.isEmpty() ? "" : " " + unit);
            case BYTES -> Bytes.text(min) + " to " + Bytes.text(max);
            case CHOICE -> String.join(", ", choices);
            case LIST -> "a list of texts";
            case TABLE -> "names, each with settings (in one line: YAML or JSON)";
        };
    }

    static @Nullable ConfigKey of(String path) {
        for (ConfigKey key : values()) {
            if (key.path.equals(path)) {
                return key;
            }
        }
        return null;
    }
}
