package io.forebay.server.logging;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.event.KeyValuePair;

/**
 * One object of JSON for each event, on a line of its own.
 *
 * <pre>
 * {"time":"2026-11-22T07:05:48.123456Z","level":"WARN","logger":"io.forebay.requests.slow","thread":"netty-io-1",
 *  "message":"slow request","request_id":"4f1c02aa-1b","route":"/api/v2/…/query","millis":1234.5}
 * {"time":…,"level":"ERROR",…,"message":"…","exception":"java.io.IOException: …\n\tat …"}
 * </pre>
 * The first five are always there, {@code exception} where there is one. Then come the fields of the event, and those
 * of the request that its thread works for ({@code request_id}, {@code trace_id}, {@code route}, {@code token}).
 * Anything but ASCII is escaped, so a line is a line for every reader.
 *
 * <p>Threads: logback calls it under the lock of the appender.
 */
public final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final JsonFactory JSON = JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();
    private static final Set<String> OURS = Set.of("time", "level", "logger", "thread", "message",
            "exception");
    private static final int EXCEPTION_CHARS_MAX = 32_768;

    private final ThrowableProxyConverter traces = new ThrowableProxyConverter();

    @Override
    public void start() {
        traces.start();
        super.start();
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeStringField("time", event.getInstant().toString());
            out.writeStringField("level", event.getLevel().toString());
            out.writeStringField("logger", event.getLoggerName());
            out.writeStringField("thread", event.getThreadName());
            out.writeStringField("message", SafeText.wellFormed(String.valueOf(event.getFormattedMessage())));
            fields(out, event);
            if (event.getThrowableProxy() != null) {
                String trace = traces.convert(event);
                out.writeStringField("exception",
                        SafeText.wellFormed(
                                trace.substring(0, Math.min(trace.length(), EXCEPTION_CHARS_MAX))));
            }
            out.writeEndObject();
            out.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void fields(JsonGenerator out, ILoggingEvent event) throws IOException {
        List<KeyValuePair> pairs = event.getKeyValuePairs() == null ? List.of() : event.getKeyValuePairs();
        Set<String> written = new HashSet<>(OURS);
        for (KeyValuePair pair : pairs) {
            if (written.add(pair.key)) {
                out.writeFieldName(SafeText.wellFormed(pair.key));
                value(out, pair.value);
            }
        }
        for (Map.Entry<String, String> field : event.getMDCPropertyMap().entrySet()) {
            if (written.add(field.getKey())) {
                out.writeStringField(SafeText.wellFormed(field.getKey()),
                        SafeText.wellFormed(field.getValue()));
            }
        }
    }

    /** A number that JSON does not know becomes text. */
    private static void value(JsonGenerator out, Object value) throws IOException {
        boolean plain = value instanceof Boolean || value instanceof Integer || value instanceof Long
                || value instanceof Double number && Double.isFinite(number);
        if (plain) {
            out.writePOJO(value);
        } else {
            out.writeString(SafeText.wellFormed(String.valueOf(value)));
        }
    }
}
