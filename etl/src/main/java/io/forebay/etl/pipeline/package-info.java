/** A job at work: read, transform, embed, load, at the same time and bounded. */
@NullMarked
package io.forebay.etl.pipeline;

import org.jspecify.annotations.NullMarked;
