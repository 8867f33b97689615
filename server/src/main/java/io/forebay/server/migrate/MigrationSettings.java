package io.forebay.server.migrate;

import java.util.List;
import java.util.Set;

/**
 * What is to be migrated, and how.
 *
 * @param tenants     empty for the default one, of a Forebay all that have collections
 * @param databases   empty for all
 * @param collections names; empty for all
 * @param readers     pages of a collection that are asked for at the same time
 * @param parallel    collections at the same time
 * @param fork        whether a Forebay source's collections are forked, so that what is read is of one moment
 */
public record MigrationSettings(List<String> tenants, List<String> databases, Set<String> collections,
        OnExisting onExisting, Verify verify, int readers, int parallel, boolean fork) {

    /** What happens where the target has a collection of that name. */
    public enum OnExisting {
        REFUSE, MERGE, SKIP, RENAME
    }

    /** How much is compared afterwards. */
    public enum Verify {
        NONE, COUNTS, SAMPLE, FULL
    }

    public MigrationSettings {
        tenants = List.copyOf(tenants);
        databases = List.copyOf(databases);
        collections = Set.copyOf(collections);
    }
}
