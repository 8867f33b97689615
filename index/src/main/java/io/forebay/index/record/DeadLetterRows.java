package io.forebay.index.record;

import io.forebay.model.DeadLetter;
import io.forebay.model.Operation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;

/**
 * The column family {@code parked}: entries of the log that could not be applied, with their payload, so that they
 * outlive the log. They are written by {@link Applier#park}, in the same write batch as the position that passes over
 * them, and go with {@link Applier#settle}, {@link #remove}, or their collection. A fork does not get them.
 *
 * <p>What a letter says and its payload are two rows, in two ranges, so that a list reads no payloads.
 *
 * <p>Threads: any. Every call passes the store's {@link Gate}.
 *
 * <p>Failure: {@link RecordStoreException} when the store cannot be read, also for a row that does not match its checksum.
 *
 * <p>Big-endian; part of the format.
 * <pre>
 *   key       collection:4 | 0:1 | minSeqId:8
 *   value     version:1 = 1 | crc32c:4, of the key and all that follows here | maxSeqId:8 | appendTimeMillis:8
 *             | parkedTimeMillis:8 | operation:1, -1 if unknown | records:4 | payload's bytes:4 | payload's crc32c:4
 *             | reason | ids:1 | id*, each text as length:4 utf8
 *   key       collection:4 | 1:1 | minSeqId:8
 *   value     payload, as in the log
 * </pre>
 */
public final class DeadLetterRows {
    private static final byte VERSION = 1;
    private static final byte LETTER = 0;
    private static final byte PAYLOAD = 1;
    private static final int KEY_BYTES = 13;
    private static final int CRC_AT = 1;
    private static final int CHECKED_AT = 5;
    private static final int FIXED_BYTES = 42;

    private final Database db;
    private final Gate gate;

    DeadLetterRows(Database db, Gate gate) {
        this.db = db;
        this.gate = gate;
    }

    /** One letter with the checksum that its payload must have. */
    private record Row(DeadLetter letter, int payloadCrc) {}

    /** Those of all collections, each in order of its seqIds. */
    public void readAll(Consumer<DeadLetter> each) {
        gate.enter();
        try (RocksIterator at = db.rocks.newIterator(db.parked)) {
            at.seekToFirst();
            while (at.isValid()) {
                byte[] key = at.key();
                if (kind(key) == LETTER) {
                    each.accept(decode(key, at.value()).letter);
                    at.next();
                } else {
                    at.seek(Keys.afterCollection((int) Keys.INT_BE.get(key, 0)));
                }
            }
            at.status();
        } catch (RocksDBException e) {
            throw Database.failed("read the dead letters", e);
        } finally {
            gate.exit();
        }
    }

    /** In order of their seqIds. */
    public List<DeadLetter> read(int collection, int offset, int limit) {
        List<DeadLetter> found = new ArrayList<>();
        gate.enter();
        try (Slice end = new Slice(key(collection, PAYLOAD, 0));
                ReadOptions options = new ReadOptions().setIterateUpperBound(end);
                RocksIterator at = db.rocks.newIterator(db.parked, options)) {
            int passed = 0;
            for (at.seek(Keys.collection(collection)); at.isValid() && found.size() < limit; at.next()) {
                if (passed++ >= offset) {
                    found.add(decode(at.key(), at.value()).letter);
                }
            }
            at.status();
            return found;
        } catch (RocksDBException e) {
            throw Database.failed("read the dead letters", e);
        } finally {
            gate.exit();
        }
    }

    /** What the log had of it; null when there is no such letter. */
    public @Nullable ByteBuffer payload(int collection, long minSeqId) {
        gate.enter();
        try {
            byte[] key = key(collection, LETTER, minSeqId);
            byte[] value = db.rocks.get(db.parked, key);
            byte[] payload = db.rocks.get(db.parked, key(collection, PAYLOAD, minSeqId));
            if (value == null || payload == null) {
                return null;
            }
            Row row = decode(key, value);
            if (row.payloadCrc != crc(ByteBuffer.wrap(payload))) {
                throw new RecordStoreException("the payload of dead letter " + minSeqId + " of collection "
                        + collection + " does not match its checksum");
            }
            return ByteBuffer.wrap(payload);
        } catch (RocksDBException e) {
            throw Database.failed("read a dead letter", e);
        } finally {
            gate.exit();
        }
    }

    /** What is wrong with a row of the family, for checks; null when all is well. */
    static @Nullable String problem(Database db, byte[] key, byte[] value) {
        try {
            long minSeqId = (long) Keys.LONG_BE.get(key, Keys.PREFIX_BYTES + 1);
            boolean isLetter = kind(key) == LETTER;
            byte[] other = key.clone();
            other[Keys.PREFIX_BYTES] = isLetter ? PAYLOAD : LETTER;
            byte[] found = db.rocks.get(db.parked, other);
            if (found == null) {
                return "dead letter " + minSeqId + " has no " + (isLetter ? "payload" : "row of its own");
            }
            return isLetter && decode(key, value).payloadCrc != crc(ByteBuffer.wrap(found))
                    ? "the payload of dead letter " + minSeqId + " does not match its checksum"
                    : null;
        } catch (RocksDBException | RuntimeException damage) {
            return "a dead letter cannot be read: " + damage.getMessage();
        }
    }

    /** On disk with the next flush. Those that are not there are passed over. */
    public void remove(int collection, Iterable<Long> minSeqIds) {
        gate.enter();
        try (WriteBatch batch = new WriteBatch()) {
            for (long minSeqId : minSeqIds) {
                batch.delete(db.parked, key(collection, LETTER, minSeqId));
                batch.delete(db.parked, key(collection, PAYLOAD, minSeqId));
            }
            db.write(batch);
        } catch (RocksDBException e) {
            throw Database.failed("delete dead letters", e);
        } finally {
            gate.exit();
        }
    }

    static void put(BatchSink sink, int family, DeadLetter letter, ByteBuffer payload) {
        byte[] key = key(letter.collection(), LETTER, letter.minSeqId());
        sink.put(family, key, encode(key, letter, crc(payload.duplicate())));
    }

    static void delete(BatchSink sink, int family, int collection, long minSeqId) {
        sink.delete(family, key(collection, LETTER, minSeqId));
        sink.delete(family, key(collection, PAYLOAD, minSeqId));
    }

    static byte[] payloadKey(DeadLetter letter) {
        return key(letter.collection(), PAYLOAD, letter.minSeqId());
    }

    private static byte[] key(int collection, byte kind, long minSeqId) {
        byte[] key = new byte[KEY_BYTES];
        Keys.INT_BE.set(key, 0, collection);
        key[Keys.PREFIX_BYTES] = kind;
        Keys.LONG_BE.set(key, Keys.PREFIX_BYTES + 1, minSeqId);
        return key;
    }

    private static byte kind(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new RecordStoreException(
                    "the key of a dead letter has " + key.length + " bytes, expected " + KEY_BYTES);
        }
        return key[Keys.PREFIX_BYTES];
    }

    private static byte[] encode(byte[] key, DeadLetter letter, int payloadCrc) {
        List<byte[]> texts = new ArrayList<>();
        texts.add(letter.reason().getBytes(StandardCharsets.UTF_8));
        letter.ids().forEach(id -> texts.add(id.getBytes(StandardCharsets.UTF_8)));
        int length = texts.stream().mapToInt(text -> 4 + text.length).sum();
        Operation operation = letter.operation();
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + 1 + length).put(VERSION).putInt(0)
                .putLong(letter.maxSeqId()).putLong(letter.appendTimeMillis())
                .putLong(letter.parkedTimeMillis())
                .put(operation == null ? -1 : (byte) operation.code()).putInt(letter.records())
                .putInt(letter.bytes()).putInt(payloadCrc);
        for (int i = 0; i < texts.size(); i++) {
            out.putInt(texts.get(i).length).put(texts.get(i));
            if (i == 0) {
                out.put((byte) letter.ids().size());
            }
        }
        return out.putInt(CRC_AT, rowCrc(key, out.array())).array();
    }

    private static Row decode(byte[] key, byte[] value) {
        boolean whole = kind(key) == LETTER && value.length > FIXED_BYTES && value[0] == VERSION;
        ByteBuffer in = ByteBuffer.wrap(value);
        if (!whole || in.getInt(CRC_AT) != rowCrc(key, value)) {
            throw new RecordStoreException("the row of a dead letter has " + value.length
                    + " bytes and version " + (value.length == 0 ? "none" : value[0])
                    + ": it is damaged, or of a newer Forebay");
        }
        in.position(CHECKED_AT);
        long maxSeqId = in.getLong();
        long appendTimeMillis = in.getLong();
        long parkedTimeMillis = in.getLong();
        byte code = in.get();
        int records = in.getInt();
        int bytes = in.getInt();
        int payloadCrc = in.getInt();
        String reason = text(in);
        List<String> ids = new ArrayList<>();
        for (int left = in.get(); left > 0; left--) {
            ids.add(text(in));
        }
        return new Row(new DeadLetter((int) Keys.INT_BE.get(key, 0),
                (long) Keys.LONG_BE.get(key, Keys.PREFIX_BYTES + 1), maxSeqId,
                code < 0 ? null : Operation.ofCode(code), records, ids, reason, appendTimeMillis,
                parkedTimeMillis,
                bytes), payloadCrc);
    }

    private static String text(ByteBuffer in) {
        byte[] text = new byte[in.getInt()];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static int rowCrc(byte[] key, byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(key);
        crc.update(value, CHECKED_AT, value.length - CHECKED_AT);
        return (int) crc.getValue();
    }

    private static int crc(ByteBuffer payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload);
        return (int) crc.getValue();
    }
}
