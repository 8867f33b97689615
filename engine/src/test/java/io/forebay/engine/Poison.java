package io.forebay.engine;

import io.forebay.model.RecordBatch;
import java.nio.ByteBuffer;

/** Batches that the log takes and no indexer can apply. */
final class Poison {
    private Poison() {}

    /** The same batch, whose last record's metadata cannot be decoded. */
    static RecordBatch withDamagedMetadata(RecordBatch batch) {
        ByteBuffer bytes = ByteBuffer.allocate(batch.encodedBytes()).put(batch.encoded()).flip();
        byte[] last = batch.metadataBytes(batch.size() - 1);
        // The metadata column is the last section: the count of the last map's entries becomes a huge varint.
        int padding = (4 - bytes.limit() % 4) % 4;
        for (int at = bytes.limit() - last.length - padding - 4; at < bytes.limit(); at++) {
            bytes.put(at, (byte) 0xff);
        }
        return RecordBatch.wrap(bytes);
    }
}
