package io.forebay.server.migrate;

import java.util.ArrayDeque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one collection in their order, some of them asked for ahead: first the ids, many at a time, then the records
 * of so many ids that an answer has some megabytes.
 *
 * <p>Threads: one.
 */
public final class PageReader<P> {
    /** Of ids that are asked for at a time; the next ones are, when half of them are used. */
    private static final int WINDOW = 50_000;
    private static final int PAGE_FIRST = 200;
    /** Larger batches cost the target no less a record, and while the last one is written nothing is read. */
    private static final int PAGE_MAX = 2_000;
    private static final int PAGE_BYTES = 6 << 20;

    /** Asks for a page. */
    @FunctionalInterface
    public interface Fetch<P> {
        CompletableFuture<P> page(List<String> ids);
    }

    /**
     * @param offset of its first record in the source
     * @param ids    that were asked for
     */
    public record Read<P>(long offset, List<String> ids, CompletableFuture<P> page) {
        public P waited() {
            return Calls.waited(page);
        }
    }

    private final ServerSource source;
    private final SourceCollection collection;
    private final Fetch<P> fetch;
    private final int ahead;
    private final ArrayDeque<Read<P>> underWay = new ArrayDeque<>();
    private List<String> window = List.of();
    private int used;
    private long windowOffset;
    private boolean isLastWindow;
    private @Nullable CompletableFuture<List<String>> nextWindow;
    private int pageRecords = PAGE_FIRST;

    /**
     * @param offset of the first record that is wanted
     * @param ahead  pages that are asked for at the same time, from 1
     */
    public PageReader(ServerSource source, SourceCollection collection, long offset, int ahead,
            Fetch<P> fetch) {
        this.source = source;
        this.collection = collection;
        this.fetch = fetch;
        this.ahead = ahead;
        this.windowOffset = offset;
    }

    /** Whether there is a further page. */
    public boolean hasNext() {
        fill();
        return !underWay.isEmpty();
    }

    /** The next one, which may be on its way still. */
    public Read<P> next() {
        fill();
        Read<P> next = underWay.poll();
        if (next == null) {
            throw new NoSuchElementException();
        }
        return next;
    }

    /** What a page took decides how long the next ones are. */
    public void took(int records, long bytes) {
        if (records > 0 && bytes > 0) {
            pageRecords = (int) Math.clamp(PAGE_BYTES / Math.max(1, bytes / records), 1, PAGE_MAX);
        } else if (records > 0) {
            pageRecords = Math.min(PAGE_MAX, 2 * pageRecords);
        }
    }

    private void fill() {
        while (underWay.size() < ahead) {
            if (used == window.size() && !turn()) {
                return;
            }
            int to = Math.min(window.size(), used + pageRecords);
            List<String> ids = window.subList(used, to);
            underWay.add(new Read<>(windowOffset + used, ids, fetch.page(ids)));
            used = to;
            askAhead();
        }
    }

    /** To the next window; false when there is none. */
    private boolean turn() {
        if (isLastWindow) {
            return false;
        }
        windowOffset += window.size();
        CompletableFuture<List<String>> asked = nextWindow;
        nextWindow = null;
        window = Calls.waited(asked == null ? source.ids(collection, windowOffset, WINDOW) : asked);
        used = 0;
        isLastWindow = window.size() < WINDOW;
        return !window.isEmpty();
    }

    private void askAhead() {
        if (!isLastWindow && nextWindow == null && used >= window.size() / 2) {
            nextWindow = source.ids(collection, windowOffset + window.size(), WINDOW);
        }
    }
}
