package io.forebay.server.auth;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a token may do what it may: in these databases of these tenants, all combinations. {@link #ANY} stands for
 * all; an empty set for none. No tenant is called {@code *}: names have at least three characters.
 */
public record Limits(Set<String> tenants, Set<String> databases) {
    public static final String ANY = "*";
    public static final Limits NONE = new Limits(Set.of(ANY), Set.of(ANY));
    static final Limits NOTHING_ALLOWED = new Limits(Set.of(), Set.of());

    public Limits {
        tenants = Set.copyOf(tenants);
        databases = Set.copyOf(databases);
    }

    public static Limits to(Collection<String> tenants, Collection<String> databases) {
        return new Limits(Set.copyOf(tenants), Set.copyOf(databases));
    }

    public boolean allow(String tenant) {
        return tenants.contains(ANY) || tenants.contains(tenant);
    }

    public boolean allow(String tenant, String database) {
        return allow(tenant) && (databases.contains(ANY) || databases.contains(database));
    }

    public boolean allowEverything() {
        return tenants.contains(ANY) && databases.contains(ANY);
    }

    /** For people: {@code a, b}. */
    public static String text(Set<String> names) {
        return String.join(", ", new TreeSet<>(names));
    }
}
