package io.forebay.server.migrate;

import java.util.Comparator;

/** A database of a tenant. */
public record Place(String tenant, String database) implements Comparable<Place> {
    private static final Comparator<Place> ORDER = Comparator.comparing(Place::tenant)
            .thenComparing(Place::database);

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return tenant + "/" + database;
    }
}
