package io.forebay.engine;

/** How far a write has come, in this order. */
public enum Position {
    /** A sync that covers it has returned. */
    DURABLE,
    /** In the record segment and the vector arena: every read sees it. */
    APPLIED,
    /** In the vector index. */
    LINKED
}
