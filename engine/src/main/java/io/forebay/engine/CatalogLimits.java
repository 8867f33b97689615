package io.forebay.engine;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;

/**
 * How many things with names a store may have. Each takes memory for as long as it is there, and a collection files
 * and a place at every checkpoint too. What is over a bound is not made; what is there stays, also when a bound was
 * lowered, and what the log says was made is always taken.
 *
 * @param collectionsMax of all databases together, forks among them
 * @param databasesMax   of all tenants together
 */
public record CatalogLimits(int collectionsMax, int databasesMax, int tenantsMax) {
    private static final int DEFAULT_MAX = 100_000;
    private static final String DELETE_OR_RAISE = "delete some, or raise it";

    public CatalogLimits {
        check(collectionsMax, "collectionsMax");
        check(databasesMax, "databasesMax");
        check(tenantsMax, "tenantsMax");
    }

    public static CatalogLimits defaults() {
        return new CatalogLimits(DEFAULT_MAX, DEFAULT_MAX, DEFAULT_MAX);
    }

    private static void check(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ", must be at least 1");
        }
    }

    /** @throws ForebayException UNPROCESSABLE when there may be no collection more */
    void checkCollections(Catalog catalog) {
        check(catalog.all().size(), collectionsMax, "collections", DELETE_OR_RAISE);
    }

    /** @throws ForebayException UNPROCESSABLE when there may be no database more */
    void checkDatabases(Catalog catalog) {
        check(catalog.databaseCount(), databasesMax, "databases", DELETE_OR_RAISE);
    }

    /** @throws ForebayException UNPROCESSABLE when there may be no tenant more */
    void checkTenants(Catalog catalog) {
        check(catalog.tenantCount(), tenantsMax, "tenants", "raise it"); // tenants cannot be deleted
    }

    /** Chroma's clients know a quota by how its message begins. */
    private static void check(int there, int max, String what, String remedy) {
        if (there >= max) {
            throw new ForebayException(ErrorCode.UNPROCESSABLE,
                    "Quota exceeded: there are " + there + " " + what
                            + ", and catalog." + what + "_max is " + max + "; " + remedy);
        }
    }
}
