package io.forebay.server.logging;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/**
 * {@code %failure}: the stack trace, each line of it indented, so that a message with ends of lines cannot look like a
 * line of the log's own.
 */
public final class FailureConverter extends ThrowableProxyConverter {
    @Override
    public String convert(ILoggingEvent event) {
        String trace = super.convert(event);
        if (trace.isEmpty()) {
            return trace;
        }
        StringBuilder out = new StringBuilder(trace.length() + 64);
        trace.lines().forEach(line -> out.append('\t').append(SafeText.of(line.strip())).append('\n'));
        return out.toString();
    }
}
