package io.forebay.bench.wal;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * SQLite as Chroma uses it for its log: a table {@code embeddings_queue}, one row per batch with the batch as a blob, in WAL
 * mode with {@code synchronous=FULL}. No checkpoint: it would write everything once more into the database. One connection
 * behind a lock: SQLite has one writer anyway.
 *
 * <p>Plain, each batch is a transaction. Grouped, whoever gets the lock writes the batches of all who wait for it in one
 * transaction, which is the most that a program around SQLite can do.
 *
 * <p>Failure: the first exception is thrown to the caller whose transaction it was; batches that were in it stay unanswered.
 */
final class SqlitePeer implements Peer {
    private static final String TABLE = "CREATE TABLE embeddings_queue (seq_id INTEGER PRIMARY KEY, "
            + "created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, operation INTEGER NOT NULL, "
            + "topic TEXT NOT NULL, id TEXT NOT NULL, vector BLOB, encoding TEXT, metadata TEXT)";
    private static final String INSERT = "INSERT INTO embeddings_queue (operation, topic, id, vector, encoding)"
            + " VALUES (0, 'bench', ?, ?, 'FLOAT32')";

    /** A batch that wants to be committed; {@code done} is guarded by the lock. */
    private static final class Waiting {
        final Batches batches;
        final int number;
        boolean done;

        Waiting(Batches batches, int number) {
            this.batches = batches;
            this.number = number;
        }
    }

    private final Connection connection;
    private final PreparedStatement insert;
    private final boolean grouped;
    /** The connection, the statement and what is done. */
    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    private SqlitePeer(Connection connection, boolean grouped) throws SQLException {
        this.connection = connection;
        this.grouped = grouped;
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA synchronous=FULL");
            statement.execute("PRAGMA wal_autocheckpoint=0");
            statement.execute(TABLE);
        }
        connection.setAutoCommit(false);
        this.insert = connection.prepareStatement(INSERT);
    }

    static SqlitePeer open(Path directory, boolean grouped) throws SQLException {
        Connection connection = DriverManager
                .getConnection("jdbc:sqlite:" + directory.resolve("log.sqlite3"));
        try {
            return new SqlitePeer(connection, grouped);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** As SQLite understands it, for the result: journal mode and synchronous. */
    String settings() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String mode;
            try (var answer = statement.executeQuery("PRAGMA journal_mode")) {
                mode = answer.getString(1);
            }
            try (var answer = statement.executeQuery("PRAGMA synchronous")) {
                return mode + "/" + answer.getInt(1);
            }
        }
    }

    long rows() throws SQLException {
        try (Statement statement = connection.createStatement();
                var answer = statement.executeQuery("SELECT count(*) FROM embeddings_queue")) {
            return answer.getLong(1);
        }
    }

    @Override
    public void append(Batches batches, int number) throws SQLException {
        Waiting mine = new Waiting(batches, number);
        if (grouped) {
            waiting.add(mine);
        }
        lock.lock();
        try {
            if (!grouped) {
                commit(List.of(mine));
            } else if (!mine.done) {
                commit(drain());
            }
            if (!mine.done) {
                throw new SQLException("another batch of the same transaction failed");
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Waiting> drain() {
        List<Waiting> all = new ArrayList<>();
        for (Waiting one = waiting.poll(); one != null; one = waiting.poll()) {
            all.add(one);
        }
        return all;
    }

    private void commit(List<Waiting> group) throws SQLException {
        for (Waiting one : group) {
            insert.setString(1, Integer.toString(one.number));
            insert.setBytes(2, one.batches.array(one.number));
            insert.executeUpdate();
        }
        connection.commit();
        group.forEach(one -> one.done = true);
    }

    @Override
    public void close() throws SQLException {
        insert.close();
        connection.close();
    }
}
