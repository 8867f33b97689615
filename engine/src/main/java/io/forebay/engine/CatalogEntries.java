package io.forebay.engine;

import io.forebay.wal.WalFrame;
import java.nio.ByteBuffer;
import java.util.List;

/** What frames of the log change in the catalog, for tools that read a log without opening its store. */
public final class CatalogEntries {
    private CatalogEntries() {}

    /** Nothing for a frame that is no such change. */
    static List<CatalogChange> changes(WalFrame frame, ByteBuffer payload) {
        if (frame.kind() != WalFrame.Kind.ENTRY || frame.type() != CatalogService.ENTRY_CATALOG) {
            return List.of();
        }
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        return CatalogCodec.decode(bytes);
    }

    /** Numbers of the collections that this frame drops. */
    public static int[] dropped(WalFrame frame, ByteBuffer payload) {
        return changes(frame, payload).stream()
                .mapToInt(change -> change instanceof CatalogChange.DropCollection drop ? drop.number() : 0)
                .filter(number -> number > 0).toArray();
    }
}
