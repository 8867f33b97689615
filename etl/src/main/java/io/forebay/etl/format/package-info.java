/**
 * Files as streams of documents: start at {@link io.forebay.etl.format.Formats}. Nothing here holds a file in memory,
 * knows collections or writes anything.
 */
@NullMarked
package io.forebay.etl.format;

import org.jspecify.annotations.NullMarked;
