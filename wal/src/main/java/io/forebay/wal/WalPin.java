package io.forebay.wal;

/**
 * A collection that keeps full extents from being purged.
 *
 * @param extents how many
 * @param bytes   what they take on disk; an extent that several collections keep counts for each of them
 */
public record WalPin(int collection, int extents, long bytes) {}
