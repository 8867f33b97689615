package io.forebay.etl.embed;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Remembers vectors by model and text, so that what was embedded once is not embedded again.
 *
 * <p>Threads: any. Failure: a value that is damaged or of another version counts as absent; what the database refuses
 * comes as its ForebayException.
 *
 * <p>Format, in the family EMBEDDINGS: the key is SHA-256 of the model's name in UTF-8, a zero byte and the text in
 * UTF-8; the value is a version byte (1), the dimension (4 bytes), that many float32, and CRC32C over key and all of
 * that (4 bytes); little-endian.
 */
public final class EmbeddingCache {
    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 1 + Integer.BYTES;
    private static final int CRC_BYTES = Integer.BYTES;

    private final ImportDatabase db;

    public EmbeddingCache(ImportDatabase db) {
        this.db = db;
    }

    /** One for each text, in their order; null where it is not known. */
    public List<float @Nullable []> find(String model, List<String> texts) {
        List<byte[]> keys = keys(model, texts);
        List<byte @Nullable []> values = db.getAll(Family.EMBEDDINGS, keys);
        List<float @Nullable []> vectors = new ArrayList<>(texts.size());
        for (int i = 0; i < keys.size(); i++) {
            byte[] value = values.get(i);
            vectors.add(value == null ? null : decode(keys.get(i), value));
        }
        return vectors;
    }

    /** Not synced: what is lost is made again. */
    public void put(String model, List<String> texts, float[][] vectors) {
        if (texts.size() != vectors.length) {
            throw new IllegalArgumentException(texts.size() + " texts and " + vectors.length + " vectors");
        }
        List<byte[]> keys = keys(model, texts);
        try (WriteBatch batch = new WriteBatch()) {
            for (int i = 0; i < vectors.length; i++) {
                batch.put(db.family(Family.EMBEDDINGS), keys.get(i), encode(keys.get(i), vectors[i]));
            }
            db.write(batch, false);
        } catch (RocksDBException e) {
            throw new ForebayException(ErrorCode.INTERNAL, "Embeddings cannot be kept: " + e.getMessage(), e);
        }
    }

    private static List<byte[]> keys(String model, List<String> texts) {
        MessageDigest sha = Sha256.digest();
        byte[] name = model.getBytes(StandardCharsets.UTF_8);
        List<byte[]> keys = new ArrayList<>(texts.size());
        for (String text : texts) {
            sha.update(name);
            sha.update((byte) 0);
            keys.add(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
        }
        return keys;
    }

    private static byte[] encode(byte[] key, float[] vector) {
        int bytes = HEAD_BYTES + vector.length * Float.BYTES;
        ByteBuffer value = ByteBuffer.allocate(bytes + CRC_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        value.put(VERSION).putInt(vector.length);
        for (float x : vector) {
            value.putFloat(x);
        }
        value.putInt(crc(key, value.array(), bytes));
        return value.array();
    }

    /** Whether a stored value is whole, for checks. */
    public static boolean isWhole(byte[] key, byte[] value) {
        return decode(key, value) != null;
    }

    private static float @Nullable [] decode(byte[] key, byte[] bytes) {
        ByteBuffer value = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEAD_BYTES + CRC_BYTES || value.get() != VERSION) {
            return null;
        }
        long dimension = value.getInt();
        int end = bytes.length - CRC_BYTES;
        if (HEAD_BYTES + dimension * Float.BYTES != end || value.getInt(end) != crc(key, bytes, end)) {
            return null;
        }
        float[] vector = new float[(int) dimension];
        value.asFloatBuffer().get(vector);
        return vector;
    }

    /** The key is in it: a value under the wrong key is as bad as a damaged one. */
    private static int crc(byte[] key, byte[] value, int length) {
        CRC32C crc = new CRC32C();
        crc.update(key);
        crc.update(value, 0, length);
        return (int) crc.getValue();
    }
}
