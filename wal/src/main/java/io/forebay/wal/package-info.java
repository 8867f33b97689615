/**
 * The log: an append-only sequence of opaque, checksummed entries, numbered by seqId, in extents on Chronicle Queue.
 *
 * <p>Start reading at {@link io.forebay.wal.Wal}, then {@code ExtentWal} (how an entry travels), {@code Frame} (the
 * format), {@code SyncThread} (what durable means), {@code Recovery} (what is believed after a crash) and
 * {@code ChronicleExtent} (the only class that knows Chronicle). {@link io.forebay.wal.WalTools} looks into a log without
 * opening it ({@code LogScan}) and mends a damaged one ({@code Salvage}). This package knows nothing of vectors or batches'
 * contents; it depends on Chronicle Queue, slf4j and the JDK.
 *
 * <p>SeqIds are dense and grow strictly; one that was returned by {@code append} is never given to anything else as long
 * as its durability level covers the crash in between.
 */
@NullMarked
package io.forebay.wal;

import org.jspecify.annotations.NullMarked;
