package io.forebay.server.http;

import io.forebay.engine.Forebay;
import io.forebay.engine.backup.Backups;
import io.forebay.model.ForebayException;
import io.forebay.server.auth.Authentication;
import io.forebay.server.http.route.Api;
import io.forebay.server.http.route.BackupApi;
import io.forebay.server.http.route.ConsoleRoutes;
import io.forebay.server.http.route.ImportApi;
import io.forebay.server.http.route.ImportService;
import io.forebay.server.http.route.Route;
import io.forebay.server.http.route.Router;
import io.forebay.server.http.route.Watching;
import io.forebay.server.http.stream.FeedSlots;
import io.forebay.server.http.stream.StreamContext;
import io.forebay.server.lag.LagMonitor;
import io.forebay.server.ops.ServerOps;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves an engine over HTTP until it is closed. Does not own the engine: close this first, then the engine.
 *
 * <p>Threads: {@code netty-io-n}, {@code changes-n}, {@code uploads-n}, {@code previews-n}, {@code imports-n} and
 * {@code probes-1}, made in {@code HttpThreads}, and {@code lag-monitor}; {@link #start} and {@link #close} wait and
 * are called by others.
 *
 * <p>Failure: {@link #start} leaves nothing behind when it throws; {@link #close} takes a bounded time whatever clients
 * do, and may be called again.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final long THREADS_STOP_SECONDS = 2;

    private final Shared shared;
    private final HttpOptions options;
    private final HttpPort port;
    /** Besides those of the port, in the order in which they end. */
    private final List<ExecutorService> threads;
    private final Watching watching;
    private final ChannelGroup channels;

    private HttpServer(Shared shared, List<ExecutorService> threads, Watching watching, HttpPort port,
            ChannelGroup channels) {
        this.shared = shared;
        this.options = shared.options();
        this.threads = threads;
        this.watching = watching;
        this.port = port;
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
        ServerOps ops = ServerOps.none();
        HttpPort port = HttpPort.open(options, ops);
        return start(port, engine, options, metrics, authentication, imports, ops);
    }

    /** Without backups. */
    public static HttpServer start(HttpPort port, Forebay engine, HttpOptions options, ServerMetrics metrics,
            Authentication authentication, @Nullable ImportService imports, ServerOps ops) {
        return start(port, engine, options, metrics, authentication, imports, null, ops);
    }

    /**
     * At a port that is open already, and closed with this.
     *
     * @param backups not owned, closed after this; null for none
     * @param ops     not owned, closed after this
     */
    public static HttpServer start(HttpPort port, Forebay engine, HttpOptions options, ServerMetrics metrics,
            Authentication authentication, @Nullable ImportService imports, @Nullable Backups backups,
            ServerOps ops) {
        BodyBudget budget = new BodyBudget(options.bodiesInFlightBytesMax());
        ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        FeedSlots feeds = new FeedSlots(options.changesMax());
        ExecutorService changes = HttpThreads.changes();
        ExecutorService uploads = HttpThreads.uploads();
        ExecutorService previewing = HttpThreads.previews();
        ExecutorService asking = HttpThreads.imports();
        ExecutorService probes = HttpThreads.probes();
        List<ExecutorService> threads = List.of(uploads, previewing, asking, changes, probes);
        LagMonitor monitor = LagMonitor.start(engine);
        Watching watching = Watching.of(engine, monitor, metrics::counts, metrics::connections,
                options.changesMax());
        List<Route> routes = Api.routes(engine, options.allowReset(), options.maxBatchSize(),
                metrics::scrape, feeds, watching, changes, probes,
                ImportApi.of(imports, engine, asking, previewing, options.changesMax()), ops,
                new BackupApi(backups, asking));
        Router router = new Router(options.console() ? routes : ConsoleRoutes.without(routes));
        Guard guard = new Guard(authentication, engine);
        Cors cors = new Cors(options.corsAllowOrigins());
        OwnNames names = OwnNames.of(options.hosts(), options.host(),
                port.isOnLoopback() && !authentication.isOn());
        ServerContext context = new ServerContext(router, guard, options, budget, metrics, cors,
                new CrossSite(cors, names), channels, new StreamContext(changes,
                        options.heartbeatMillis(), metrics::changeEvents, metrics::changeBytes),
                uploads, engine::checkMemory, ops, new CollectionNames(engine));
        metrics.observe(engine, budget, channels, feeds, watching.lag());
        metrics.observeOps(ops);
        Shared shared = new Shared(engine, router, guard, options, budget, metrics, port.transport(), feeds,
                changes, engine::checkMemory, ops);
        HttpServer server = new HttpServer(shared, threads, watching, port, channels);
        port.serve(context);
        ops.readiness().open();
        LOG.info("listening on {}:{}", options.host(), server.port());
        return server;
    }

    public int port() {
        return port.port();
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
        port.stopListening();
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
        port.stopThreads();
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
}
