package io.forebay.etl.pipeline;

import io.forebay.etl.format.DocumentSource;
import io.forebay.etl.format.SourceItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Cuts a source into chunks. One thread. */
final class ChunkReader implements AutoCloseable {
    private final DocumentSource source;
    private final ChunkSizer sizer;
    /** Which items are wanted; the others are passed over. */
    private final LongPredicate wanted;
    /** The first chunk ends before this item, because a write of that extent may be in the log; 0: it does not matter. */
    private long intended;
    private long next;

    ChunkReader(DocumentSource source, ChunkSizer sizer, LongPredicate wanted, long first, long intended) {
        this.source = source;
        this.sizer = sizer;
        this.wanted = wanted;
        this.next = first;
        this.intended = intended;
    }

    /** Null at the end. */
    @Nullable
    Chunk next() throws IOException {
        long first = next;
        List<SourceItem> items = new ArrayList<>();
        long bytes = 0;
        long count = 0;
        boolean ended = false;
        while (!isFull(items.size(), bytes)) {
            SourceItem item = source.next();
            if (item == null) {
                ended = true;
                break;
            }
            next = item.ordinal() + 1;
            if (wanted.test(item.ordinal())) {
                count++;
                items.add(item);
                bytes += item instanceof SourceItem.Document document ? document.bytes() : 0;
            }
        }
        intended = 0;
        if (ended && next == first) {
            return null;
        }
        return new Chunk(items, count, first, next, source.bytesRead(), ended ? next : source.total());
    }

    private boolean isFull(int documents, long bytes) {
        if (intended > 0) {
            return next >= intended;
        }
        return documents >= sizer.documents() || bytes >= ChunkSizer.BYTES_MAX;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
