package io.forebay.server.http;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.ops.ServerOps;
import io.forebay.server.ops.TlsKeys;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The port of HTTP: open before the store is, so that whoever asks meanwhile hears that it is being opened ({@link
 * OpeningAnswers}), and serving from {@link #serve} on.
 *
 * <p>Threads: {@code netty-io-n}, made with it. A connection is of one kind for its whole life: those made before {@link
 * #serve} are closed after one answer.
 *
 * <p>Failure: {@link #open} leaves nothing behind when it throws.
 */
public final class HttpPort implements AutoCloseable {
    private static final int REQUEST_LINE_BYTES_MAX = 16 << 10;
    private static final int HEADERS_BYTES_MAX = 32 << 10;
    private static final int CHUNK_BYTES_MAX = 64 << 10;
    /** Requests decoded ahead of their answers; more than one read from a socket can hold. */
    private static final int PIPELINED_MAX = 8192;
    private static final int BACKLOG = 1024;
    private static final long THREADS_STOP_SECONDS = 2;

    private final HttpOptions options;
    private final ServerOps ops;
    private final HttpThreads.Transport transport;
    private final Channel listening;
    private volatile @Nullable ServerContext context;

    private HttpPort(HttpOptions options, ServerOps ops) {
        this.options = options;
        this.ops = ops;
        this.transport = HttpThreads.start(options.ioThreads(), options.nativeTransport());
        ChannelFuture bound = bootstrap().bind(new InetSocketAddress(options.host(), options.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            stopThreads();
            Throwable cause = bound.cause();
            throw new ForebayException(ErrorCode.UNAVAILABLE, "cannot listen on " + options.host() + ":"
                    + options.port() + ": " + (cause == null ? "unknown" : cause.getMessage()), cause);
        }
        this.listening = bound.channel();
    }

    /** @throws ForebayException UNAVAILABLE, naming host and port, when it cannot listen there */
    public static HttpPort open(HttpOptions options, ServerOps ops) {
        return new HttpPort(options, ops);
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap().group(transport.threads()).channel(transport.channelType())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                // All that wait at once: a few in each turn of a busy loop would keep the last ones waiting for seconds.
                .option(ChannelOption.RECVBUF_ALLOCATOR,
                        new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(BACKLOG))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connect(channel);
                    }
                });
    }

    private void connect(SocketChannel channel) {
        HttpDecoderConfig decoding = new HttpDecoderConfig()
                .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                .setMaxHeaderSize(HEADERS_BYTES_MAX)
                .setMaxChunkSize(CHUNK_BYTES_MAX);
        channel.pipeline().addLast(
                new IdleStateHandler(true, 0, 0, options.stallMillis(), TimeUnit.MILLISECONDS));
        TlsKeys tls = ops.tls();
        if (tls == null) {
            channel.pipeline().addLast(new WrongPort());
        } else {
            channel.pipeline().addLast(new TlsDoor(tls));
        }
        ServerContext serving = context;
        channel.pipeline().addLast(new HttpServerCodec(decoding, PIPELINED_MAX),
                serving == null ? new OpeningAnswers() : new HttpConnection(serving));
    }

    /** From the next connection on. */
    void serve(ServerContext serving) {
        context = serving;
    }

    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** Whether only this machine reaches it. */
    boolean isOnLoopback() {
        return ((InetSocketAddress) listening.localAddress()).getAddress().isLoopbackAddress();
    }

    HttpThreads.Transport transport() {
        return transport;
    }

    /** No new connections. */
    void stopListening() {
        listening.close().awaitUninterruptibly();
    }

    void stopThreads() {
        transport.threads().shutdownGracefully(0, THREADS_STOP_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(TimeUnit.SECONDS.toMillis(2 * THREADS_STOP_SECONDS));
    }

    /** Of a port that no server has taken. */
    @Override
    public void close() {
        stopListening();
        stopThreads();
    }
}
