package io.forebay.server.binary;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.forebay.server.auth.Principal;
import io.forebay.server.binary.FrameReceiver.Verdict;
import io.forebay.server.http.BodyShare;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Lets the frames of one connection come, when their headers are there: those that keep to the protocol, have credit, may be
 * asked for, and for which there is room. What waits keeps what comes behind it from being read.
 *
 * <p>Threads: the connection's event loop.
 *
 * <p>Invariant: a frame that is passed over is answered, and its bytes are free again.
 */
final class Admission {
    private static final int SHARED_BYTES_MIN = 64 << 10;

    /** Whose frames they are. */
    interface Connection {
        Principal who();

        String from();

        boolean isStopping();

        void answer(FrameType type, long requestId, long startNanos, Reply reply);

        void fatal(Reply reply);

        /** Of a frame that waited. */
        void resume(Verdict verdict);
    }

    private final BinaryServer server;
    private final Channel channel;
    private final Connection connection;
    private final OpenRequests open;
    private final Credit credit;
    private final BodyShare share;
    /** For room among the bodies, or until some of the answers are taken. */
    private boolean waiting;
    /** The request that waits for the latter. */
    private @Nullable FrameHeader held;

    Admission(BinaryServer server, Channel channel, Connection connection, OpenRequests open, Credit credit) {
        this.server = server;
        this.channel = channel;
        this.connection = connection;
        this.open = open;
        this.credit = credit;
        this.share = server.newShare();
    }

    /** @param helloIsDue nothing else may come yet */
    Verdict of(FrameHeader header, boolean helloIsDue) {
        FrameType type = FrameType.of(header.typeCode());
        Reply wrong = wrong(type, header, helloIsDue);
        if (wrong != null) {
            connection.fatal(wrong);
            return Verdict.PASS_OVER;
        }
        if (type != FrameType.HELLO && !credit.spend(header.frameBytes())) {
            connection.fatal(Failures.of(ErrorCode.INVALID_ARGUMENT,
                    "a frame was begun without credit (window_bytes)"));
            return Verdict.PASS_OVER;
        }
        return type == null || FrameRules.isAboutConnection(type) ? Verdict.TAKE : mayCome(type, header);
    }

    /** Null when the frame keeps to the protocol. */
    private @Nullable Reply wrong(@Nullable FrameType type, FrameHeader header, boolean helloIsDue) {
        Reply form = FrameRules.violation(type, header, server.frameBytesMax(), helloIsDue);
        if (form != null || type == null || FrameRules.isAboutConnection(type)) {
            return form;
        }
        if (header.requestId() == 0 || open.has(header.requestId())) {
            return Failures.of(ErrorCode.INVALID_ARGUMENT,
                    "request id " + header.requestId() + " is 0, or that of a request under way");
        }
        return open.size() < server.options().requestsMax()
                ? null
                : Failures.of(ErrorCode.INVALID_ARGUMENT, "more than " + server.options().requestsMax()
                        + " requests are unanswered (requests_max)");
    }

    private Verdict mayCome(FrameType type, FrameHeader header) {
        open.begin(header.requestId());
        try {
            if (connection.isStopping()) {
                throw new ForebayException(ErrorCode.UNAVAILABLE, "the server is stopping");
            }
            if (!server.requests().isStillValid(connection.who())) {
                connection.fatal(Failures.of(ErrorCode.UNAUTHENTICATED, "the token is not valid any more"));
                return Verdict.PASS_OVER;
            }
            server.rates().admit(connection.who(), connection.from());
            server.rates().received(connection.who(), connection.from(), header.frameBytes());
            if (type == FrameType.WRITE) {
                server.checkMemory();
            }
        } catch (ForebayException refused) {
            passOver(type, header, Failures.of(refused, type.name()));
            return Verdict.PASS_OVER;
        }
        if (FrameRules.isRead(type) && !mayRead()) {
            held = header;
            return waits();
        }
        return room(type, header);
    }

    private boolean mayRead() {
        return open.mayRead() && channel.isWritable();
    }

    private Verdict waits() {
        waiting = true;
        readOrNot();
        return Verdict.WAIT;
    }

    /** Goes on with the request that waited for answers to be taken. */
    void release() {
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
            open.isRead(header.requestId());
        }
        if (header.frameBytes() < SHARED_BYTES_MIN || share.ask(header.frameBytes(), channel.eventLoop(),
                () -> resume(Verdict.TAKE), () -> {
                    passOver(type, header, server.busy(header.frameBytes()));
                    resume(Verdict.PASS_OVER);
                })) {
            return Verdict.TAKE;
        }
        return waits();
    }

    private void passOver(FrameType type, FrameHeader header, Reply reply) {
        credit.free(header.frameBytes());
        connection.answer(type, header.requestId(), System.nanoTime(), reply);
    }

    private void resume(Verdict verdict) {
        waiting = false;
        connection.resume(verdict);
        readOrNot();
    }

    /** Reads from the socket, or not, as things are now. */
    void readOrNot() {
        channel.config().setAutoRead(!waiting && channel.isWritable());
    }

    /** Nothing of the last frame is kept any more. */
    void end() {
        share.end();
    }
}
