package io.forebay.engine;

import io.forebay.model.DeadLetter;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of one collection are set aside, as of what is committed: how many, how large, and which of them are being
 * written again. The letters themselves are in the record segment; this is made again of them at start, and the retries
 * of what the log holds ({@link Replay}).
 *
 * <p>A retry is an entry of the log whose key hash is the letter's ({@link RequestKey#ofLetter}): by it whoever applies the
 * entry, also after a crash, knows which letter it settles, even if the letter itself was only just set aside again.
 *
 * <p>Threads: any; the object's own lock, for a few map operations. A retry begins under the collection's appendLock.
 *
 * <p>Bounds: nothing that was acked is thrown away to save space. Beyond the bounds the collection's writes are refused
 * until somebody retries or discards; what the log holds by then may still be set aside.
 */
final class DeadLetters {
    static final long BYTES_MAX = 256L << 20;
    static final int COUNT_MAX = 10_000;
    /** What a letter takes beside its payload, about. */
    private static final int ROW_BYTES = 500;
    private static final int REASON_CHARS_MAX = 200;

    private final TreeMap<Long, DeadLetter> kept = new TreeMap<>();
    /** All of them, by the hash of the key that a retry has. */
    private final Map<Long, Long> byHash = new HashMap<>();
    /** The hashes of those that are being retried. */
    private final Set<Long> retries = new HashSet<>();
    private final CollectionInfo info;
    private long bytes;
    private volatile int count;

    /** @param info of which number and id count, which never change */
    DeadLetters(CollectionInfo info) {
        this.info = info;
    }

    int count() {
        return count;
    }

    /** It is committed. */
    synchronized void parked(DeadLetter letter) {
        // Of what it says only health shows something; ids may be long.
        DeadLetter brief = new DeadLetter(letter.collection(), letter.minSeqId(), letter.maxSeqId(),
                letter.operation(), letter.records(), List.of(), letter.reason().substring(0,
                        Math.min(REASON_CHARS_MAX, letter.reason().length())),
                letter.appendTimeMillis(),
                letter.parkedTimeMillis(), letter.bytes());
        DeadLetter before = kept.put(letter.minSeqId(), brief);
        if (before == null) {
            bytes += letter.bytes() + ROW_BYTES;
            byHash.put(hash(letter.minSeqId()), letter.minSeqId());
        }
        count = kept.size();
    }

    /** Discarded, or settled by a retry that is committed. */
    synchronized void removed(long minSeqId) {
        DeadLetter letter = kept.remove(minSeqId);
        if (letter != null) {
            bytes -= letter.bytes() + ROW_BYTES;
            long hash = hash(minSeqId);
            byHash.remove(hash);
            retries.remove(hash);
        }
        count = kept.size();
    }

    private long hash(long minSeqId) {
        return RequestKey.ofLetter(info, minSeqId, 0).hash();
    }

    synchronized boolean has(long minSeqId) {
        return kept.containsKey(minSeqId);
    }

    /** In order. */
    synchronized List<Long> all() {
        return List.copyOf(kept.keySet());
    }

    /** An entry with this key is in the log, or about to be, and not applied yet. */
    synchronized void retrying(long keyHash) {
        if (byHash.containsKey(keyHash)) {
            retries.add(keyHash);
        }
    }

    /** The log refused it. */
    synchronized void notRetrying(long keyHash) {
        retries.remove(keyHash);
    }

    synchronized boolean isRetrying(long keyHash) {
        return retries.contains(keyHash);
    }

    /** Which letter an entry with this key writes again; null for none. */
    synchronized @Nullable Long settledBy(long keyHash) {
        return keyHash == 0 ? null : byHash.get(keyHash);
    }

    /** @throws ForebayException (INSUFFICIENT_STORAGE) when there are too many for more writes */
    void checkRoom(CollectionInfo info) {
        if (count > 0) {
            checkRoom(info, BYTES_MAX, COUNT_MAX);
        }
    }

    synchronized void checkRoom(CollectionInfo info, long bytesMax, int countMax) {
        if (bytes > bytesMax || count > countMax) {
            throw new ForebayException(ErrorCode.INSUFFICIENT_STORAGE, "Collection [" + info.name() + "] has "
                    + count + " dead letters of " + bytes + " bytes, more than are kept (" + countMax
                    + ", " + bytesMax + " bytes): retry or discard them (dead_letters), then write again");
        }
    }

    /** For health; null when nothing is set aside. */
    synchronized @Nullable String describe(CollectionInfo info) {
        if (kept.isEmpty()) {
            return null;
        }
        DeadLetter newest = kept.lastEntry().getValue();
        String many = kept.size() == 1
                ? "an entry is set aside, with"
                : kept.size() + " entries are set aside, the newest with";
        return "collection " + info.number() + " (" + info.name() + "): " + many + " seqIds ["
                + newest.minSeqId() + ", " + newest.maxSeqId() + "]: " + newest.reason()
                + "; see GET dead_letters of the collection, retry or discard there";
    }
}
