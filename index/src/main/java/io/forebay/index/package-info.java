/**
 * The segments of a collection. Nothing lives here itself: the record segment (RocksDB: ids, rows, documents, filters) is
 * {@code io.forebay.index.record}, where {@code RecordStore} is the place to start; the vector segment (arena, exact scan,
 * graph) is {@code io.forebay.index.vector}, where it is {@code VectorSegment}. The two know nothing of each other: rows and
 * ordinals are what the engine carries between them.
 */
@NullMarked
package io.forebay.index;

import org.jspecify.annotations.NullMarked;
