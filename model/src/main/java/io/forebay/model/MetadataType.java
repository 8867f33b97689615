package io.forebay.model;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Kinds of metadata values that Chroma's schema tells apart: each has an index of its own. An array is of the kind of its
 * elements. The order is part of the format of {@code SeenKeyRows}.
 */
public enum MetadataType {
    STRING, INT, FLOAT, BOOL, SPARSE_VECTOR;

    /** What {@link MetadataCodec} keeps for sparse vectors. */
    private static final byte TAG_SPARSE_VECTOR = 10;
    private static final MetadataType[] ALL = values();

    /** By the tag of {@link MetadataCodec}; null for the null that removes a key. */
    public static @Nullable MetadataType ofTag(byte tag) {
        return switch (tag) {
            case MetadataCodec.TAG_STRING, MetadataCodec.TAG_STRING_ARRAY -> STRING;
            case MetadataCodec.TAG_INT, MetadataCodec.TAG_INT_ARRAY -> INT;
            case MetadataCodec.TAG_FLOAT, MetadataCodec.TAG_FLOAT_ARRAY -> FLOAT;
            case MetadataCodec.TAG_FALSE, MetadataCodec.TAG_TRUE, MetadataCodec.TAG_BOOL_ARRAY -> BOOL;
            case TAG_SPARSE_VECTOR -> SPARSE_VECTOR;
            default -> null;
        };
    }

    /** As a bit of a mask. */
    public int bit() {
        return 1 << ordinal();
    }

    public static Set<MetadataType> ofMask(int mask) {
        Set<MetadataType> types = EnumSet.noneOf(MetadataType.class);
        for (MetadataType type : ALL) {
            if ((mask & type.bit()) != 0) {
                types.add(type);
            }
        }
        return types;
    }
}
