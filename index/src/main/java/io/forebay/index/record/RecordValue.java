package io.forebay.index.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A view of one stored record, moved from value to value without allocating. Part of the format:
 * <pre>
 *   version:1 = 1 | flags:1 | ordinal:4 LE | idLength:varint id | [uriLength:varint uri] | [metadata]
 *   flags = 1 has a document (in the column family documents) | 2 has a uri | 4 has metadata
 * </pre>
 * Metadata is as {@code MetadataCodec} writes it, in canonical form (see {@link MetadataBytes}), up to the
 * end.
 */
final class RecordValue {
    private static final byte VERSION = 1;
    private static final int HAS_DOCUMENT = 1;
    private static final int HAS_URI = 2;
    private static final int HAS_METADATA = 4;
    private static final int HEADER_BYTES = 6;

    byte[] bytes = new byte[0];
    int end;
    int ordinal;
    boolean hasDocument;
    private int idAt;
    private int idEnd;
    private int uriAt;
    /** Where metadata begins; the same as end when there is none. */
    int metadataAt;

    /** Takes the value in {@code bytes[0, length)}; the array must not change while this view is read. */
    RecordValue wrap(byte[] value, int length) {
        if (length < HEADER_BYTES || value[0] != VERSION) {
            throw new RecordStoreException("a stored record has " + length + " bytes and version "
                    + (length == 0 ? "none" : value[0]) + "; this Forebay knows version " + VERSION);
        }
        bytes = value;
        end = length;
        int flags = value[1];
        ordinal = (int) Keys.INT_LE.get(value, 2);
        hasDocument = (flags & HAS_DOCUMENT) != 0;
        int idLength = Varint.read(value, HEADER_BYTES);
        idAt = HEADER_BYTES + Varint.length(idLength);
        idEnd = idAt + idLength;
        uriAt = -1;
        metadataAt = idEnd;
        if ((flags & HAS_URI) != 0) {
            int uriLength = Varint.read(value, idEnd);
            uriAt = idEnd + Varint.length(uriLength);
            metadataAt = uriAt + uriLength;
        }
        if ((flags & HAS_METADATA) == 0) {
            metadataAt = end;
        }
        return this;
    }

    /** Whether id and uri lie inside, which only a damaged value fails. */
    boolean isWhole() {
        return idAt <= idEnd && idEnd <= end && idEnd <= metadataAt && metadataAt <= end;
    }

    boolean hasMetadata() {
        return metadataAt < end;
    }

    String id() {
        return new String(bytes, idAt, idEnd - idAt, StandardCharsets.UTF_8);
    }

    byte[] idBytes() {
        return Arrays.copyOfRange(bytes, idAt, idEnd);
    }

    byte @Nullable [] uri() {
        if (uriAt < 0) {
            return null;
        }
        int length = Varint.read(bytes, idEnd);
        return Arrays.copyOfRange(bytes, uriAt, uriAt + length);
    }

    byte @Nullable [] metadata() {
        return hasMetadata() ? Arrays.copyOfRange(bytes, metadataAt, end) : null;
    }

    static int bytes(byte[] id, byte @Nullable [] uri, byte @Nullable [] metadata) {
        return HEADER_BYTES + Varint.length(id.length) + id.length
                + (uri == null ? 0 : Varint.length(uri.length) + uri.length)
                + (metadata == null ? 0 : metadata.length);
    }

    /** Returns the place behind it. */
    static int write(byte[] target, int at, int ordinal, byte[] id, boolean hasDocument,
            byte @Nullable [] uri, byte @Nullable [] metadata) {
        target[at] = VERSION;
        target[at + 1] = (byte) ((hasDocument ? HAS_DOCUMENT : 0) | (uri == null ? 0 : HAS_URI)
                | (metadata == null ? 0 : HAS_METADATA));
        Keys.INT_LE.set(target, at + 2, ordinal);
        int place = copy(id, target, Varint.write(target, at + HEADER_BYTES, id.length));
        if (uri != null) {
            place = copy(uri, target, Varint.write(target, place, uri.length));
        }
        return metadata == null ? place : copy(metadata, target, place);
    }

    private static int copy(byte[] source, byte[] target, int at) {
        System.arraycopy(source, 0, target, at, source.length);
        return at + source.length;
    }
}
