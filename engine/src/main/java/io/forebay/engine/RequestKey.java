package io.forebay.engine;

import io.forebay.index.record.BatchKey;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatch;
import io.forebay.model.Sha256;
import io.forebay.wal.Appended;
import io.forebay.wal.EntryHeader;
import io.forebay.wal.WalEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The idempotency key of one request to one collection.
 *
 * <p>Format, because the log and the record segment keep it: the hash is the first 8 bytes, big-endian, of SHA-256 over
 * the collection's UUID (16 bytes, big-endian) and the key's characters; 0 means "no key" there, so 1 stands for it.
 *
 * @param fingerprint of the request, see {@link Fingerprint}
 */
record RequestKey(int collection, long hash, int fingerprint, String text) {

    static RequestKey of(CollectionInfo info, String text, int fingerprint) {
        return new RequestKey(info.number(), hash(info.id(), text), fingerprint, text);
    }

    /**
     * Of the retry of a dead letter. No client can send such a text, so the key is the letter's alone, and the same at every
     * try.
     */
    static RequestKey ofLetter(CollectionInfo info, long minSeqId, int fingerprint) {
        return of(info, "dead letter " + minSeqId, fingerprint);
    }

    private static long hash(UUID collection, String text) {
        MessageDigest digest = Sha256.digest();
        digest.update(ByteBuffer.allocate(16).putLong(collection.getMostSignificantBits())
                .putLong(collection.getLeastSignificantBits()).flip());
        long hash = ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.US_ASCII))).getLong();
        return hash == 0 ? 1 : hash;
    }

    /** What is to be remembered of a batch that is in the log; null when it came without a key. */
    static @Nullable BatchKey ofEntry(WalEntry entry) {
        EntryHeader header = entry.header();
        if (header.batchIdHash() == 0) {
            return null;
        }
        int records = header.records();
        int fingerprint = 0;
        try {
            RecordBatch batch = RecordBatch.wrap(entry.payload());
            records = batch.size();
            fingerprint = Fingerprint.of(batch);
        } catch (IllegalArgumentException malformed) {
            // Its indexer sets it aside; a retry is told that this was another request.
        }
        return new BatchKey(header.collection(), header.batchIdHash(), entry.minSeqId(), entry.maxSeqId(),
                records,
                fingerprint, entry.appendTimeMillis());
    }

    /** What is to be remembered of the batch that was appended for this request. */
    BatchKey appended(Appended at, int records) {
        return new BatchKey(collection, hash, at.minSeqId(), at.maxSeqId(), records, fingerprint,
                at.appendTimeMillis());
    }

    /** @throws ForebayException (ALREADY_EXISTS, so 409) when what is remembered was another request */
    BatchKey sameRequest(BatchKey earlier) {
        if (earlier.fingerprint() != fingerprint) {
            throw new ForebayException(ErrorCode.ALREADY_EXISTS, "Idempotency key [" + text
                    + "] already exists for another write to this collection (seqIds " + earlier.minSeqId()
                    + " to "
                    + earlier.maxSeqId()
                    + "): a retry must repeat the request exactly, a new batch needs a new key");
        }
        return earlier;
    }
}
