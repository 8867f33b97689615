package io.forebay.server.binary;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.wire.FrameType;
import io.forebay.server.http.BodyShare;
import io.forebay.server.http.Shared;
import io.forebay.server.ops.RateLimits;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves an engine over the binary protocol, on the threads of an HTTP server, which must be closed after it.
 *
 * <p>Threads: {@link #start} and {@link #close} wait and are called by others than event loops.
 *
 * <p>Failure: {@link #start} leaves nothing behind when it throws; {@link #close} takes a bounded time whatever clients
 * do, and may be called again.
 */
public final class BinaryServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BinaryServer.class);
    private static final int BACKLOG = 1024;
    private static final int QUEUED_BYTES_LOW = 256 << 10;
    private static final int QUEUED_BYTES_HIGH = 1 << 20;
    private static final long CLOSE_SECONDS = 2;

    private final Shared shared;
    private final BinaryOptions options;
    private final Requests requests;
    private final FrameLog log;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel listening;

    private BinaryServer(Shared shared, BinaryOptions options) {
        this.shared = shared;
        this.options = options;
        this.requests = new Requests(shared);
        this.log = new FrameLog(shared.ops().requests(), shared.engine());
        ChannelFuture bound = new ServerBootstrap().group(shared.transport().threads())
                .channel(shared.transport().channelType())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.RECVBUF_ALLOCATOR,
                        new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(BACKLOG))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(QUEUED_BYTES_LOW, QUEUED_BYTES_HIGH))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connect(channel);
                    }
                }).bind(new InetSocketAddress(options.host(), options.port())).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw new ForebayException(ErrorCode.UNAVAILABLE, "cannot listen on " + options.host() + ":"
                    + options.port() + " (server.binary_port): "
                    + (cause == null ? "unknown" : cause.getMessage()), cause);
        }
        this.listening = bound.channel();
    }

    /** @throws ForebayException UNAVAILABLE, naming host and port, when it cannot listen there */
    public static BinaryServer start(Shared shared, BinaryOptions options) {
        BinaryServer server = new BinaryServer(shared, options);
        shared.metrics().observeBinary(server.channels);
        LOG.info("binary protocol on {}:{}{}", options.host(), server.port(),
                options.tls() == null ? "" : " with TLS");
        return server;
    }

    private void connect(SocketChannel channel) {
        channels.add(channel);
        ChannelPipeline pipeline = channel.pipeline();
        Supplier<SslContext> tls = options.tls();
        if (tls != null) {
            pipeline.addLast(tls.get().newHandler(channel.alloc()));
        }
        // One too many is told so when it has said hello: before it could not read it.
        boolean tooMany = channels.size() > shared.options().connectionsMax();
        BinaryConnection connection = new BinaryConnection(this, channel, tooMany);
        if (tls == null) {
            // What comes from the socket are the frames.
            channel.config().setRecvByteBufAllocator(connection.receiver());
        }
        pipeline.addLast(connection);
    }

    Reply tooMany() {
        return Failures.of(ErrorCode.UNAVAILABLE,
                "server.max_connections (" + shared.options().connectionsMax() + ") is reached");
    }

    /** Of a connection: as often as half of the heartbeat. */
    ScheduledFuture<?> clock(Channel channel, Runnable look) {
        long millis = Math.max(1, options.heartbeatMillis() / 2);
        return channel.eventLoop().scheduleWithFixedDelay(look, millis, millis, TimeUnit.MILLISECONDS);
    }

    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    BinaryOptions options() {
        return options;
    }

    Requests requests() {
        return requests;
    }

    BodyShare newShare() {
        return new BodyShare(shared.budget(), shared.options().bodyWaitMillis());
    }

    Reply busy(long bytes) {
        return Failures.of(ForebayException.backoff("bodies", "no room for a frame of " + bytes
                + " bytes among the bodies in flight (server.max_bodies_in_flight_bytes, "
                + shared.budget().bytesMax() + "): backoff and try again",
                shared.budget().retryAfterSeconds(bytes)), "a frame");
    }

    void checkMemory() {
        shared.memoryCheck().run();
    }

    long frameBytesMax() {
        return shared.options().bodyBytesMax();
    }

    void answered(FrameType type, int status, long nanos) {
        shared.metrics().answeredBinary(type.name().toLowerCase(Locale.ROOT), status, nanos);
    }

    FrameLog log() {
        return log;
    }

    RateLimits rates() {
        return shared.ops().rates();
    }

    /** Tells the clients that are connected that it is about to stop; they and new ones are served all the same. */
    public void drain() {
        for (Channel channel : channels) {
            channel.pipeline().fireUserEventTriggered(BinaryConnection.DRAIN);
        }
    }

    /** Stops accepting, lets running requests finish for a bounded time, closes every connection. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        for (Channel channel : channels) {
            channel.pipeline().fireUserEventTriggered(BinaryConnection.STOP);
        }
        if (!channels.newCloseFuture().awaitUninterruptibly(shared.options().stopGraceMillis())) {
            LOG.warn("{} connections of the binary protocol did not end in {} ms and are cut off",
                    channels.size(), shared.options().stopGraceMillis());
        }
        channels.close().awaitUninterruptibly(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
    }
}
