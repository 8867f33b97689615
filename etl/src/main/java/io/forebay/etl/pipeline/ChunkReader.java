package io.forebay.etl.pipeline;

import io.forebay.etl.format.DocumentSource;
import io.forebay.etl.format.SourceItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Cuts a source into chunks. One thread. */
final class ChunkReader implements AutoCloseable {
    /** So many items are passed over at most in one go. */
    private static final int PASSED_OVER_MAX = 10_000;

    private final DocumentSource source;
    private final ChunkSizer sizer;
    /** Which items are wanted; the others are passed over. */
    private final LongPredicate wanted;
    private final BooleanSupplier ending;
    /** The first chunk ends before this item, because a write of that extent may be in the log; 0: it does not matter. */
    private long intended;
    private long next;

    ChunkReader(DocumentSource source, ChunkSizer sizer, LongPredicate wanted, BooleanSupplier ending,
            long first,
            long intended) {
        this.source = source;
        this.sizer = sizer;
        this.wanted = wanted;
        this.ending = ending;
        this.next = first;
        this.intended = intended;
    }

    /** Null at the end, or when it was told to end. */
    @Nullable
    Chunk next() throws IOException {
        long first = next;
        List<SourceItem> items = new ArrayList<>();
        long bytes = 0;
        long line = 0;
        boolean ended = false;
        while (!isFull(items.size(), bytes) && next - first - items.size() < PASSED_OVER_MAX) {
            SourceItem item = source.next();
            if (item == null || ending.getAsBoolean()) {
                ended = item == null;
                break;
            }
            next = item.ordinal() + 1;
            line = item.line();
            if (wanted.test(item.ordinal())) {
                items.add(item);
                bytes += item instanceof SourceItem.Document document ? document.bytes() : 0;
            }
        }
        intended = 0;
        if (next == first) {
            return null;
        }
        return new Chunk(items, items.size(), first, next, source.bytesRead(), ended ? next : source.total(),
                bytes,
                line);
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
