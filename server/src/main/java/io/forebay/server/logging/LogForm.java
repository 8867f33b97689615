package io.forebay.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Applies {@code log.level} and {@code log.format} to the appenders of {@code logback.xml}, which write text, and
 * empties them at the end.
 */
public final class LogForm {
    private static final String STDERR = "stderr";
    private static final String QUEUE = "queue";

    private LogForm() {}

    /** @param level of everything in {@code io.forebay}; libraries stay at warnings */
    public static void apply(String level, boolean json) {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (!(factory instanceof LoggerContext context)) {
            return; // embedded somewhere that logs in its own way
        }
        context.getLogger("io.forebay").setLevel(Level.toLevel(level));
        Appender<ILoggingEvent> queue = queue(context);
        if (json && queue instanceof UnblockedAppender waiting
                && waiting.getAppender(STDERR) instanceof OutputStreamAppender<ILoggingEvent> stream) {
            JsonLines lines = new JsonLines();
            lines.setContext(context);
            lines.start();
            stream.setEncoder(lines);
        }
    }

    private static @Nullable Appender<ILoggingEvent> queue(LoggerContext context) {
        return context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(QUEUE);
    }

    /**
     * Before the process ends: writes what waits, for a second at most. What is logged afterwards is written at once, or not
     * at all when nobody reads.
     */
    public static void finish() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            finish(context);
        }
    }

    static void finish(LoggerContext context) {
        Appender<ILoggingEvent> queue = queue(context);
        if (!(queue instanceof UnblockedAppender waiting)) {
            return; // for the second time, or somebody else's configuration
        }
        Appender<ILoggingEvent> stderr = waiting.getAppender(STDERR);
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(stderr);
        root.detachAppender(waiting);
        waiting.stop(); // which stops the other, too
        if (waiting.getNumberOfElementsInQueue() == 0) {
            stderr.start();
        } else {
            root.detachAppender(stderr);
        }
    }
}
