package io.forebay.server.http.route;

import io.forebay.server.auth.Role;
import org.jspecify.annotations.Nullable;

/**
 * What a route asks of who calls it. It stands with the route and is checked before the body is read
 * ({@code io.forebay.server.http.Guard}).
 *
 * @param role null when no token is needed
 */
public record Access(@Nullable Role role, Scope scope) {
    /** Where the role must hold. */
    public enum Scope {
        /**
         * In the tenant and database that the path names as {@code {tenant}} and {@code {database}}; where it names a
         * collection by its id, {@code {collection}}, also in that collection's own tenant and database, whatever the path
         * says they are; so also where it names one by a resource name, {@code {crn}}.
         */
        PATH,
        /** In the default database of the default tenant, and in that of a {@code {collection}}: paths that name none. */
        DEFAULT_DATABASE,
        /** Anywhere: the handler shows or does only what {@link Request#who} may see or do. */
        HANDLER,
        /** Everywhere: a token with limits is refused. */
        SERVER
    }

    /** No token is needed; the handler shows strangers nothing of what is stored. */
    public static final Access OPEN = new Access(null, Scope.HANDLER);
    static final Access READ = new Access(Role.READ, Scope.PATH);
    static final Access WRITE = new Access(Role.WRITE, Scope.PATH);
    static final Access ADMIN = new Access(Role.ADMIN, Scope.PATH);
    /** For the legacy paths, which know one database. */
    static final Access READ_DEFAULT = new Access(Role.READ, Scope.DEFAULT_DATABASE);
    static final Access WRITE_DEFAULT = new Access(Role.WRITE, Scope.DEFAULT_DATABASE);
    static final Access READ_FILTERED = new Access(Role.READ, Scope.HANDLER);
    static final Access WRITE_CHECKED = new Access(Role.WRITE, Scope.HANDLER);
    static final Access ADMIN_CHECKED = new Access(Role.ADMIN, Scope.HANDLER);
    static final Access READ_SERVER = new Access(Role.READ, Scope.SERVER);
    static final Access ADMIN_SERVER = new Access(Role.ADMIN, Scope.SERVER);

    /** Of a route that does not say: the most that its path allows to ask for. */
    static Access unsaid(String template) {
        return template.contains("{tenant}") ? ADMIN : ADMIN_SERVER;
    }

    public boolean isOpen() {
        return role == null;
    }
}
