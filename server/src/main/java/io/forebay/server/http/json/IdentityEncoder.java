package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.Database;
import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Principal;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who asks, as Chroma's clients read it: a tenant, or a single database, becomes the client's own when it names none;
 * {@code *} stands for all or several. Python's client takes no other field than these, and {@code attributes}.
 */
public final class IdentityEncoder {
    private IdentityEncoder() {}

    public static void write(JsonGenerator out, Principal who) throws IOException {
        if (who.equals(Principal.ANYBODY)) {
            anybody(out);
            return;
        }
        out.writeStartObject();
        out.writeStringField("user_id", who.id());
        Set<String> tenants = who.limits().tenants();
        out.writeStringField("tenant", tenants.size() == 1 ? tenants.iterator().next() : Limits.ANY);
        names(out, "databases", who.limits().databases());
        out.writeObjectFieldStart("attributes");
        out.writeStringField("role", who.role().text());
        names(out, "tenants", tenants);
        out.writeEndObject();
        out.writeEndObject();
    }

    /** As Chroma answers, which knows no tokens. */
    private static void anybody(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("user_id", "");
        out.writeStringField("tenant", Database.DEFAULT_TENANT);
        names(out, "databases", Set.of(Database.DEFAULT_DATABASE));
        out.writeEndObject();
    }

    private static void names(JsonGenerator out, String field, Set<String> names) throws IOException {
        out.writeArrayFieldStart(field);
        for (String name : new TreeSet<>(names)) {
            out.writeString(name);
        }
        out.writeEndArray();
    }
}
