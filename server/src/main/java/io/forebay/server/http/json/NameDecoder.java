package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Bodies that hold nothing but a name. */
public final class NameDecoder {
    private NameDecoder() {}

    public static String name(JsonIn in) throws IOException {
        return only(in, "struct CreatePayload", "name");
    }

    /** Of a fork. */
    public static String newName(JsonIn in) throws IOException {
        return only(in, "struct ForkCollectionPayload", "new_name");
    }

    /** Of a tenant; "" when the body, whatever it is, names none: Chroma takes that too. */
    public static String resourceName(JsonIn in) throws IOException {
        String[] value = {""};
        if (in.token() == JsonToken.START_OBJECT) {
            in.object("struct UpdateTenantPayload", field -> {
                if (!field.equals("resource_name") || in.token() != JsonToken.VALUE_STRING) {
                    return false;
                }
                value[0] = in.string();
                return true;
            });
        } else {
            in.parser().skipChildren();
        }
        return value[0];
    }

    private static String only(JsonIn in, String what, String wanted) throws IOException {
        String[] value = new String[1];
        in.object(what, field -> {
            if (!field.equals(wanted)) {
                return false;
            }
            value[0] = in.string();
            return true;
        });
        if (value[0] == null) {
            throw in.missing(wanted);
        }
        return value[0];
    }
}
