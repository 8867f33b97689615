package io.forebay.server.logging;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/** {@code %line}: the message, then its fields as {@code name=value}, then the request it is about, on one line. */
public final class LineConverter extends ClassicConverter {
    @Override
    public String convert(ILoggingEvent event) {
        StringBuilder out = new StringBuilder(SafeText.of(String.valueOf(event.getFormattedMessage())));
        boolean named = false;
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                named |= pair.key.equals("request_id");
                field(out, pair.key, String.valueOf(pair.value));
            }
        }
        for (Map.Entry<String, String> field : event.getMDCPropertyMap().entrySet()) {
            if (!named) {
                field(out, field.getKey(), field.getValue());
            }
        }
        return out.toString();
    }

    private static void field(StringBuilder out, String name, String value) {
        String safe = SafeText.of(value);
        boolean quoted = safe.isEmpty() || safe.indexOf(' ') >= 0 || safe.indexOf('\t') >= 0
                || safe.indexOf('"') >= 0;
        out.append(' ').append(name).append('=');
        if (quoted) {
            out.append('"').append(safe.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
        } else {
            out.append(safe);
        }
    }
}
