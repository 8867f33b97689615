package io.forebay.server.http.json;

import java.io.IOException;

/** Bodies that hold nothing but a name, and bodies whose content does not matter. */
public final class NameDecoder {
    private NameDecoder() {}

    public static String name(JsonIn in) throws IOException {
        String[] name = new String[1];
        in.object("struct CreatePayload", field -> {
            if (!field.equals("name")) {
                return false;
            }
            name[0] = in.string();
            return true;
        });
        if (name[0] == null) {
            throw in.missing("name");
        }
        return name[0];
    }

    /** Any JSON. */
    public static Boolean anything(JsonIn in) throws IOException {
        in.parser().skipChildren();
        return Boolean.TRUE;
    }
}
