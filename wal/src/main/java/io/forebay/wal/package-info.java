/**
 * The log: an append-only sequence of opaque, checksummed entries, numbered by seqId, in extents on Chronicle Queue or
 * in plain files.
 *
 * <p>Start reading at {@link io.forebay.wal.Wal}, then {@code ExtentWal} (how an entry travels), {@code Frame} (the
 * format), {@code SyncThread} (what durable means), {@code Recovery} (what is believed after a crash),
 * {@code ChronicleExtent} (the only class that knows Chronicle) and {@code FileExtent}, and {@code Disk} (all that is
 * asked of a file system). This package knows nothing of vectors or batches'
 * contents; it depends on Chronicle Queue, slf4j and the JDK.
 *
 * <p>SeqIds are dense and grow strictly; one that was returned by {@code append} is never given to anything else as long
 * as its durability level covers the crash in between.
 */
@NullMarked
package io.forebay.wal;

import org.jspecify.annotations.NullMarked;
