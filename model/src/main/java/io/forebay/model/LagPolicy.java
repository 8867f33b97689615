package io.forebay.model;

/** What happens to writes of a collection whose index is further behind than its bound allows. */
public enum LagPolicy {
    /** They are acknowledged as always; only the disk's budget bounds the log. */
    ACCEPT("accept"),
    /** Their acks are held back until they come no faster than the index gets on. */
    SLOW("slow"),
    /** They are refused with BACKOFF until the index is within its bound again. */
    REJECT("reject");

    private final String wireName;

    LagPolicy(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    /** @throws ForebayException (INVALID_ARGUMENT) for anything but the three */
    public static LagPolicy parse(String text) {
        for (LagPolicy policy : values()) {
            if (policy.wireName.equals(text)) {
                return policy;
            }
        }
        throw ForebayException.invalid("Lag policy must be one of accept, slow, reject. Got: " + text);
    }
}
