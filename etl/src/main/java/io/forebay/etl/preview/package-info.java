/**
 * The first rows of a file, for somebody who is about to import it: begin at {@link io.forebay.etl.preview.Preview#of}.
 */
@NullMarked
package io.forebay.etl.preview;

import org.jspecify.annotations.NullMarked;
