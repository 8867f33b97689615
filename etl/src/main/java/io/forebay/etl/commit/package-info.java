/**
 * What imports changed, as a line of commits for each collection: start at {@link io.forebay.etl.commit.History}.
 */
@NullMarked
package io.forebay.etl.commit;

import org.jspecify.annotations.NullMarked;
