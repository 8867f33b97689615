package io.forebay.wal;

/** What stores the frames of new extents. Each reads the other's: the choice may change from one start to the next. */
public enum WalImplementation {
    /** Chronicle Queue, one queue per extent. */
    CHRONICLE,
    /** Plain positional writes into a file. */
    FILE
}
