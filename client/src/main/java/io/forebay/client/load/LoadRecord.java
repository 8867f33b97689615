package io.forebay.client.load;

import io.forebay.model.MetadataValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One record on its way, with its place in the source. The arrays and maps are not changed once they are here. */
@SuppressWarnings("ArrayRecordComponent")
record LoadRecord(long position, String id, float @Nullable [] embedding, @Nullable String document,
        @Nullable Map<String, MetadataValue> metadata, @Nullable String uri) {
    /** Of the objects around the content, roughly. */
    private static final int OVERHEAD_BYTES = 120;
    private static final int ENTRY_BYTES = 64;

    /** About so much memory; for bounds, not for boundaries. */
    long bytes() {
        long bytes = OVERHEAD_BYTES + id.length();
        bytes += embedding == null ? 0 : 4L * embedding.length;
        bytes += document == null ? 0 : document.length();
        bytes += uri == null ? 0 : uri.length();
        if (metadata != null) {
            for (Map.Entry<String, MetadataValue> entry : metadata.entrySet()) {
                bytes += ENTRY_BYTES + entry.getKey().length() + bytes(entry.getValue());
            }
        }
        return bytes;
    }

    private static long bytes(MetadataValue value) {
        if (value instanceof MetadataValue.Str text) {
            return text.value().length();
        } else if (value instanceof MetadataValue.StrArray texts) {
            return texts.values().stream().mapToLong(text -> ENTRY_BYTES + text.length()).sum();
        } else if (value instanceof MetadataValue.Sparse sparse) {
            return 8L * sparse.vector().size();
        } else if (value instanceof MetadataValue.IntArray numbers) {
            return 24L * numbers.values().size();
        } else if (value instanceof MetadataValue.FloatArray numbers) {
            return 24L * numbers.values().size();
        }
        return 8;
    }

    /** 64 bits, so that two ids in flight next to never look the same. */
    long idHash() {
        long hash = 0x9E37_79B9_7F4A_7C15L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0xFF51_AFD7_ED55_8CCDL;
            hash ^= hash >>> 32;
        }
        return hash;
    }
}
