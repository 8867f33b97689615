package io.forebay.etl.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one page as a stream: each item becomes a line of JSON, and what the field of the next page holds is kept. Items
 * keep their numbers as they are written. One thread.
 */
final class PageReader {
    private static final JsonFactory JSON = new JsonFactory();

    private final String itemsField;
    private final String nextField;
    private final JsonGenerator lines;
    private final OutputStream out;
    private @Nullable String next;
    private boolean itemsSeen;

    /** @param out where lines go; the page reader does not close it */
    PageReader(String itemsField, String nextField, OutputStream out) throws IOException {
        this.itemsField = itemsField;
        this.nextField = nextField;
        this.out = out;
        this.lines = JSON.createGenerator(out);
        lines.setRootValueSeparator(null);
        lines.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    }

    /**
     * The address of the next page; null where there is none.
     *
     * @throws FetchException where the page is not of the form that was configured
     */
    @Nullable
    String read(InputStream page) throws IOException {
        try (JsonParser in = JSON.createParser(page)) {
            value(in, in.nextToken(), new ArrayList<>());
            if (in.nextToken() != null) {
                throw new FetchException("there is something behind the end of the page");
            }
        }
        if (!itemsSeen) {
            throw new FetchException("the page has no array "
                    + (itemsField.isEmpty() ? "of items" : "[" + itemsField + "]"));
        }
        lines.flush();
        return next;
    }

    private void value(JsonParser in, @Nullable JsonToken token, List<String> path) throws IOException {
        if (token == null) {
            throw new FetchException("the page is empty");
        }
        String here = String.join(".", path);
        if (token == JsonToken.START_ARRAY && here.equals(itemsField)) {
            items(in);
        } else if (token == JsonToken.START_OBJECT && isOnTheWay(here)) {
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                path.add(in.currentName());
                value(in, in.nextToken(), path);
                path.removeLast();
            }
        } else if (token == JsonToken.VALUE_STRING && here.equals(nextField)) {
            next = in.getText().isBlank() ? null : in.getText().strip();
        } else {
            in.skipChildren();
        }
    }

    private boolean isOnTheWay(String here) {
        return here.isEmpty() || itemsField.startsWith(here + ".") || nextField.startsWith(here + ".");
    }

    private void items(JsonParser in) throws IOException {
        if (itemsSeen) {
            throw new FetchException("the page has [" + itemsField + "] twice");
        }
        itemsSeen = true;
        for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
            if (token == null) {
                throw new FetchException("the page ends inside [" + itemsField + "]");
            }
            lines.copyCurrentStructureExact(in);
            lines.flush();
            out.write('\n');
        }
    }
}
