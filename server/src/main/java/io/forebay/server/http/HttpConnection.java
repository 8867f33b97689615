package io.forebay.server.http;

import io.forebay.server.http.route.Response;
import io.forebay.server.http.route.Route;
import io.netty.buffer.Unpooled;
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
import java.util.concurrent.TimeUnit;

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
 * <p>Failure: whatever happens, the budget is given back exactly once per request ({@link RequestAtHand#end}).
 */
final class HttpConnection extends ChannelInboundHandlerAdapter
        implements
            Arrivals.Taker,
            Answers.Connection {
    /** Event to a connection: answer what is being answered, then close. */
    static final Object STOP = new Object();

    private static final long LINGER_MILLIS = 2_000;
    private static final long STOP_IDLE_MILLIS = 50;
    private static final long LINGER_BYTES_MAX = 8L << 20;

    private final ServerContext server;
    private final Arrivals arrivals = new Arrivals(this);
    private final RequestAtHand request;
    private final Answers answers;
    private ExchangeState state = ExchangeState.IDLE;
    private boolean inputShut;
    private long idleSinceNanos = System.nanoTime();

    HttpConnection(ServerContext server) {
        this.server = server;
        this.request = new RequestAtHand(server);
        this.answers = new Answers(server, request, this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HttpObject object)) {
            ReferenceCountUtil.release(message);
            return;
        }
        arrivals.add(ctx, object);
    }

    // ---- what came ----

    @Override
    public boolean isBusy() {
        return state == ExchangeState.ANSWERING || state == ExchangeState.QUEUED || request.isFull();
    }

    /** Who waits for room keeps next to nothing in memory, and is still seen to leave if he has sent nothing yet. */
    @Override
    public boolean wantsLittle() {
        return state == ExchangeState.QUEUED || request.isFull();
    }

    @Override
    public void taken(ChannelHandlerContext ctx) {
        if (inputShut && (!arrivals.isBusy() || state == ExchangeState.QUEUED && arrivals.isEmpty())) {
            // Everything that the client sent is answered, or will never be whole.
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> ctx.close());
        }
    }

    @Override
    public void take(ChannelHandlerContext ctx, HttpObject object) {
        if (state == ExchangeState.LINGERING) {
            linger(ctx, object);
        } else if (object instanceof HttpRequest head) {
            begin(ctx, head);
        } else if (object instanceof HttpContent content) {
            if (content.decoderResult().isFailure()) {
                refuseAndClose(ctx, Refusals.malformed(content.decoderResult().cause()));
            } else {
                content(ctx, content);
            }
        }
    }

    // ---- the head of a request ----

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        request.begin(ctx, head);
        answers.begin(head);
        Response notHttp = Refusals.notHttp(head);
        if (notHttp != null) {
            refuseAndClose(ctx, notHttp);
            return;
        }
        Response refusal = request.judge(head).refusal();
        if (refusal != null) {
            refuse(ctx, head, refusal);
        } else if (request.asksForRoom(ctx.channel().eventLoop(), () -> resume(ctx, () -> read(ctx, head)),
                () -> resume(ctx, () -> refuse(ctx, head, request.busy())))) {
            read(ctx, head);
        } else {
            state = ExchangeState.QUEUED;
        }
    }

    /** After the wait in the queue. */
    private void resume(ChannelHandlerContext ctx, Runnable step) {
        if (ctx.channel().isActive()) {
            step.run();
            arrivals.pump(ctx);
        }
    }

    /** The body may come. */
    private void read(ChannelHandlerContext ctx, HttpRequest head) {
        state = ExchangeState.READING;
        StreamedBody stream = request.stream(ctx, head, () -> resume(ctx, () -> goOn(ctx, head)),
                () -> arrivals.pump(ctx), answer -> streamed(ctx, answer));
        if (stream == null) {
            goOn(ctx, head);
        } else {
            stream.start();
        }
    }

    /** What became of a body that was taken as it came. */
    private void streamed(ChannelHandlerContext ctx, Response answer) {
        HttpRequest head = request.head();
        if (state == ExchangeState.ANSWERING || head == null) {
            answers.send(ctx, answer);
        } else {
            refuse(ctx, head, answer);
            arrivals.pump(ctx);
        }
    }

    private void goOn(ChannelHandlerContext ctx, HttpRequest head) {
        if (state == ExchangeState.READING && HttpUtil.is100ContinueExpected(head)) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                    HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
    }

    private void refuse(ChannelHandlerContext ctx, HttpRequest head, Response refusal) {
        if (HttpUtil.is100ContinueExpected(head) || request.isAnnouncedTooLong()) {
            // Whether a client that asked sends the body after a refusal is not known: close.
            refuseAndClose(ctx, refusal);
        } else {
            request.dropBody();
            state = ExchangeState.DISCARDING;
            answers.send(ctx, refusal);
        }
    }

    // ---- its body ----

    private void content(ChannelHandlerContext ctx, HttpContent content) {
        request.charge(content);
        if (request.isTooLong()) {
            refuseAndClose(ctx, Refusals.tooLarge());
            return;
        }
        boolean last = content instanceof LastHttpContent;
        if (state == ExchangeState.READING) {
            body(ctx, content, last);
        }
        if (last && state == ExchangeState.DISCARDING) {
            next(ctx);
        }
    }

    private void body(ChannelHandlerContext ctx, HttpContent content, boolean last) {
        StreamedBody stream = request.stream();
        if (stream != null) {
            stream.give(content.content());
            if (last) {
                state = ExchangeState.ANSWERING;
                stream.end();
            }
        } else if (!request.keep(content.content())) {
            state = ExchangeState.DISCARDING;
            answers.send(ctx, request.busy(request.received()));
        } else if (last) {
            handle(ctx);
        }
    }

    private void handle(ChannelHandlerContext ctx) {
        state = ExchangeState.ANSWERING;
        HttpRequest head = request.head();
        Route found = request.verdict().route();
        if (head == null || found == null) {
            throw new IllegalStateException("a body without a request");
        }
        request.handling(head).run(ctx, found, request.whole(), () -> request.begun(found),
                response -> answers.send(ctx, response));
    }

    // ---- answers ----

    @Override
    public boolean isAnswering() {
        return state == ExchangeState.ANSWERING;
    }

    @Override
    public boolean isInputShut() {
        return inputShut;
    }

    @Override
    public void next(ChannelHandlerContext ctx) {
        request.end();
        idleSinceNanos = System.nanoTime();
        if (answers.isLast()) {
            closeWhenSent(ctx);
        } else {
            state = ExchangeState.IDLE;
            arrivals.next(ctx);
        }
    }

    private void refuseAndClose(ChannelHandlerContext ctx, Response response) {
        boolean refusedBefore = state == ExchangeState.DISCARDING;
        answers.last();
        state = ExchangeState.LINGERING;
        request.forgetReceived();
        if (!refusedBefore) {
            answers.send(ctx, response);
        }
        closeWhenSent(ctx);
    }

    private void closeWhenSent(ChannelHandlerContext ctx) {
        request.end();
        state = ExchangeState.LINGERING;
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> HalfClose.output(ctx.channel()));
        ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void linger(ChannelHandlerContext ctx, HttpObject object) {
        if (object instanceof HttpContent content) {
            request.charge(content);
            if (request.received() > LINGER_BYTES_MAX) {
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
            answers.stop();
            closeIfIdle(ctx);
        } else if (event instanceof ChannelInputShutdownEvent) {
            // A client that sends no more may still wait for the answers to what it has sent.
            inputShut = true;
            if (answers.live().isOn()) {
                ctx.close(); // nobody listens to a feed with half of a connection
            }
            arrivals.pump(ctx);
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
        if (answers.live().isOn()) {
            if (answers.live().isStalled() || !server.guard().isStillValid(request.verdict().who())) {
                ctx.close();
            }
            return;
        }
        long idleMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - idleSinceNanos);
        if (state == ExchangeState.READING) {
            if (!request.isFull()) { // else it is ourselves who do not get on
                refuseAndClose(ctx, Response.empty(408));
            }
        } else if (state == ExchangeState.IDLE
                ? idleMillis >= server.options().keepAliveMillis()
                : !isBusy() || answers.isSending()) {
            ctx.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        answers.live().wake();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        server.channels().add(ctx.channel());
        if (server.channels().size() > server.options().connectionsMax()) {
            answers.last();
            ctx.writeAndFlush(
                    Rendering.of(ctx.alloc(), Refusals.full(server.options().connectionsMax()), null))
                    .addListener(sent -> ctx.close());
            state = ExchangeState.LINGERING;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        arrivals.release();
        answers.live().close();
        if (state != ExchangeState.ANSWERING) {
            request.end();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        BrokenConnections.tell(ctx.channel(), cause);
        ctx.close();
    }
}
