package io.forebay.server.binary;

import io.netty.util.collection.LongObjectHashMap;
import java.util.function.Consumer;

/**
 * The requests of one connection that are not answered, by their ids, feeds as what they are.
 *
 * <p>Threads: the connection's event loop.
 */
final class OpenRequests {
    /** Of requests whose answers may be large, at once; what comes behind waits, unread. */
    private static final int READS_MAX = 64;
    private static final Object OPEN = new Object();
    /** One of {@link #READS_MAX}. */
    private static final Object READ = new Object();

    /** What a request was that is over now. */
    enum Ended {
        NONE, READ, OTHER
    }

    private final LongObjectHashMap<Object> open = new LongObjectHashMap<>();
    private int reads;

    boolean has(long id) {
        return open.containsKey(id);
    }

    int size() {
        return open.size();
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    void begin(long id) {
        open.put(id, OPEN);
    }

    /** That it is begun already is known. */
    void isRead(long id) {
        reads++;
        open.put(id, READ);
    }

    boolean mayRead() {
        return reads < READS_MAX;
    }

    void follow(long id, BinaryFeed feed) {
        open.put(id, feed);
    }

    /** Nothing where that is no feed, or none any more. */
    void feed(long id, Consumer<BinaryFeed> then) {
        if (open.get(id) instanceof BinaryFeed feed) {
            then.accept(feed);
        }
    }

    Ended end(long id) {
        Object was = open.remove(id);
        if (was == READ) {
            reads--;
            return Ended.READ;
        }
        return was == null ? Ended.NONE : Ended.OTHER;
    }

    void feeds(Consumer<BinaryFeed> each) {
        for (Object request : open.values()) {
            if (request instanceof BinaryFeed feed) {
                each.accept(feed);
            }
        }
    }

    void clear() {
        open.clear();
    }
}
