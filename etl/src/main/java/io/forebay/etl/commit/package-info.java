/**
 * What imports changed, as a line of commits for each collection: start at {@link io.forebay.etl.commit.History}, then
 * {@link io.forebay.etl.commit.CommitHistory} for how it is kept, {@code Keys} for the families, {@code LiveDraft} for how
 * a commit is written, {@code CatchUp} for what the API wrote, {@code Sweep} for what goes.
 */
@NullMarked
package io.forebay.etl.commit;

import org.jspecify.annotations.NullMarked;
