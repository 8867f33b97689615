package io.forebay.server.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the memory of one life did. The rule: the life's first third is warm-up; of the second and the last third the
 * medians of resident memory, and the lowest values of the used heap (what is left behind a collection), are
 * compared; the last may be a tenth and {@link #SLACK_BYTES} above the second.
 *
 * <p>One thread adds.
 */
final class MemoryWatch {
    static final long SLACK_BYTES = 32 << 20;
    private static final Pattern HEAP = Pattern
            .compile("jvm_memory_used_bytes\\{[^}]*area=\"heap\"[^}]*\\} ([0-9.E+]+)");

    private final List<Long> resident = new ArrayList<>();
    private final List<Long> anonymous = new ArrayList<>();
    private final List<Long> heap = new ArrayList<>();

    /** @param anonymousBytes of the resident ones those that are no pages of files: for the summary only */
    void add(long residentBytes, long anonymousBytes, String metrics) {
        resident.add(residentBytes);
        anonymous.add(anonymousBytes);
        Matcher pools = HEAP.matcher(metrics);
        double used = 0;
        while (pools.find()) {
            used += Double.parseDouble(pools.group(1));
        }
        heap.add((long) used);
    }

    int samples() {
        return resident.size();
    }

    private static List<Long> third(List<Long> all, int which) {
        int size = all.size() / 3;
        return all.subList(which * size, (which + 1) * size).stream().sorted().toList();
    }

    private static long median(List<Long> all, int which) {
        List<Long> some = third(all, which);
        return some.get(some.size() / 2);
    }

    boolean isFlat() {
        return isFlat(median(resident, 1), median(resident, 2))
                && isFlat(third(heap, 1).get(0), third(heap, 2).get(0));
    }

    private static boolean isFlat(long second, long last) {
        return last <= second * 1.1 + SLACK_BYTES;
    }

    String told() {
        return "resident median MB by thirds " + mb(median(resident, 0)) + " " + mb(median(resident, 1)) + " "
                + mb(median(resident, 2)) + " (anonymous " + mb(median(anonymous, 0)) + " "
                + mb(median(anonymous, 1)) + " " + mb(median(anonymous, 2)) + "), heap lowest MB "
                + mb(third(heap, 0).get(0)) + " "
                + mb(third(heap, 1).get(0)) + " " + mb(third(heap, 2).get(0)) + ", " + samples() + " samples";
    }

    private static long mb(long bytes) {
        return bytes >> 20;
    }
}
