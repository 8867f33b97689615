package io.forebay.etl.commit;

import io.forebay.model.StoredRecord;
import org.jspecify.annotations.Nullable;

/**
 * One row of a draft.
 *
 * @param row        as it is from now on, embedding included; null when it is deleted
 * @param sourceHash see {@link RowState}
 */
public record RowChange(String id, @Nullable StoredRecord row, byte @Nullable [] sourceHash) {}
