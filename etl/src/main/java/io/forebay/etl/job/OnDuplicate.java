package io.forebay.etl.job;

/** What happens to a document whose id is there already. */
public enum OnDuplicate {
    SKIP,
    /** It replaces what is there; where it is the same, nothing is done and it counts as skipped. */
    UPDATE
}
