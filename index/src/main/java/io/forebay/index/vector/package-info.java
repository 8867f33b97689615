/**
 * The vector segment of a collection: float32 arena on disk, graph in memory and stored now and then, exact
 * scan over what the graph does not hold yet, and the distances themselves.
 *
 * <p>Start reading at {@link io.forebay.index.vector.VectorSegment}; then {@link
 * io.forebay.index.vector.VectorView} for what a query sees, {@link io.forebay.index.vector.VectorArena} for
 * the files, and {@link io.forebay.index.vector.VectorIndex} for what a graph must promise. This package
 * knows ordinals and row numbers, not ids, metadata or the log.
 */
@NullMarked
package io.forebay.index.vector;

import org.jspecify.annotations.NullMarked;
