package io.forebay.server.http;

import io.forebay.server.auth.Principal;
import io.forebay.server.http.route.BodySink;
import io.forebay.server.http.route.Response;
import io.forebay.server.http.route.Route;
import io.forebay.server.http.stream.LiveContent;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: requests one after the other, each answered before the next begins, so pipelined requests are
 * answered in order and a client can keep no more than one body in memory per connection.
 *
 * <p>What can be refused is refused when the head of a request has come (route, method, token, length, media type, budget).
 * The rest of a refused body is read over while it is within the limit, so that the connection lives on; beyond it the
 * answer is sent and the connection closed, after a moment in which what the client still sends is read over, because
 * closing at once would take the answer from it (a reset discards what it has not read).
 *
 * <p>Threads: all fields belong to the channel's event loop. Handlers complete their futures anywhere.
 *
 * <p>Failure: whatever happens, the budget is given back exactly once per request ({@link #endExchange}).
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    /** Event to a connection: answer what is being answered, then close. */
    static final Object STOP = new Object();

    private static final int WAITING_MAX = 32;
    private static final long LINGER_MILLIS = 2_000;
    private static final long STOP_IDLE_MILLIS = 50;
    private static final long LINGER_BYTES_MAX = 8L << 20;

    private final ServerContext server;
    private final LiveAnswer live;
    private final BodyShare share;
    private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();
    private ExchangeState state = ExchangeState.IDLE;
    private boolean pumping;
    /** The next request is here already, and waits until the loop has served others. */
    private boolean yielding;
    private boolean stopping;
    private boolean inputShut;
    private boolean keepAlive;
    private boolean sending;
    private long idleSinceNanos = System.nanoTime();

    // The request at hand.
    private @Nullable HttpRequest head;
    private Verdict verdict = Verdict.NONE;
    private @Nullable BodyBuffer body;
    private @Nullable StreamedBody stream;
    private long announced;
    private long received;
    private Trail trail = Trail.NONE;

    HttpConnection(ServerContext server) {
        this.server = server;
        this.live = new LiveAnswer(server);
        this.share = new BodyShare(server.budget(), server.options().bodyWaitMillis());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HttpObject object)) {
            ReferenceCountUtil.release(message);
            return;
        }
        waiting.add(object);
        pump(ctx);
    }

    private void pump(ChannelHandlerContext ctx) {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (!isBusy() && !waiting.isEmpty()) {
                HttpObject object = waiting.poll();
                try {
                    take(ctx, object);
                } finally {
                    ReferenceCountUtil.release(object);
                }
            }
        } finally {
            pumping = false;
        }
        // Who waits for room keeps next to nothing in memory, and is still seen to leave if he has sent nothing yet.
        int most = state == ExchangeState.QUEUED || isFull() ? 1 : WAITING_MAX;
        readOn(ctx, waiting.size() < most);
        if (inputShut && (!isBusy() || state == ExchangeState.QUEUED && waiting.isEmpty())) {
            // Everything that the client sent is answered, or will never be whole.
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> ctx.close());
        }
    }

    /** The answers of a server that is about to stop ask clients to come back over another connection. */
    private boolean isEnding() {
        return stopping || server.ops().readiness().isDraining();
    }

    /** Whether the next thing that the client sent must wait. */
    private boolean isBusy() {
        return state == ExchangeState.ANSWERING || state == ExchangeState.QUEUED || yielding || isFull();
    }

    private static void readOn(ChannelHandlerContext ctx, boolean isWanted) {
        if (ctx.channel().isActive()) { // a closed one has no socket that could be told
            ctx.channel().config().setAutoRead(isWanted);
        }
    }

    /** Whoever takes the body is slower than it comes. */
    private boolean isFull() {
        return stream != null && stream.isFull();
    }

    private void take(ChannelHandlerContext ctx, HttpObject object) {
        if (state == ExchangeState.LINGERING) {
            linger(ctx, object);
        } else if (object instanceof HttpRequest request) {
            begin(ctx, request);
        } else if (object instanceof HttpContent content) {
            if (content.decoderResult().isFailure()) {
                refuseAndClose(ctx, Refusals.malformed(content.decoderResult().cause()));
            } else {
                content(ctx, content);
            }
        }
    }

    // ---- the head of a request ----

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        head = request;
        verdict = Verdict.NONE;
        body = null;
        received = 0;
        trail = Trail.of(ctx.channel(), request);
        keepAlive = HttpUtil.isKeepAlive(request) && !isEnding();
        Response notHttp = Refusals.notHttp(request);
        if (notHttp != null) {
            refuseAndClose(ctx, notHttp);
            return;
        }
        announced = HttpUtil.isTransferEncodingChunked(request) ? -1 : HttpUtil.getContentLength(request, 0L);
        verdict = Verdict.of(server, request, announced, trail.from());
        body = verdict.keepsBody() ? new BodyBuffer() : null;
        Response refusal = verdict.refusal();
        if (refusal != null) {
            refuse(ctx, request, refusal);
        } else if (body == null || share.ask(announced, ctx.channel().eventLoop(),
                () -> resume(ctx, () -> read(ctx, request)),
                () -> resume(ctx, () -> refuse(ctx, request, Refusals.busy(server, announced))))) {
            read(ctx, request);
        } else {
            state = ExchangeState.QUEUED;
        }
    }

    /** After the wait in the queue. */
    private void resume(ChannelHandlerContext ctx, Runnable step) {
        if (ctx.channel().isActive()) {
            step.run();
            pump(ctx);
        }
    }

    /** The body may come. */
    private void read(ChannelHandlerContext ctx, HttpRequest request) {
        state = ExchangeState.READING;
        BodySink.Source source = verdict.stream();
        if (source == null) {
            goOn(ctx, request);
            return;
        }
        stream = new StreamedBody(verdict.what(), source,
                verdict.request(request, new BodyBuffer(), trail),
                () -> resume(ctx, () -> goOn(ctx, request)), () -> pump(ctx),
                answer -> streamed(ctx, answer), ctx.executor(), source.threads(server.uploads()));
        stream.start();
    }

    /** What became of a body that was taken as it came. */
    private void streamed(ChannelHandlerContext ctx, Response answer) {
        HttpRequest request = head;
        if (state == ExchangeState.ANSWERING || request == null) {
            send(ctx, answer);
        } else {
            refuse(ctx, request, answer);
            pump(ctx);
        }
    }

    private void goOn(ChannelHandlerContext ctx, HttpRequest request) {
        if (state == ExchangeState.READING && HttpUtil.is100ContinueExpected(request)) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                    HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
    }

    private void refuse(ChannelHandlerContext ctx, HttpRequest request, Response refusal) {
        if (HttpUtil.is100ContinueExpected(request) || announced > server.options().bodyBytesMax()) {
            // Whether a client that asked sends the body after a refusal is not known: close.
            refuseAndClose(ctx, refusal);
        } else {
            dropBody();
            state = ExchangeState.DISCARDING;
            send(ctx, refusal);
        }
    }

    // ---- its body ----

    private void content(ChannelHandlerContext ctx, HttpContent content) {
        charge(content);
        if (received > bytesMax()) {
            refuseAndClose(ctx, Refusals.tooLarge());
            return;
        }
        boolean last = content instanceof LastHttpContent;
        if (state == ExchangeState.DISCARDING) {
            if (last) {
                next(ctx);
            }
            return;
        }
        if (state != ExchangeState.READING) {
            return;
        }
        if (stream != null) {
            stream.give(content.content());
            if (last) {
                state = ExchangeState.ANSWERING;
                stream.end();
            }
            return;
        }
        if (body != null) {
            if (!share.covers(received)) {
                state = ExchangeState.DISCARDING;
                send(ctx, Refusals.busy(server, received));
                if (last) {
                    next(ctx);
                }
                return;
            }
            body.append(content.content(), announced);
        }
        if (last) {
            handle(ctx);
        }
    }

    /** As they come, so that a body which is refused or cut off counts too. */
    private void charge(HttpContent content) {
        int bytes = content.content().readableBytes();
        received += bytes;
        server.ops().rates().received(verdict.who(), trail.from(), bytes);
    }

    private long bytesMax() {
        return stream == null ? server.options().bodyBytesMax() : stream.bytesMax();
    }

    private void handle(ChannelHandlerContext ctx) {
        state = ExchangeState.ANSWERING;
        HttpRequest request = head;
        Route found = verdict.route();
        if (request == null || found == null) {
            throw new IllegalStateException("a body without a request");
        }
        BodyBuffer whole = body == null ? new BodyBuffer() : body;
        body = null;
        new Handling(server, verdict, request, trail).run(ctx, found, whole, () -> {
            if (found.keepsNoBody()) {
                share.end(); // an ack that is held back must not hold back the bodies of others
            }
        }, response -> send(ctx, response));
    }

    // ---- answers ----

    private void send(ChannelHandlerContext ctx, Response response) {
        HttpRequest request = head;
        LiveContent feed = response.live();
        if (request == null || !ctx.channel().isActive()) {
            if (request != null) {
                new Handling(server, verdict, request, trail).unsent(response);
            } else if (feed != null) {
                feed.close();
            }
            endExchange();
            return;
        }
        if (feed != null) {
            keepAlive = false;
            Principal follower = verdict.who();
            int status = live.start(ctx.channel(), request, response, trail, feed,
                    () -> server.guard().isStillValid(follower), () -> next(ctx));
            trail.answered(server, verdict, request, status, response);
            if (inputShut) {
                ctx.close(); // as if it were shut now
            }
            return;
        }
        keepAlive &= !isEnding();
        DefaultFullHttpResponse http = Rendering.of(ctx.alloc(), response, verdict.what());
        server.cors().apply(request, http.headers());
        trail.stamp(http.headers());
        HttpUtil.setKeepAlive(http.headers(), request.protocolVersion(), keepAlive);
        trail.answered(server, verdict, request, http.status().code(), response);
        boolean answering = state == ExchangeState.ANSWERING;
        sending = true;
        ctx.writeAndFlush(http).addListener((ChannelFuture written) -> {
            sending = false;
            if (!written.isSuccess() || answering && !keepAlive) {
                endExchange();
                ctx.close();
            } else if (answering) {
                next(ctx);
            }
        });
    }

    /** The request at hand is over. */
    private void next(ChannelHandlerContext ctx) {
        endExchange();
        idleSinceNanos = System.nanoTime();
        if (keepAlive && !stopping) {
            state = ExchangeState.IDLE;
            yielding = !waiting.isEmpty();
            if (yielding) {
                HttpThreads.soonOnLoop(ctx.executor(), () -> {
                    yielding = false;
                    pump(ctx);
                });
            } else {
                pump(ctx);
            }
        } else {
            closeWhenSent(ctx);
        }
    }

    private void endExchange() {
        share.end();
        head = null;
        dropBody();
    }

    private void dropBody() {
        body = null;
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }

    private void refuseAndClose(ChannelHandlerContext ctx, Response response) {
        boolean refusedBefore = state == ExchangeState.DISCARDING;
        keepAlive = false;
        state = ExchangeState.LINGERING;
        received = 0;
        if (!refusedBefore) {
            send(ctx, response);
        }
        closeWhenSent(ctx);
    }

    private void closeWhenSent(ChannelHandlerContext ctx) {
        endExchange();
        state = ExchangeState.LINGERING;
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            HalfClose.output(ctx.channel());
        });
        ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void linger(ChannelHandlerContext ctx, HttpObject object) {
        if (object instanceof HttpContent content) {
            charge(content);
            if (received > LINGER_BYTES_MAX) {
                ctx.close();
            }
        }
    }

    // ---- what else happens to a connection ----

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            stalled(ctx);
        } else if (event == STOP) {
            stopping = true;
            live.stop();
            closeIfIdle(ctx);
        } else if (event instanceof ChannelInputShutdownEvent) {
            // A client that sends no more may still wait for the answers to what it has sent.
            inputShut = true;
            if (live.isOn()) {
                ctx.close(); // nobody listens to a feed with half of a connection
            }
            pump(ctx);
        }
    }

    /** A moment later: a request may be here already and not have been read. */
    private void closeIfIdle(ChannelHandlerContext ctx) {
        ctx.executor().schedule(() -> {
            if (state == ExchangeState.IDLE) {
                ctx.close();
            }
        }, STOP_IDLE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void stalled(ChannelHandlerContext ctx) {
        if (live.isOn()) {
            if (live.isStalled() || !server.guard().isStillValid(verdict.who())) {
                ctx.close();
            }
            return;
        }
        long idleMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - idleSinceNanos);
        if (state == ExchangeState.READING) {
            if (!isFull()) { // else it is ourselves who do not get on
                refuseAndClose(ctx, Response.empty(408));
            }
        } else if (state == ExchangeState.IDLE
                ? idleMillis >= server.options().keepAliveMillis()
                : !isBusy() || sending) {
            ctx.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        live.wake();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        server.channels().add(ctx.channel());
        if (server.channels().size() > server.options().connectionsMax()) {
            keepAlive = false;
            ctx.writeAndFlush(
                    Rendering.of(ctx.alloc(), Refusals.full(server.options().connectionsMax()), null))
                    .addListener(sent -> ctx.close());
            state = ExchangeState.LINGERING;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        while (!waiting.isEmpty()) {
            ReferenceCountUtil.release(waiting.poll());
        }
        live.close();
        if (state != ExchangeState.ANSWERING) {
            endExchange();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        BrokenConnections.tell(ctx.channel(), cause);
        ctx.close();
    }
}
