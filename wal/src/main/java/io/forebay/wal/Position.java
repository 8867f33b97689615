package io.forebay.wal;

/** A place in the log as one long: the extent's number, then the document's offset in words of 4 bytes. */
final class Position {

    private Position() {}

    static long of(int extentNumber, long offset) {
        return (long) extentNumber << 32 | offset >>> 2;
    }

    static int extentNumber(long position) {
        return (int) (position >>> 32);
    }

    static long offset(long position) {
        return (position & 0xffff_ffffL) << 2;
    }
}
