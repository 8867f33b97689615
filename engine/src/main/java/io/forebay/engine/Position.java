package io.forebay.engine;

import io.forebay.model.ForebayException;

/** How far a write has come, in this order. */
public enum Position {
    /** A sync that covers it has returned. */
    DURABLE,
    /** In the record segment and the vector arena: every read sees it. */
    APPLIED,
    /** In the vector index. */
    LINKED;

    /**
     * @param what begins the message about an unknown one
     * @throws ForebayException (INVALID_ARGUMENT) for an unknown position
     */
    public static Position parse(String text, String what) {
        return switch (text) {
            case "durable" -> DURABLE;
            case "applied" -> APPLIED;
            case "linked" -> LINKED;
            default -> throw ForebayException.invalid(what + ": unknown variant `" + text
                    + "`, expected one of `durable`, `applied`, `linked`");
        };
    }
}
