package io.forebay.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Applies {@code log.level} and {@code log.format} to the appender of {@code logback.xml}, which writes text. */
public final class LogForm {
    private static final String APPENDER = "stderr";

    private LogForm() {}

    /** @param level of everything in {@code io.forebay}; libraries stay at warnings */
    public static void apply(String level, boolean json) {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (!(factory instanceof LoggerContext context)) {
            return; // embedded somewhere that logs in its own way
        }
        context.getLogger("io.forebay").setLevel(Level.toLevel(level));
        Appender<ILoggingEvent> appender = context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER);
        if (json && appender instanceof OutputStreamAppender<ILoggingEvent> stream) {
            JsonLines lines = new JsonLines();
            lines.setContext(context);
            lines.start();
            stream.setEncoder(lines);
        }
    }
}
