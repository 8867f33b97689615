package io.forebay.model;

import java.util.UUID;

/** A namespace of collections inside a tenant. */
public record Database(UUID id, String name, String tenant) {
    public static final String DEFAULT_TENANT = "default_tenant";
    public static final String DEFAULT_DATABASE = "default_database";
    /** The default database has the nil UUID, as in Chroma. */
    public static final UUID DEFAULT_DATABASE_ID = new UUID(0, 0);
}
