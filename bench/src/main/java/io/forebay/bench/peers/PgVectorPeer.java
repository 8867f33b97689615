package io.forebay.bench.peers;

import io.forebay.model.RecordBatch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.postgresql.PGConnection;

/**
 * PostgreSQL with the extension {@code vector}, as many connections as clients. A batch is one {@code COPY} in binary, a
 * transaction of its own, acknowledged when it is durable.
 *
 * <p>Threads: as every peer; a connection is borrowed for each call.
 */
final class PgVectorPeer implements Peer {
    private static final int WIDTH_MAX = 1000;

    private final PeerSetup setup;
    private final Path directory;
    private final PgCluster cluster;
    private final boolean indexFirst;
    private final List<Connection> connections = new ArrayList<>();
    private final BlockingQueue<Connection> free = new LinkedBlockingQueue<>();
    private String version = "";
    private String table = "";

    private PgVectorPeer(PeerSetup setup, Path directory, PgCluster cluster, boolean indexFirst) {
        this.setup = setup;
        this.directory = directory;
        this.cluster = cluster;
        this.indexFirst = indexFirst;
    }

    static PgVectorPeer open(PeerSetup setup, Path directory, boolean indexFirst)
            throws IOException, InterruptedException, SQLException {
        Files.createDirectories(directory);
        PgCluster cluster = PgCluster.start(directory, setup.settings().postgres(), serverSettings());
        PgVectorPeer peer = new PgVectorPeer(setup, directory, cluster, indexFirst);
        try {
            peer.connect();
            return peer;
        } catch (SQLException e) {
            peer.close();
            throw e;
        }
    }

    private static Map<String, String> serverSettings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("shared_buffers", "512MB");
        settings.put("maintenance_work_mem", "512MB");
        settings.put("max_wal_size", "4GB");
        settings.put("synchronous_commit", "on");
        int cores = Runtime.getRuntime().availableProcessors();
        settings.put("max_parallel_maintenance_workers", Integer.toString(cores - 1));
        settings.put("jit", "off");
        return settings;
    }

    private void connect() throws SQLException {
        for (int i = 0; i < setup.settings().clients(); i++) {
            connections.add(cluster.connect());
        }
        free.addAll(connections);
        update("CREATE EXTENSION vector");
        try (Statement statement = connections.getFirst().createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('server_version'), extversion"
                        + " FROM pg_extension WHERE extname = 'vector'")) {
            row.next();
            version = "PostgreSQL " + row.getString(1) + ", pgvector " + row.getString(2);
        }
    }

    private void update(String sql) throws SQLException {
        try (Statement statement = connections.getFirst().createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public String about() {
        return version + ", hnsw m 16, ef_construction 100, index built "
                + (indexFirst ? "before" : "after") + " the load, COPY in binary, " + serverSettings()
                + "; complete: " + (indexFirst ? "the last ack" : "index built") + ", analyzed";
    }

    @Override
    public void use(String collection) throws SQLException {
        table = collection;
        update("CREATE TABLE " + table
                + " (id text PRIMARY KEY, document text, metadata jsonb, embedding vector("
                + setup.dimension() + "))");
        if (indexFirst) {
            index();
        }
    }

    private void index() throws SQLException {
        String operators = switch (setup.space()) {
            case COSINE -> "vector_cosine_ops";
            case L2 -> "vector_l2_ops";
            case IP -> "vector_ip_ops";
        };
        update("CREATE INDEX ON " + table + " USING hnsw (embedding " + operators
                + ") WITH (m = 16, ef_construction = 100)");
    }

    @Override
    public void write(RecordBatch batch) throws Exception {
        byte[] rows = PgCopy.of(batch);
        Connection connection = free.take();
        try {
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn(
                    "COPY " + table + " (id, document, metadata, embedding) FROM STDIN (FORMAT binary)",
                    new ByteArrayInputStream(rows));
        } finally {
            free.add(connection);
        }
    }

    @Override
    public void complete() throws SQLException {
        if (!indexFirst) {
            index();
        }
        update("ANALYZE " + table);
    }

    @Override
    public long count() throws SQLException {
        try (Statement statement = connections.getFirst().createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public List<Integer> widths(List<Integer> candidates) {
        return candidates.stream().filter(width -> width <= WIDTH_MAX).toList();
    }

    @Override
    public void searchWidth(int width) throws SQLException {
        for (Connection connection : connections) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET hnsw.ef_search = " + width);
            }
        }
    }

    @Override
    public List<String> nearest(float[] embedding, int count) {
        try {
            Connection connection = free.take();
            try {
                return nearest(connection, embedding, count);
            } finally {
                free.add(connection);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The driver prepares a statement on the server that is asked a few times with the same text. */
    private List<String> nearest(Connection connection, float[] embedding, int count) throws SQLException {
        String operator = switch (setup.space()) {
            case COSINE -> "<=>";
            case L2 -> "<->";
            case IP -> "<#>";
        };
        List<String> ids = new ArrayList<>(count);
        String distance = "embedding " + operator + " ?::real[]::vector";
        try (PreparedStatement statement = connection.prepareStatement("SELECT id, document, metadata, "
                + distance + " AS distance FROM " + table + " ORDER BY distance LIMIT " + count)) {
            statement.setObject(1, embedding);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
        }
        return ids;
    }

    @Override
    public void drop() throws SQLException {
        update("DROP TABLE " + table);
    }

    @Override
    public ProcessHandle process() {
        return cluster.process();
    }

    @Override
    public Path files() {
        return directory;
    }

    @Override
    public void close() {
        for (Connection connection : connections) {
            try {
                connection.close();
            } catch (SQLException e) {
                // It is gone either way.
            }
        }
        cluster.close();
    }
}
