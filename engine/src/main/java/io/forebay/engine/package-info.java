/**
 * The engine: catalog, append and acknowledgement, range queues, indexers, read levels, checkpoints and recovery, on
 * top of the log ({@code wal}) and the segments ({@code index}).
 *
 * <p>Start reading at {@link io.forebay.engine.Forebay}, the public face. Then follow a batch:
 * {@code WritePath} appends it and acknowledges; {@code RangeQueue} remembers its bounds; {@code IndexerPool} hands
 * its collection to a thread; {@code ApplyTask} reads it again from the log and applies it to the segments of a
 * {@code CollectionRuntime}; link workers put its vectors into the graph; {@code Checkpointer} makes all of it
 * recoverable without the log and purges the log. {@code ReadPath} answers from what is applied; {@code ChangeFeed}
 * gives the log itself to whoever follows a collection. {@code StoreOpener}
 * is the way back after a crash.
 *
 * <p>Threads are made in {@code EngineThreads} only; the locks are listed in {@code docs/ARCHITECTURE.md}.
 */
@NullMarked
package io.forebay.engine;

import org.jspecify.annotations.NullMarked;
