package io.forebay.model;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@link RecordBatchBuilder} finds in a batch that is built, found in one that came as bytes: {@link
 * RecordBatch#wrap} has checked that they are a batch, this checks that a client may send it. The messages are the
 * builder's.
 *
 * <p>Not thread-safe; use once.
 */
final class BatchCheck {
    private static final int SCRATCH_CHARS = 1024;

    private final RecordBatch batch;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer scratch = CharBuffer.allocate(SCRATCH_CHARS);

    private BatchCheck(RecordBatch batch) {
        this.batch = batch;
    }

    /** @throws ForebayException INVALID_ARGUMENT, naming what is wrong */
    static void check(RecordBatch batch) {
        if (batch.origin() != 0) {
            throw ForebayException.invalid("The origin of a batch must be 0. Got: " + batch.origin());
        }
        boolean inserts = batch.operation() == Operation.ADD || batch.operation() == Operation.UPSERT;
        if (inserts && batch.embeddingCount() != batch.size()) {
            throw ForebayException
                    .invalid("Inconsistent number of IDs, embeddings, documents, URIs and metadatas");
        }
        if (!batch.hasFiniteEmbeddings()) {
            throw ForebayException.invalid(
                    "Validation error: embeddings: Embeddings must not contain NaN or Infinity values");
        }
        BatchCheck check = new BatchCheck(batch);
        for (int i = 0; i < batch.size(); i++) {
            check.record(i);
        }
    }

    private void record(int i) {
        byte[] id = batch.idBytesOrNull(i);
        if (id == null || id.length == 0) {
            throw ForebayException.invalid("Empty ID, ID must have at least one character");
        }
        text(id, "ids", i);
        text(batch.documentBytes(i), "documents", i);
        text(batch.uriBytes(i), "uris", i);
        byte[] metadata = batch.metadataBytes(i);
        if (metadata != null) {
            metadata(metadata, i);
        }
    }

    private void text(byte @Nullable [] bytes, String column, int i) {
        if (bytes == null || isAscii(bytes)) {
            return;
        }
        utf8.reset();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            while (true) {
                scratch.clear();
                CoderResult result = utf8.decode(in, scratch, true);
                if (result.isUnderflow()) {
                    return;
                }
                if (result.isError()) {
                    result.throwException();
                }
            }
        } catch (CharacterCodingException e) {
            throw ForebayException.invalid("Validation error: " + column + ": not UTF-8 at index " + i);
        }
    }

    private static boolean isAscii(byte[] bytes) {
        int all = 0;
        for (byte one : bytes) {
            all |= one;
        }
        return all >= 0;
    }

    /** As the builder leaves it: decoded and encoded again it is the same bytes. */
    private void metadata(byte[] bytes, int i) {
        Map<String, MetadataValue> metadata;
        try {
            metadata = MetadataCodec.decode(bytes);
        } catch (IllegalArgumentException | ForebayException e) {
            throw wrong(i, e.getMessage());
        }
        if (metadata.isEmpty()) {
            throw wrong(i, "an empty map is to be null");
        }
        metadata.forEach((key, value) -> value(key, value, i));
        if (!Arrays.equals(bytes, MetadataCodec.encode(metadata))) {
            throw wrong(i, "a key twice, text that is not UTF-8, or a number in more bytes than it needs");
        }
    }

    private void value(String key, MetadataValue value, int i) {
        RecordBatchBuilder.checkKey(key, i);
        boolean merges = batch.operation() != Operation.ADD;
        if (!merges && (value instanceof MetadataValue.Null || MetadataCodec.isEmptyArray(value))) {
            throw wrong(i, "ADD has no null and no empty array, key '" + key + "'");
        }
        boolean finite = !(value instanceof MetadataValue.Float real) || Double.isFinite(real.value());
        if (value instanceof MetadataValue.FloatArray reals) {
            finite = reals.values().stream().allMatch(Double::isFinite);
        }
        if (!finite) {
            throw wrong(i, "a number that is not finite, key '" + key + "'");
        }
    }

    private static ForebayException wrong(int i, @Nullable String what) {
        return ForebayException
                .invalid("Validation error: metadatas: Invalid metadata at index " + i + ": " + what);
    }
}
