package io.forebay.client.load;

/** Positions of the source from {@code from} up to and without {@code to}. */
public record PositionRange(long from, long to) {
    public PositionRange {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("a range from " + from + " to " + to);
        }
    }

    @Override
    public String toString() {
        return from + "-" + to;
    }
}
