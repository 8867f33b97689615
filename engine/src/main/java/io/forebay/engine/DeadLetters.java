package io.forebay.engine;

import io.forebay.model.DeadLetter;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of one collection are set aside, as of what is committed: how many, how large, and which of them are being
 * written again. The letters themselves are in the record segment; this is made again of them at start, and the retries
 * of what the log holds ({@link Replay}).
 *
 * <p>A retry is an entry of the log whose key hash is the letter's ({@link RequestKey#ofLetter}): by it whoever applies the
 * entry, also after a crash, knows which letter it settles.
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
    /** By the hash of the retry's key. */
    private final Map<Long, Long> retries = new HashMap<>();
    private long bytes;
    private volatile int count;

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
        }
        count = kept.size();
    }

    /** Discarded, or settled by a retry that is committed. */
    synchronized void removed(long minSeqId) {
        DeadLetter letter = kept.remove(minSeqId);
        if (letter != null) {
            bytes -= letter.bytes() + ROW_BYTES;
            retries.values().remove(minSeqId);
        }
        count = kept.size();
    }

    synchronized boolean has(long minSeqId) {
        return kept.containsKey(minSeqId);
    }

    /** In order. */
    synchronized List<Long> all() {
        return List.copyOf(kept.keySet());
    }

    /** From now on an entry with this key settles the letter. */
    synchronized void retrying(long keyHash, long minSeqId) {
        if (kept.containsKey(minSeqId)) {
            retries.put(keyHash, minSeqId);
        }
    }

    /** The log refused it. */
    synchronized void notRetrying(long keyHash) {
        retries.remove(keyHash);
    }

    synchronized boolean isRetrying(long keyHash) {
        return retries.containsKey(keyHash);
    }

    /** Which letter an entry with this key writes again; null for none. */
    synchronized @Nullable Long settledBy(long keyHash) {
        return keyHash == 0 ? null : retries.get(keyHash);
    }

    /** For {@link Replay}: which hash a retry of each letter has. */
    synchronized Map<Long, Long> possibleRetries(CollectionInfo info) {
        Map<Long, Long> hashes = new HashMap<>();
        kept.keySet().forEach(
                minSeqId -> hashes.put(RequestKey.ofLetter(info, minSeqId, 0).hash(), minSeqId));
        return hashes;
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
