package io.forebay.server.http;

import io.forebay.engine.Forebay;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.auth.Authentication;
import io.forebay.server.http.route.Api;
import io.forebay.server.http.route.ConsoleRoutes;
import io.forebay.server.http.route.ImportApi;
import io.forebay.server.http.route.ImportService;
import io.forebay.server.http.route.Route;
import io.forebay.server.http.route.Router;
import io.forebay.server.http.route.Watching;
import io.forebay.server.http.stream.FeedSlots;
import io.forebay.server.http.stream.StreamContext;
import io.forebay.server.lag.LagMonitor;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves an engine over HTTP until it is closed. Does not own the engine: close this first, then the engine.
 *
 * <p>Threads: {@code netty-io-n}, {@code changes-n}, {@code uploads-n} and {@code imports-n}, made in {@code HttpThreads},
 * and {@code lag-monitor};
 * {@link #start} and {@link #close} wait and are called by others.
 *
 * <p>Failure: {@link #start} leaves nothing behind when it throws; {@link #close} takes a bounded time whatever clients
 * do, and may be called again.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int REQUEST_LINE_BYTES_MAX = 16 << 10;
    private static final int HEADERS_BYTES_MAX = 32 << 10;
    private static final int CHUNK_BYTES_MAX = 64 << 10;
    /** Requests decoded ahead of their answers; more than one read from a socket can hold. */
    private static final int PIPELINED_MAX = 8192;
    private static final int BACKLOG = 1024;
    private static final long THREADS_STOP_SECONDS = 2;

    private final Shared shared;
    private final HttpOptions options;
    private final HttpThreads.Transport transport;
    /** Besides those of the transport, in the order in which they end. */
    private final List<ExecutorService> threads;
    private final Watching watching;
    private final Channel listening;
    private final ChannelGroup channels;

    private HttpServer(Shared shared, List<ExecutorService> threads, Watching watching,
            Channel listening,
            ChannelGroup channels) {
        this.shared = shared;
        this.options = shared.options();
        this.transport = shared.transport();
        this.threads = threads;
        this.watching = watching;
        this.listening = listening;
        this.channels = channels;
    }

    /** Everybody may do everything. */
    public static HttpServer start(Forebay engine, HttpOptions options, ServerMetrics metrics) {
        return start(engine, options, metrics, Authentication.OFF);
    }

    /** Without an import service. */
    public static HttpServer start(Forebay engine, HttpOptions options, ServerMetrics metrics,
            Authentication authentication) {
        return start(engine, options, metrics, authentication, null);
    }

    /**
     * @param authentication not owned
     * @param imports        not owned, closed after this; null for none
     * @throws ForebayException UNAVAILABLE, naming host and port, when it cannot listen there
     */
    public static HttpServer start(Forebay engine, HttpOptions options, ServerMetrics metrics,
            Authentication authentication, @Nullable ImportService imports) {
        BodyBudget budget = new BodyBudget(options.bodiesInFlightBytesMax());
        ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        FeedSlots feeds = new FeedSlots(options.changesMax());
        ExecutorService changes = HttpThreads.changes();
        ExecutorService uploads = HttpThreads.uploads();
        ExecutorService asking = HttpThreads.imports();
        List<ExecutorService> threads = List.of(uploads, asking, changes);
        LagMonitor monitor = LagMonitor.start(engine);
        Watching watching = Watching.of(engine, monitor, metrics::counts, metrics::connections,
                options.changesMax());
        List<Route> routes = Api.routes(engine, options.allowReset(), options.maxBatchSize(),
                metrics::scrape, feeds, watching, changes,
                ImportApi.of(imports, engine, asking, options.changesMax()));
        Router router = new Router(options.console() ? routes : ConsoleRoutes.without(routes));
        Guard guard = new Guard(authentication, engine);
        ServerContext context = new ServerContext(router, guard, options, budget, metrics,
                new Cors(options.corsAllowOrigins()), channels, new StreamContext(changes,
                        options.heartbeatMillis(), metrics::changeEvents, metrics::changeBytes),
                uploads, engine::checkMemory);
        HttpThreads.Transport transport = HttpThreads.start(options.ioThreads(), options.nativeTransport());
        ChannelFuture bound = bootstrap(transport, context)
                .bind(new InetSocketAddress(options.host(), options.port())).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            stopThreads(transport);
            threads.forEach(ExecutorService::shutdown);
            monitor.close();
            Throwable cause = bound.cause();
            throw new ForebayException(ErrorCode.UNAVAILABLE, "cannot listen on " + options.host() + ":"
                    + options.port() + ": " + (cause == null ? "unknown" : cause.getMessage()), cause);
        }
        metrics.observe(engine, budget, channels, feeds, watching.lag());
        Shared shared = new Shared(engine, router, guard, options, budget, metrics, transport, feeds, changes,
                engine::checkMemory);
        HttpServer server = new HttpServer(shared, threads, watching, bound.channel(), channels);
        LOG.info("listening on {}:{}", options.host(), server.port());
        return server;
    }

    private static ServerBootstrap bootstrap(HttpThreads.Transport transport, ServerContext context) {
        HttpDecoderConfig decoding = new HttpDecoderConfig()
                .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                .setMaxHeaderSize(HEADERS_BYTES_MAX)
                .setMaxChunkSize(CHUNK_BYTES_MAX);
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
                        channel.pipeline().addLast(
                                new IdleStateHandler(true, 0, 0, context.options().stallMillis(),
                                        TimeUnit.MILLISECONDS),
                                new WrongPort(),
                                new HttpServerCodec(decoding, PIPELINED_MAX),
                                new HttpConnection(context));
                    }
                });
    }

    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** What the binary port takes from this server, which must be closed after it. */
    public Shared shared() {
        return shared;
    }

    Watching watching() {
        return watching;
    }

    /** Stops accepting, lets running requests finish for a bounded time, closes every connection. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        for (Channel channel : channels) {
            channel.pipeline().fireUserEventTriggered(HttpConnection.STOP);
        }
        if (!channels.newCloseFuture().awaitUninterruptibly(options.stopGraceMillis())) {
            LOG.warn("{} requests did not finish in {} ms and are cut off", channels.size(),
                    options.stopGraceMillis());
        }
        channels.close().awaitUninterruptibly(TimeUnit.SECONDS.toMillis(THREADS_STOP_SECONDS));
        watching.lag().events().monitor().close();
        stopOthers(); // before the threads that its last turns write to
        stopThreads(transport);
    }

    /** Feeds and uploads were ended with their connections; what is left of their turns is short. */
    private void stopOthers() {
        threads.forEach(ExecutorService::shutdown);
        try {
            for (ExecutorService pool : threads) {
                if (!pool.awaitTermination(THREADS_STOP_SECONDS, TimeUnit.SECONDS)) {
                    LOG.warn("a feed or an upload did not end in {} s", THREADS_STOP_SECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stopThreads(HttpThreads.Transport transport) {
        transport.threads().shutdownGracefully(0, THREADS_STOP_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(TimeUnit.SECONDS.toMillis(2 * THREADS_STOP_SECONDS));
    }
}
