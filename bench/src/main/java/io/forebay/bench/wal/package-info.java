/**
 * {@code bench wal}: the log against the raw limit of the machine and against the logs that others use. Start at {@link
 * io.forebay.bench.wal.WalBench}; each part is a class named {@code *Part}, what a side does is in {@code LogLoad} (ours),
 * {@code RawMapped} and {@code RawSync} (the limits) and the {@code *Peer}s.
 */
@NullMarked
package io.forebay.bench.wal;

import org.jspecify.annotations.NullMarked;
