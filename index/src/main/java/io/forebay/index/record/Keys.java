package io.forebay.index.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The keys. All begin with the collection's number, so that a collection is one range in every column family
 * and dropping it is one range deletion. Big-endian, so that byte order is numeric order. Part of the format.
 * <pre>
 *   positions   collection:4                 -> CollectionState, see Positions
 *               collection:4 key:utf8        -> see SeenKeys
 *   ids         collection:4 id:utf8         -> row:4
 *   records     collection:4 row:4           -> RecordValue
 *   documents   collection:4 row:4           -> text:utf8
 *   keys        collection:4 maxSeqId:8      -> see BatchKeyRows
 *   parked      collection:4 ...                 -> see DeadLetterRows
 *   postings    term chunk:2                 -> see Terms, PostingBlocks, WeightBlocks; chunk = row >>> 16
 *               collection:4 0:1 0:1         -> see PostingState
 *   catalog     0                            -> seqId:8
 *               1 key                        -> opaque to this package
 * </pre>
 */
final class Keys {
    static final VarHandle INT_BE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle LONG_BE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle INT_LE = MethodHandles.byteArrayViewVarHandle(int[].class,
            ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG_LE = MethodHandles.byteArrayViewVarHandle(long[].class,
            ByteOrder.LITTLE_ENDIAN);
    static final int PREFIX_BYTES = 4;
    static final int ROW_KEY_BYTES = 8;
    static final int CHUNK_BYTES = 2;

    private Keys() {}

    static byte[] collection(int collection) {
        byte[] key = new byte[PREFIX_BYTES];
        INT_BE.set(key, 0, collection);
        return key;
    }

    /** The first key behind all keys of a collection. */
    static byte[] afterCollection(int collection) {
        if (collection == -1) {
            return new byte[]{-1, -1, -1, -1, -1};
        }
        return collection(collection + 1);
    }

    static byte[] id(int collection, byte[] id) {
        byte[] key = new byte[PREFIX_BYTES + id.length];
        INT_BE.set(key, 0, collection);
        System.arraycopy(id, 0, key, PREFIX_BYTES, id.length);
        return key;
    }

    static byte[] row(int collection, int row) {
        byte[] key = new byte[ROW_KEY_BYTES];
        INT_BE.set(key, 0, collection);
        INT_BE.set(key, PREFIX_BYTES, row);
        return key;
    }

    static void chunk(byte[] key, int at, int chunk) {
        key[at] = (byte) (chunk >>> 8);
        key[at + 1] = (byte) chunk;
    }

    static int chunk(byte[] key, int at) {
        return (key[at] & 0xFF) << 8 | key[at + 1] & 0xFF;
    }

    static byte[] row(int row) {
        byte[] value = new byte[4];
        INT_BE.set(value, 0, row);
        return value;
    }
}
