package io.forebay.index.record;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Compares two sets of pairs of any size in little memory. First each pair's hash is added to one of 2^18 sums by the one
 * source and taken away by the other: where all are zero the sets are equal (but for chances of 2^-64). Else the
 * pairs whose sums are not zero are gathered, a few hundred of each million, and compared; then the differing ones
 * are shown by name. So sound data is read once, and the memory is 2 MiB and, where there is damage, at most {@value
 * #GATHERED_MAX} hashes a round.
 *
 * <p>When what one side has too much is expected (garbage), only what it lacks is looked for, in as many rounds as
 * it takes.
 *
 * <p>Not thread-safe; used once.
 */
final class PairCompare {
    private static final int BUCKET_BITS = 18;
    private static final int BUCKETS = 1 << BUCKET_BITS;
    private static final int GATHERED_MAX = 1 << 22;
    /** Of each kind of difference so many are named. */
    static final int NAMED_MAX = 20;

    private final PairSource expected;
    private final PairSource stored;
    private final long[] sums = new long[BUCKETS];
    private long missing;
    private long extra;
    private final Set<Long> missingHashes = new HashSet<>();
    private final Set<Long> extraHashes = new HashSet<>();

    /** Is told each difference that is named. */
    interface Difference {
        void at(boolean isMissing, byte[] term, int row);
    }

    PairCompare(PairSource expected, PairSource stored) {
        this.expected = expected;
        this.stored = stored;
    }

    /**
     * Returns how many pairs were expected.
     *
     * @param extraIsGarbage pairs that are only stored are no difference
     */
    long run(boolean extraIsGarbage, Difference difference) {
        long[] counts = new long[2];
        expected.visit((term, from, to, row, weight) -> {
            long hash = PairSource.hash(term, from, to, row, weight);
            sums[bucket(hash)] += hash;
            counts[0]++;
        });
        stored.visit((term, from, to, row, weight) -> {
            long hash = PairSource.hash(term, from, to, row, weight);
            sums[bucket(hash)] -= hash;
            counts[1]++;
        });
        long all = counts[0] + counts[1];
        int perRound = (int) Math.max(1,
                Math.min(BUCKETS, (double) GATHERED_MAX / 2 / Math.max(1, all) * BUCKETS));
        int from = next(0);
        while (from < BUCKETS) {
            int to = end(from, perRound);
            round(from, to, extraIsGarbage);
            from = next(to);
        }
        name(difference);
        return counts[0];
    }

    /** How many the stored side lacks. */
    long missing() {
        return missing;
    }

    /** How many it has too much. */
    long extra() {
        return extra;
    }

    private static int bucket(long hash) {
        return (int) (hash >>> 64 - BUCKET_BITS);
    }

    private int next(int from) {
        int at = from;
        while (at < BUCKETS && sums[at] == 0) {
            at++;
        }
        return at;
    }

    /** Behind so many buckets that differ. */
    private int end(int from, int count) {
        int left = count;
        int at = from;
        while (at < BUCKETS && left > 0) {
            left -= sums[at++] == 0 ? 0 : 1;
        }
        return at;
    }

    private void round(int from, int to, boolean extraIsGarbage) {
        long[] should = gather(expected, from, to);
        long[] are = gather(stored, from, to);
        int i = 0;
        int j = 0;
        while (i < should.length || j < are.length) {
            int order = i == should.length ? 1 : j == are.length ? -1 : Long.compare(should[i], are[j]);
            if (order == 0) {
                i++;
                j++;
            } else if (order < 0) {
                missing++;
                note(missingHashes, should[i++]);
            } else {
                long hash = are[j++];
                if (!extraIsGarbage) {
                    extra++;
                    note(extraHashes, hash);
                }
            }
        }
    }

    private static void note(Set<Long> hashes, long hash) {
        if (hashes.size() < NAMED_MAX) {
            hashes.add(hash);
        }
    }

    private long[] gather(PairSource source, int from, int to) {
        Hashes found = new Hashes();
        source.visit((term, start, end, row, weight) -> {
            long hash = PairSource.hash(term, start, end, row, weight);
            int bucket = bucket(hash);
            if (bucket >= from && bucket < to && sums[bucket] != 0) {
                found.add(hash);
            }
        });
        return found.sorted();
    }

    private void name(Difference difference) {
        name(expected, missingHashes, true, difference);
        name(stored, extraHashes, false, difference);
    }

    private static void name(PairSource source, Set<Long> hashes, boolean isMissing, Difference difference) {
        if (hashes.isEmpty()) {
            return;
        }
        source.visit((term, from, to, row, weight) -> {
            if (hashes.remove(PairSource.hash(term, from, to, row, weight))) {
                difference.at(isMissing, Arrays.copyOfRange(term, from, to), row);
            }
        });
    }

    /** A growing array. */
    private static final class Hashes {
        private long[] all = new long[1024];
        private int size;

        void add(long hash) {
            if (size == all.length) {
                all = Arrays.copyOf(all, 2 * size);
            }
            all[size++] = hash;
        }

        long[] sorted() {
            long[] whole = Arrays.copyOf(all, size);
            Arrays.sort(whole);
            return whole;
        }
    }
}
