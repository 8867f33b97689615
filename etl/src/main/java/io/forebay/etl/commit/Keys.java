package io.forebay.etl.commit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * The keys of the families COMMITS, CHANGES, TREES and ROWS. Numbers are big-endian, so their bytes have their order.
 * Part of the format (docs/formats.md):
 * <pre>
 *   COMMITS  collection:16 'C' number:8            a commit
 *            collection:16 'I' commit id:32        -> number:8
 *            collection:16 'J' job:16              -> number:8
 *            collection:16 'H'                     the head of the line
 *            collection:16 'D'                     the draft, while there is one
 *            0:16 'U'                              a random number, while there may be rows that no tree names
 *   CHANGES  collection:16 number:8 id             what a commit changed, in the order of ids
 *   TREES    collection:16 id' number:8            the versions of one id, newest first
 *            id' = the id with 00 written as 00 FF, then 00 01; number = all bits inverted
 *   ROWS     SHA-256 of the row:32                 the row, once, whoever has it
 * </pre>
 * An id is UTF-8; "in the order of ids" is the order of its bytes. {@code id'} has the same order, and none is the beginning
 * of another.
 */
final class Keys {
    static final int COLLECTION_BYTES = 16;
    private static final int NUMBER_BYTES = 8;
    private static final int JOB_BYTES = 16;
    private static final byte COMMIT = 'C';
    private static final byte COMMIT_ID = 'I';
    private static final byte JOB = 'J';
    private static final byte HEAD = 'H';
    private static final byte DRAFT = 'D';
    private static final byte UNNAMED = 'U';
    /** Beside the lines of collections, which have random ids. */
    static final UUID NOBODY = new UUID(0, 0);
    private static final byte ESCAPE = 0;
    private static final byte ESCAPED = (byte) 0xFF;
    private static final byte END = 1;

    private Keys() {}

    static byte[] utf8(String id) {
        return id.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] id) {
        return new String(id, StandardCharsets.UTF_8);
    }

    static byte[] collection(UUID collection) {
        return start(collection, 0).array();
    }

    /** Above all keys of the collection and not above those of the next one. */
    static byte[] behind(UUID collection) {
        byte[] key = collection(collection);
        for (int i = key.length - 1; i >= 0; i--) {
            if (++key[i] != 0) {
                return key;
            }
        }
        byte[] end = new byte[COLLECTION_BYTES + 1];
        Arrays.fill(end, (byte) 0xFF);
        return end;
    }

    static UUID collectionOf(byte[] key) {
        ByteBuffer in = ByteBuffer.wrap(key);
        return new UUID(in.getLong(), in.getLong());
    }

    static byte[] commit(UUID collection, long number) {
        return start(collection, 1 + NUMBER_BYTES).put(COMMIT).putLong(number).array();
    }

    /** @param id the whole id or a beginning of it */
    static byte[] commitId(UUID collection, byte[] id) {
        return start(collection, 1 + id.length).put(COMMIT_ID).put(id).array();
    }

    static byte[] idOfCommit(byte[] commitIdKey) {
        return Arrays.copyOfRange(commitIdKey, COLLECTION_BYTES + 1, commitIdKey.length);
    }

    static boolean isCommitId(byte[] key, UUID collection) {
        return isOf(key, collection) && key.length > COLLECTION_BYTES && key[COLLECTION_BYTES] == COMMIT_ID;
    }

    static byte[] job(UUID collection, UUID job) {
        return start(collection, 1 + JOB_BYTES).put(JOB).putLong(job.getMostSignificantBits())
                .putLong(job.getLeastSignificantBits()).array();
    }

    static byte[] head(UUID collection) {
        return start(collection, 1).put(HEAD).array();
    }

    static byte[] draft(UUID collection) {
        return start(collection, 1).put(DRAFT).array();
    }

    static byte[] unnamed() {
        return start(NOBODY, 1).put(UNNAMED).array();
    }

    static byte[] change(UUID collection, long number, byte[] id) {
        return start(collection, NUMBER_BYTES + id.length).putLong(number).put(id).array();
    }

    static byte[] idOfChange(byte[] key) {
        return Arrays.copyOfRange(key, COLLECTION_BYTES + NUMBER_BYTES, key.length);
    }

    static boolean isChangeOf(byte[] key, UUID collection, long number) {
        return isOf(key, collection) && ByteBuffer.wrap(key).getLong(COLLECTION_BYTES) == number;
    }

    /** The version of this commit; seeking it finds the newest version that is not newer. */
    static byte[] tree(UUID collection, byte[] id, long number) {
        int zeros = 0;
        for (byte one : id) {
            zeros += one == ESCAPE ? 1 : 0;
        }
        ByteBuffer key = start(collection, id.length + zeros + 2 + NUMBER_BYTES);
        for (byte one : id) {
            key.put(one);
            if (one == ESCAPE) {
                key.put(ESCAPED);
            }
        }
        return key.put(ESCAPE).put(END).putLong(~number).array();
    }

    static long numberOfTree(byte[] key) {
        return ~ByteBuffer.wrap(key).getLong(key.length - NUMBER_BYTES);
    }

    static byte[] idOfTree(byte[] key) {
        ByteArrayOutputStream id = new ByteArrayOutputStream(key.length);
        int end = key.length - NUMBER_BYTES - 2;
        for (int i = COLLECTION_BYTES; i < end; i++) {
            id.write(key[i]);
            if (key[i] == ESCAPE) {
                i++;
            }
        }
        return id.toByteArray();
    }

    /** Whether these keys of TREES are versions of one id. */
    static boolean isSameId(byte[] key, byte[] other) {
        int length = key.length - NUMBER_BYTES;
        return key.length == other.length && Arrays.equals(key, 0, length, other, 0, length);
    }

    static boolean isOf(byte[] key, UUID collection) {
        ByteBuffer in = ByteBuffer.wrap(key);
        return key.length >= COLLECTION_BYTES && in.getLong() == collection.getMostSignificantBits()
                && in.getLong() == collection.getLeastSignificantBits();
    }

    private static ByteBuffer start(UUID collection, int more) {
        return ByteBuffer.allocate(COLLECTION_BYTES + more).putLong(collection.getMostSignificantBits())
                .putLong(collection.getLeastSignificantBits());
    }
}
