package io.forebay.index.record;

import java.util.Arrays;

/**
 * The record that a filter looks at, moved from one to the next without allocating: where the values of the
 * filter's keys are, found in one walk over the metadata, and the document, read only when a predicate asks.
 *
 * <p>Not thread-safe.
 */
final class Candidate {
    final RecordValue record = new RecordValue();
    private final byte[][] keys;
    private final int[] tags;
    private final DocumentSource documents;

    /** Where documents come from: the place of the current record. */
    interface DocumentSource {
        /** Reads the document of the record that is looked at now; returns its length. */
        int read();

        /** What was read, in the first so many bytes. */
        byte[] bytes();
    }

    Candidate(byte[][] keys, DocumentSource documents) {
        this.keys = keys;
        this.tags = new int[keys.length];
        this.documents = documents;
    }

    void moveTo(byte[] value, int length) {
        record.wrap(value, length);
        if (keys.length > 0) {
            Arrays.fill(tags, -1);
            if (record.hasMetadata()) {
                locate();
            }
        }
    }

    /** The offset of the tag of this key's value in the record's bytes; -1 when it lacks the key. */
    int tagAt(int key) {
        return tags[key];
    }

    byte[] bytes() {
        return record.bytes;
    }

    boolean hasDocument() {
        return record.hasDocument;
    }

    int readDocument() {
        return documents.read();
    }

    byte[] document() {
        return documents.bytes();
    }

    private void locate() {
        byte[] bytes = record.bytes;
        int count = Varint.read(bytes, record.metadataAt);
        int at = record.metadataAt + Varint.length(count);
        int missing = keys.length;
        for (int i = 0; i < count; i++) {
            int length = Varint.read(bytes, at);
            int keyAt = at + Varint.length(length);
            int tagAt = keyAt + length;
            for (int k = 0; k < keys.length; k++) {
                if (keys[k].length == length && Arrays.equals(bytes, keyAt, tagAt, keys[k], 0, length)) {
                    tags[k] = tagAt;
                    if (--missing == 0) {
                        return;
                    }
                }
            }
            at = MetadataBytes.skip(bytes, tagAt);
        }
    }
}
