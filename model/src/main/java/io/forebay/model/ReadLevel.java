package io.forebay.model;

/** How fresh a read must be, in Chroma's own words. */
public enum ReadLevel {
    /** Waits until everything acked before the read arrived is applied, then sees all of it. */
    INDEX_AND_WAL("index_and_wal"),
    /**
     * Does not wait. Get and count answer from what is applied; query and search from the same, but leave out records
     * whose embedding is not linked yet.
     */
    INDEX_ONLY("index_only"),
    /** As {@link #INDEX_AND_WAL}, but waits only a bounded time and then answers from what is applied. */
    INDEX_AND_BOUNDED_WAL("index_and_bounded_wal");

    private final String wireName;

    ReadLevel(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    /** @throws ForebayException (INVALID_ARGUMENT) for an unknown level */
    public static ReadLevel parse(String text) {
        return parse(text, "Read level");
    }

    /**
     * @param what begins the message about an unknown one
     * @throws ForebayException (INVALID_ARGUMENT) for an unknown level
     */
    public static ReadLevel parse(String text, String what) {
        for (ReadLevel level : values()) {
            if (level.wireName.equals(text)) {
                return level;
            }
        }
        throw ForebayException.invalid(what + ": unknown variant `" + text
                + "`, expected one of `index_and_wal`, `index_only`, `index_and_bounded_wal`");
    }
}
