package io.forebay.server.binary;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.forebay.server.auth.Principal;
import io.forebay.server.binary.FrameReceiver.Verdict;
import io.forebay.server.http.BodyShare;
import io.forebay.server.http.BrokenConnections;
import io.forebay.server.http.HttpThreads;
import io.forebay.server.http.Trail;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: its hello, its requests in the order in which they come, their answers in the order in which they are
 * ready.
 *
 * <p>Threads: the connection's event loop; answers of other threads come there as tasks. What the client sends is read
 * no further while it does not take its answers, or while there is no room for a large frame ({@link BodyShare}).
 *
 * <p>Invariants: every request that was not passed over for want of a connection is answered once; its bytes are given back
 * to the client's credit once they are not kept any more; {@link Credit}.
 *
 * <p>Failure: what breaks the protocol is told in an {@code ERROR} about the connection, which is closed then; everything
 * else is the answer of one request.
 */
final class BinaryConnection extends ChannelInboundHandlerAdapter implements FrameReceiver.Listener {
    /** To connections that are to end: answers what is open, takes nothing new. */
    static final Object STOP = new Object();
    /** To connections of a server that is about to stop: clients are asked to go, and served as long as they stay. */
    static final Object DRAIN = new Object();

    private static final Logger LOG = LoggerFactory.getLogger(BinaryConnection.class);
    private static final long LINGER_MILLIS = 500;
    private static final int SHARED_BYTES_MIN = 64 << 10;
    /** Of requests whose answers may be large, at once; what comes behind waits, unread. */
    private static final int READS_MAX = 64;
    private static final Object OPEN = new Object();
    /** One of {@link #READS_MAX}. */
    private static final Object READ = new Object();

    private enum State {
        PREFACE, HELLO, READY, CLOSING
    }

    private final BinaryServer server;
    private final boolean tooMany;
    private final BodyShare share;
    private final FrameReceiver receiver;
    private final Credit credit;
    private final Preface preface = new Preface();
    /** Requests that are not answered, feeds as what they are. */
    private final LongObjectHashMap<Object> open = new LongObjectHashMap<>();
    private final Channel channel;
    private final ScheduledFuture<?> clock;
    private State state = State.PREFACE;
    private final String from;
    private Principal who = Principal.STRANGER;
    private boolean stopping;
    private boolean isToldToGo;
    private boolean flushing;
    /** For room among the bodies, or until some of the answers are taken. */
    private boolean waiting;
    /** The request that waits for the latter. */
    private @Nullable FrameHeader held;
    private int reads;
    private long heardNanos = System.nanoTime();

    /** @param tooMany it is told that it is, and closed */
    BinaryConnection(BinaryServer server, Channel channel, boolean tooMany) {
        this.server = server;
        this.tooMany = tooMany;
        this.channel = channel;
        this.from = Trail.address(channel);
        this.share = server.newShare();
        this.credit = new Credit(server.options().windowBytes());
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
            channel.writeAndFlush(ByteBufUtil.writeAscii(channel.alloc(), told))
                    .addListener(sent -> closeSoon());
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
        FrameType type = FrameType.of(header.typeCode());
        Reply wrong = wrong(type, header);
        if (wrong != null) {
            fatal(wrong);
            return Verdict.PASS_OVER;
        }
        if (type != FrameType.HELLO && !credit.spend(header.frameBytes())) {
            fatal(Failures.of(ErrorCode.INVALID_ARGUMENT, "a frame was begun without credit (window_bytes)"));
            return Verdict.PASS_OVER;
        }
        return type == null || FrameRules.isAboutConnection(type) ? Verdict.TAKE : mayCome(type, header);
    }

    /** Null when the frame keeps to the protocol. */
    private @Nullable Reply wrong(@Nullable FrameType type, FrameHeader header) {
        Reply form = FrameRules.violation(type, header, server.frameBytesMax(), state == State.HELLO);
        if (form != null || type == null || FrameRules.isAboutConnection(type)) {
            return form;
        }
        if (header.requestId() == 0 || open.containsKey(header.requestId())) {
            return Failures.of(ErrorCode.INVALID_ARGUMENT,
                    "request id " + header.requestId() + " is 0, or that of a request under way");
        }
        return open.size() < server.options().requestsMax()
                ? null
                : Failures.of(ErrorCode.INVALID_ARGUMENT, "more than " + server.options().requestsMax()
                        + " requests are unanswered (requests_max)");
    }

    private Verdict mayCome(FrameType type, FrameHeader header) {
        open.put(header.requestId(), OPEN);
        try {
            if (stopping) {
                throw new ForebayException(ErrorCode.UNAVAILABLE, "the server is stopping");
            }
            if (!server.requests().isStillValid(who)) {
                fatal(Failures.of(ErrorCode.UNAUTHENTICATED, "the token is not valid any more"));
                return Verdict.PASS_OVER;
            }
            server.rates().admit(who, from);
            server.rates().received(who, from, header.frameBytes());
            if (type == FrameType.WRITE) {
                server.checkMemory();
            }
        } catch (ForebayException refused) {
            passOver(type, header, Failures.of(refused, type.name()));
            return Verdict.PASS_OVER;
        }
        if (FrameRules.isRead(type) && !mayRead()) {
            held = header;
            waiting = true;
            readOrNot();
            return Verdict.WAIT;
        }
        return room(type, header);
    }

    private boolean mayRead() {
        return reads < READS_MAX && channel.isWritable();
    }

    /** Goes on with the request that waited for answers to be taken. */
    private void release() {
        FrameHeader header = held;
        FrameType type = header == null ? null : FrameType.of(header.typeCode());
        if (header != null && type != null && mayRead()) {
            held = null;
            if (room(type, header) == Verdict.TAKE) {
                resume(Verdict.TAKE);
            }
        }
    }

    private Verdict room(FrameType type, FrameHeader header) {
        if (FrameRules.isRead(type)) {
            reads++;
            open.put(header.requestId(), READ);
        }
        if (header.frameBytes() < SHARED_BYTES_MIN || share.ask(header.frameBytes(), channel.eventLoop(),
                () -> resume(Verdict.TAKE), () -> {
                    passOver(type, header, server.busy(header.frameBytes()));
                    resume(Verdict.PASS_OVER);
                })) {
            return Verdict.TAKE;
        }
        waiting = true;
        readOrNot();
        return Verdict.WAIT;
    }

    private void passOver(FrameType type, FrameHeader header, Reply reply) {
        credit.free(header.frameBytes());
        send(type, header.requestId(), System.nanoTime(), reply);
    }

    private void resume(Verdict verdict) {
        waiting = false;
        try {
            receiver.resume(verdict);
        } catch (IllegalArgumentException malformed) {
            fatal(Failures.of(ErrorCode.INVALID_ARGUMENT, String.valueOf(malformed.getMessage())));
        }
        readOrNot();
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
        share.end();
        if (type != FrameType.HELLO) {
            credit.free(header.frameBytes());
        }
        if (answer != null) {
            answer.whenComplete((reply, thrown) -> HttpThreads.onLoop(channel.eventLoop(), () -> send(type,
                    header, start, thrown == null ? reply : Failures.of(thrown, type.name()))));
        } else if (credit.isDue()) {
            write(Frames.of(channel.alloc(), FrameType.CREDIT, 0, 0, new Fields(), credit.give()));
        }
    }

    /** Null for what has no answer of its own, or a feed's. */
    private @Nullable CompletableFuture<Reply> handle(FrameType type, FrameHeader header, Fields head,
            ByteBuf payload) {
        switch (type) {
            case HELLO -> hello(head);
            case PING -> write(Frames.of(channel.alloc(), FrameType.PONG, 0, header.requestId(), new Fields(),
                    credit.give()));
            case PONG -> {
                // It was heard of.
            }
            case CREDIT -> {
                if (open.get(header.requestId()) instanceof BinaryFeed feed) {
                    feed.credit(Integer.toUnsignedLong(header.credit()));
                }
            }
            case CANCEL -> {
                if (open.get(header.requestId()) instanceof BinaryFeed feed) {
                    feed.stop(Reply.of(new Fields()));
                }
            }
            case CHANGES -> {
                long id = header.requestId();
                BinaryFeed feed = server.requests().changes(channel, header, head, who,
                        last -> HttpThreads.onLoop(channel.eventLoop(),
                                () -> send(type, id, System.nanoTime(), last.atEnd())));
                open.put(id, feed);
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
        write(Frames.of(channel.alloc(), FrameType.HELLO_OK, 0, 0,
                Greeting.welcome(server.options(), server.frameBytesMax()), 0));
    }

    // ---- answers ----

    private void send(FrameType type, FrameHeader header, long startNanos, Reply reply) {
        server.log().answered(header, type, who, from, reply, System.nanoTime() - startNanos);
        send(type, header.requestId(), startNanos, reply);
    }

    private void send(FrameType type, long requestId, long startNanos, Reply reply) {
        Object was = open.remove(requestId);
        if (was == READ) {
            reads--;
            HttpThreads.soonOnLoop(channel.eventLoop(), this::release);
        }
        if (was == null || !channel.isActive()) {
            return;
        }
        server.answered(type, reply.status(), System.nanoTime() - startNanos);
        ByteBuf frame;
        int given = credit.give();
        try {
            frame = Frames.of(channel.alloc(), reply, requestId, given);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            Reply failed = Failures.of(e, type.name());
            frame = Frames.of(channel.alloc(), FrameType.ERROR, failed.status(), requestId, failed.head(),
                    given);
        }
        write(frame);
        if (stopping && open.isEmpty()) {
            closeWhenSent();
        }
    }

    /** Flushed with what else is written in this turn of the loop. */
    private void write(ByteBuf frame) {
        channel.write(frame);
        if (!flushing) {
            flushing = true;
            HttpThreads.soonOnLoop(channel.eventLoop(), () -> {
                flushing = false;
                channel.flush();
            });
        }
    }

    private void fatal(Reply reply) {
        if (state == State.CLOSING) {
            return;
        }
        state = State.CLOSING;
        write(Frames.of(channel.alloc(), FrameType.ERROR, reply.status(), 0, reply.head(), 0));
        closeWhenSent();
    }

    private void closeWhenSent() {
        state = State.CLOSING;
        channel.writeAndFlush(channel.alloc().buffer(0)).addListener(sent -> closeSoon());
    }

    /** A client that is still sending would not read the last frame if the connection were reset. */
    private void closeSoon() {
        if (channel.isActive()) {
            if (channel instanceof DuplexChannel duplex && server.options().tls() == null) {
                duplex.shutdownOutput();
            }
            channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        }
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
            write(Frames.of(channel.alloc(), FrameType.PING, 0, 0, new Fields(), credit.give()));
        }
        if (state == State.READY && !server.requests().isStillValid(who)) {
            fatal(Failures.of(ErrorCode.UNAUTHENTICATED, "the token is not valid any more"));
        }
    }

    private void readOrNot() {
        channel.config().setAutoRead(!waiting && channel.isWritable());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        readOrNot();
        release();
        feeds(feed -> feed.wake());
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
        feeds(feed -> feed.stop(stopped));
        if (open.isEmpty()) {
            closeWhenSent();
        }
    }

    private void feeds(Consumer<BinaryFeed> each) {
        for (Object request : open.values()) {
            if (request instanceof BinaryFeed feed) {
                each.accept(feed);
            }
        }
    }

    private void goAway(String why) {
        if (state == State.READY && !isToldToGo) {
            isToldToGo = true;
            write(Frames.of(channel.alloc(), FrameType.GOAWAY, 0, 0, new Fields().put("message", why),
                    credit.give()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        state = State.CLOSING;
        clock.cancel(false);
        receiver.close();
        share.end();
        feeds(feed -> feed.close());
        open.clear();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        BrokenConnections.tell(channel, cause);
        channel.close();
    }
}
