package io.forebay.server.auth;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a token may do; each role may do what those before it may. */
public enum Role {
    /** Looks at what is there. */
    READ,
    /** Writes records; makes, changes and deletes collections. */
    WRITE,
    /** Makes and deletes databases and tenants, resets the server. */
    ADMIN;

    public boolean covers(Role need) {
        return compareTo(need) >= 0;
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Null when there is no such role. */
    public static @Nullable Role of(String text) {
        for (Role role : values()) {
            if (role.text().equals(text)) {
                return role;
            }
        }
        return null;
    }
}
