package io.forebay.client.load;

import io.forebay.model.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A record that was not loaded.
 *
 * @param position in the source, from 0
 * @param id       null where it could not be read
 * @param code     as the server, or the batch, refused it
 * @param reason   for people
 */
public record RecordError(long position, @Nullable String id, ErrorCode code, String reason) {}
