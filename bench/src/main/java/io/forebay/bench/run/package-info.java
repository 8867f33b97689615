/**
 * The commands of {@code ./forebay bench}: one class reads the options, one takes the measurement, and every
 * repetition is a record that goes into the result as it is.
 *
 * <p>A command compares like with like only inside one run of itself, its sides taking turns: this machine's
 * speed of an hour ago is in no figure.
 */
@NullMarked
package io.forebay.bench.run;

import org.jspecify.annotations.NullMarked;
