package io.forebay.server.lag;

import io.forebay.model.CollectionInfo;
import io.forebay.model.CollectionStatus;
import io.forebay.server.auth.Limits;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which collections somebody wants to see, and may.
 *
 * @param limits     of the token
 * @param collection its name or id; null for all
 * @param tenant     null for all
 * @param database   null for all
 */
public record LagScope(Limits limits, @Nullable String collection, @Nullable String tenant,
        @Nullable String database) {

    public boolean includes(CollectionStatus status) {
        return includes(status.id(), status.tenant(), status.database(), status.name());
    }

    boolean includes(CollectionInfo info) {
        return includes(info.id(), info.tenant(), info.database(), info.name());
    }

    private boolean includes(UUID id, String ofTenant, String ofDatabase, String name) {
        return limits.allow(ofTenant, ofDatabase) && (tenant == null || tenant.equals(ofTenant))
                && (database == null || database.equals(ofDatabase))
                && (collection == null || collection.equals(name) || collection.equals(id.toString()));
    }

    /** Then the figures of the whole store are theirs too. */
    public boolean isAll() {
        return limits.allowEverything() && collection == null && tenant == null && database == null;
    }
}
