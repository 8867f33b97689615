package io.forebay.etl.commit;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a draft's commit will say of itself.
 *
 * @param revertOf the commit that it undoes; null for an import
 */
public record DraftRequest(UUID collection, UUID job, @Nullable String message, @Nullable String author,
        @Nullable String revertOf) {}
