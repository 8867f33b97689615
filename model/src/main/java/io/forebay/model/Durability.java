package io.forebay.model;

/** When a write is acknowledged. */
public enum Durability {
    /** The batch is in the page cache: it survives the death of the process, not a power loss. */
    OS("os"),
    /** A sync that covers the batch has returned: it survives a power loss. */
    SYNC("sync");

    private final String wireName;

    Durability(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    /** @throws ForebayException (INVALID_ARGUMENT) for anything but {@code os} and {@code sync} */
    public static Durability parse(String text) {
        for (Durability durability : values()) {
            if (durability.wireName.equals(text)) {
                return durability;
            }
        }
        throw ForebayException.invalid("Durability must be one of os, sync. Got: " + text);
    }
}
