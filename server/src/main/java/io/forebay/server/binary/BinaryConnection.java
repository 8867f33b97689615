package io.forebay.server.binary;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.forebay.server.auth.Principal;
import io.forebay.server.binary.FrameReceiver.Verdict;
import io.forebay.server.http.BrokenConnections;
import io.forebay.server.http.HttpThreads;
import io.forebay.server.http.Trail;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: its hello, its requests in the order in which they come, their answers in the order in which they are
 * ready.
 *
 * <p>Threads: the connection's event loop; answers of other threads come there as tasks. What the client sends is read
 * no further while it does not take its answers, or while there is no room for a large frame ({@link Admission}).
 *
 * <p>Invariants: every request that was not passed over for want of a connection is answered once; its bytes are given back
 * to the client's credit once they are not kept any more; {@link Credit}.
 *
 * <p>Failure: what breaks the protocol is told in an {@code ERROR} about the connection, which is closed then; everything
 * else is the answer of one request.
 */
final class BinaryConnection extends ChannelInboundHandlerAdapter
        implements
            FrameReceiver.Listener,
            Admission.Connection {
    /** To connections that are to end: answers what is open, takes nothing new. */
    static final Object STOP = new Object();
    /** To connections of a server that is about to stop: clients are asked to go, and served as long as they stay. */
    static final Object DRAIN = new Object();

    private static final Logger LOG = LoggerFactory.getLogger(BinaryConnection.class);

    private enum State {
        PREFACE, HELLO, READY, CLOSING
    }

    private final BinaryServer server;
    private final boolean tooMany;
    private final FrameReceiver receiver;
    private final Credit credit;
    private final Outgoing out;
    private final Admission admission;
    private final Preface preface = new Preface();
    private final OpenRequests open = new OpenRequests();
    private final Channel channel;
    private final ScheduledFuture<?> clock;
    private State state = State.PREFACE;
    private final String from;
    private Principal who = Principal.STRANGER;
    private boolean stopping;
    private boolean isToldToGo;
    private long heardNanos = System.nanoTime();

    /** @param tooMany it is told that it is, and closed */
    BinaryConnection(BinaryServer server, Channel channel, boolean tooMany) {
        this.server = server;
        this.tooMany = tooMany;
        this.channel = channel;
        this.from = Trail.address(channel);
        this.credit = new Credit(server.options().windowBytes());
        this.out = new Outgoing(channel, credit, server.options().tls() != null);
        this.admission = new Admission(server, channel, this, open, credit);
        this.receiver = new FrameReceiver(channel.alloc(), this);
        this.clock = server.clock(channel, this::lookAtTheClock);
    }

    FrameReceiver receiver() {
        return receiver;
    }

    // ---- bytes ----

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        heardNanos = System.nanoTime();
        ByteBuf in = (ByteBuf) message;
        if (state == State.CLOSING) {
            in.release();
            return;
        }
        try {
            if (state == State.PREFACE) {
                readPreface(in);
            }
            if (state == State.HELLO || state == State.READY) {
                receiver.read(in);
            } else {
                in.release();
            }
        } catch (IllegalArgumentException malformed) {
            fatal(Failures.of(ErrorCode.INVALID_ARGUMENT, String.valueOf(malformed.getMessage())));
        }
    }

    private void readPreface(ByteBuf in) {
        if (preface.read(in)) {
            if (preface.isRight()) {
                state = State.HELLO;
            } else {
                strange();
            }
        }
    }

    private void strange() {
        String told = preface.answerToHttp();
        if (told != null) {
            state = State.CLOSING;
            out.text(told);
        } else {
            fatal(Failures.of(ErrorCode.INVALID_ARGUMENT, Preface.STRANGE));
        }
    }

    // ---- frames ----

    @Override
    public Verdict begins(FrameHeader header) {
        if (state == State.CLOSING) {
            return Verdict.PASS_OVER;
        }
        return admission.of(header, state == State.HELLO);
    }

    @Override
    public void resume(Verdict verdict) {
        try {
            receiver.resume(verdict);
        } catch (IllegalArgumentException malformed) {
            fatal(Failures.of(ErrorCode.INVALID_ARGUMENT, String.valueOf(malformed.getMessage())));
        }
    }

    @Override
    public Principal who() {
        return who;
    }

    @Override
    public String from() {
        return from;
    }

    @Override
    public boolean isStopping() {
        return stopping;
    }

    @Override
    public void frame(FrameHeader header, ByteBuf content) {
        FrameType type = FrameType.of(header.typeCode());
        if (state == State.CLOSING || type == null) {
            return;
        }
        long start = System.nanoTime();
        CompletableFuture<Reply> answer = null;
        try {
            byte[] bytes = new byte[header.headBytes()];
            content.getBytes(content.readerIndex(), bytes);
            Fields head = Fields.decode(bytes);
            int padded = FrameHeader.padded(header.headBytes());
            ByteBuf payload = content.slice(content.readerIndex() + padded, content.readableBytes() - padded);
            answer = handle(type, header, head, payload);
        } catch (Throwable thrown) {
            if (FrameRules.isAboutConnection(type)) {
                fatal(Failures.of(thrown, type.name()));
                return;
            }
            answer = CompletableFuture.failedFuture(thrown);
        }
        admission.end();
        if (type != FrameType.HELLO) {
            credit.free(header.frameBytes());
        }
        if (answer != null) {
            answer.whenComplete((reply, thrown) -> HttpThreads.onLoop(channel.eventLoop(), () -> told(type,
                    header, start, thrown == null ? reply : Failures.of(thrown, type.name()))));
        } else if (credit.isDue()) {
            out.say(FrameType.CREDIT, 0, new Fields());
        }
    }

    /** Null for what has no answer of its own, or a feed's. */
    private @Nullable CompletableFuture<Reply> handle(FrameType type, FrameHeader header, Fields head,
            ByteBuf payload) {
        switch (type) {
            case HELLO -> hello(head);
            case PING -> out.say(FrameType.PONG, header.requestId(), new Fields());
            case PONG -> {
                // It was heard of.
            }
            case CREDIT -> open.feed(header.requestId(),
                    feed -> feed.credit(Integer.toUnsignedLong(header.credit())));
            case CANCEL -> open.feed(header.requestId(), feed -> feed.stop(Reply.of(new Fields())));
            case CHANGES -> {
                long id = header.requestId();
                BinaryFeed feed = server.requests().changes(channel, header, head, who,
                        last -> HttpThreads.onLoop(channel.eventLoop(),
                                () -> answer(type, id, System.nanoTime(), last.atEnd())));
                open.follow(id, feed);
                feed.start();
            }
            default -> {
                return server.requests().answer(type, header, head, payload, who, from);
            }
        }
        return null;
    }

    private void hello(Fields hello) {
        if (tooMany) {
            fatal(server.tooMany());
            return;
        }
        Reply strange = Greeting.refusal(hello);
        if (strange != null) {
            fatal(strange);
            return;
        }
        try {
            who = server.requests().identify(hello, from);
        } catch (ForebayException unknown) {
            fatal(Failures.of(unknown, "HELLO"));
            return;
        }
        state = State.READY;
        LOG.debug("{} is {}", channel.remoteAddress(), hello.text("client"));
        out.say(FrameType.HELLO_OK, 0, Greeting.welcome(server.options(), server.frameBytesMax()));
    }

    // ---- answers ----

    private void told(FrameType type, FrameHeader header, long startNanos, Reply reply) {
        server.log().answered(header, type, who, from, reply, System.nanoTime() - startNanos);
        answer(type, header.requestId(), startNanos, reply);
    }

    @Override
    public void answer(FrameType type, long requestId, long startNanos, Reply reply) {
        OpenRequests.Ended was = open.end(requestId);
        if (was == OpenRequests.Ended.READ) {
            HttpThreads.soonOnLoop(channel.eventLoop(), admission::release);
        }
        if (was == OpenRequests.Ended.NONE || !channel.isActive()) {
            return;
        }
        server.answered(type, reply.status(), System.nanoTime() - startNanos);
        out.answer(type, requestId, reply);
        if (stopping && open.isEmpty()) {
            closeWhenSent();
        }
    }

    @Override
    public void fatal(Reply reply) {
        if (state != State.CLOSING) {
            state = State.CLOSING;
            out.fatal(reply);
        }
    }

    private void closeWhenSent() {
        state = State.CLOSING;
        out.closeWhenSent();
    }

    // ---- what else happens to a connection ----

    /** Called every while: asks whether the client is there. */
    void lookAtTheClock() {
        long silentMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heardNanos);
        long heartbeat = server.options().heartbeatMillis();
        if (!channel.config().isAutoRead() && channel.isWritable()) {
            heardNanos = System.nanoTime(); // nothing is read, so nothing is heard
        } else if (silentMillis >= 3 * heartbeat) {
            channel.close();
        } else if (silentMillis >= heartbeat && state == State.READY) {
            out.say(FrameType.PING, 0, new Fields());
        }
        if (state == State.READY && !server.requests().isStillValid(who)) {
            fatal(Failures.of(ErrorCode.UNAUTHENTICATED, "the token is not valid any more"));
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        admission.readOrNot();
        admission.release();
        open.feeds(feed -> feed.wake());
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == STOP) {
            stop();
        } else if (event == DRAIN) {
            goAway("the server is about to stop");
        }
        context.fireUserEventTriggered(event);
    }

    private void stop() {
        stopping = true;
        goAway("the server is stopping");
        Reply stopped = Failures.of(ErrorCode.UNAVAILABLE, "the server is stopping");
        open.feeds(feed -> feed.stop(stopped));
        if (open.isEmpty()) {
            closeWhenSent();
        }
    }

    private void goAway(String why) {
        if (state == State.READY && !isToldToGo) {
            isToldToGo = true;
            out.say(FrameType.GOAWAY, 0, new Fields().put("message", why));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        state = State.CLOSING;
        clock.cancel(false);
        receiver.close();
        admission.end();
        open.feeds(feed -> feed.close());
        open.clear();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        BrokenConnections.tell(channel, cause);
        channel.close();
    }
}
