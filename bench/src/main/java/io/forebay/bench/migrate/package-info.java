/** {@code bench migrate}: how fast {@code forebay migrate} is, beside what its source delivers to who throws it away. */
@NullMarked
package io.forebay.bench.migrate;

import org.jspecify.annotations.NullMarked;
