package io.forebay.server.http;

import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log says of a connection that ended otherwise than by an answer: clients go, that is no warning. */
public final class BrokenConnections {
    private static final Logger LOG = LoggerFactory.getLogger(BrokenConnections.class);

    private BrokenConnections() {}

    public static void tell(Channel channel, Throwable cause) {
        if (cause instanceof IOException || cause instanceof UncheckedIOException
                || cause.getCause() instanceof SSLException) {
            LOG.debug("connection of {} broke", channel.remoteAddress(), cause);
        } else {
            LOG.warn("connection of {} failed", channel.remoteAddress(), cause);
        }
    }
}
