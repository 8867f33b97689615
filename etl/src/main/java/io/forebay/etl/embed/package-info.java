/**
 * Texts into vectors: start at {@link io.forebay.etl.embed.EmbeddingProvider}, of which there is one for each named
 * connection.
 */
@NullMarked
package io.forebay.etl.embed;

import org.jspecify.annotations.NullMarked;
