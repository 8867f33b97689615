package io.forebay.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the log that could not be applied and was set aside, without its payload.
 *
 * @param operation        null when the entry could not be decoded so far
 * @param records          how many seqIds it took
 * @param ids              the first of its records' ids, as far as they could be decoded
 * @param appendTimeMillis when it entered the log
 * @param parkedTimeMillis when it was set aside
 * @param bytes            of the payload
 */
public record DeadLetter(int collection, long minSeqId, long maxSeqId, @Nullable Operation operation,
        int records,
        List<String> ids, String reason, long appendTimeMillis, long parkedTimeMillis, int bytes) {
    public static final int IDS_MAX = 10;
    private static final int ID_CHARS_MAX = 200;
    private static final int REASON_CHARS_MAX = 2000;

    public DeadLetter {
        ids = ids.stream().limit(IDS_MAX).map(id -> shortened(id, ID_CHARS_MAX)).toList();
        reason = shortened(reason, REASON_CHARS_MAX);
    }

    private static String shortened(String text, int charsMax) {
        return text.length() <= charsMax ? text : text.substring(0, charsMax - 1) + "\u2026";
    }
}
