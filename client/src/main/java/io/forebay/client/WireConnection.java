package io.forebay.client;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the binary protocol: connects, reads, and says what became of each request.
 *
 * <p>Threads: its reader connects, greets and then reads answers; requests come from any thread and are written by
 * {@link WireWriter} on theirs; the client's timer looks after it ({@link #look}).
 *
 * <p>Failure: when it ends, for whatever reason, everything that it has fails: what was not written as UNSENT, what
 * was written as LOST; or all of it with the error that the server or the client had about the connection itself.
 */
final class WireConnection {
    /** After the question, which comes after one of silence. */
    private static final long HEARTBEATS_LOST = 2;

    private final WireSettings settings;
    private final WirePool pool;
    private final WireWriter writer;
    private final Socket raw;
    private volatile @Nullable WireInput input;
    private volatile long heartbeatNanos = Long.MAX_VALUE;
    /** When the server was asked, and what had been heard last; only the timer's. */
    private long askedNanos;
    private long heardWhenAsked;
    /** Why it was ended from this side; null while it was not. */
    private volatile @Nullable String endedFor;

    WireConnection(WireSettings settings, WirePool pool, ClientThreads threads) throws IOException {
        this.settings = settings;
        this.pool = pool;
        this.writer = new WireWriter(threads, pool::taken);
        this.raw = WireSocket.create();
        ClientThreads.reader(this::run);
    }

    WireWriter writer() {
        return writer;
    }

    /** For tests, which break it. */
    Socket socket() {
        return raw;
    }

    // ---- the reader ----

    private void run() {
        try {
            greetAndRead();
        } catch (WireViolation violation) {
            end(new ForebayException(ErrorCode.INTERNAL,
                    settings.address() + " does not speak the binary protocol as this client does: "
                            + violation.getMessage()));
        } catch (ForebayException | AttemptFailure refused) {
            end(refused);
        } catch (IOException broken) {
            ForebayException distrust = AttemptFailure.distrust(settings.address(), broken);
            if (distrust == null) {
                end(broken);
            } else {
                end(distrust);
            }
        } catch (RuntimeException | Error defect) {
            end(new ForebayException(ErrorCode.INTERNAL, "the client failed while reading: " + defect,
                    defect));
        }
    }

    private void greetAndRead() throws IOException, WireViolation {
        WireSocket socket = WireSocket.connect(raw, settings);
        WireInput in = new WireInput(socket.in());
        WireOutput out = new WireOutput(socket.out());
        int spentBytes = greet(out);
        WireAnswer welcome = in.next();
        if (welcome.type() == FrameType.ERROR) {
            throw aboutConnection(welcome);
        }
        int version = (int) welcome.head().number("version", 0);
        if (version != FrameHeader.VERSION) {
            throw new WireViolation("version " + version);
        }
        socket.established();
        input = in;
        heartbeatNanos = Math.max(1, welcome.head().number("heartbeat_millis", 15_000)) * 1_000_000;
        writer.open(out, welcome.head(), spentBytes);
        pool.opened();
        while (true) {
            take(in.next());
        }
    }

    /** Answers the length of the frame, which counts. */
    private int greet(WireOutput out) throws IOException {
        byte[] head = new Fields().put("version_min", FrameHeader.VERSION)
                .put("version_max", FrameHeader.VERSION).put("token", settings.token())
                .put("client", ClientVersion.NAME).put("features", List.of("changes", "call")).encode();
        FrameHeader hello = FrameHeader.of(FrameType.HELLO, 0, 0, FrameHeader.NONE, head.length, 0);
        out.put(FrameHeader.PREFACE);
        out.put(hello, head, ByteBuffer.allocate(0));
        out.flush();
        return hello.frameBytes();
    }

    private void take(WireAnswer frame) throws WireViolation {
        FrameHeader header = frame.header();
        FrameType type = frame.type();
        boolean isFeedsCredit = type == FrameType.CREDIT && header.requestId() != 0;
        if (header.credit() != 0 && !isFeedsCredit) {
            writer.credit(header.credit());
        }
        switch (type) {
            case ANSWER, END -> writer.finished(asked(frame)).answer.complete(frame);
            case ERROR -> error(frame);
            case EVENT -> event(frame);
            case GOAWAY -> {
                pool.leaving(this);
                fail(writer.leave(), request -> AttemptFailure
                        .unsent(settings.address() + " is stopping: " + frame.head().text("message"), null));
            }
            case PING -> writer.control(FrameHeader.of(FrameType.PONG, 0, header.requestId(),
                    FrameHeader.NONE, 0, 0));
            case PONG, CREDIT -> {
                // That something came is what counts, and the credit was taken above.
            }
            default -> throw new WireViolation("a frame " + type + " from the server");
        }
    }

    private WireRequest asked(WireAnswer frame) throws WireViolation {
        WireRequest request = writer.pending(frame.header().requestId());
        if (request == null) {
            throw new WireViolation("a frame " + frame.type() + " for request "
                    + frame.header().requestId() + ", which is not under way");
        }
        return request;
    }

    private void error(WireAnswer frame) throws WireViolation {
        if (frame.header().requestId() == 0) {
            throw aboutConnection(frame);
        }
        WireRequest request = writer.finished(asked(frame));
        RuntimeException failure = ErrorAnswers.failure(request.type.toString(), frame.header().status(),
                frame.head());
        boolean wasStopping = writer.isLeaving()
                && frame.header().status() == ErrorCode.UNAVAILABLE.httpStatus();
        request.answer.completeExceptionally(wasStopping && failure instanceof ForebayException told
                ? new AttemptFailure(AttemptFailure.Kind.UNSENT, told, null)
                : failure);
    }

    private void event(WireAnswer frame) throws WireViolation {
        WireRequest request = asked(frame);
        if (request.feed == null) {
            throw new WireViolation("a frame EVENT for a request " + request.type);
        }
        request.feed.event(frame);
    }

    /** The server is about to close it. What can be mended by coming back is an AttemptFailure. */
    private static RuntimeException aboutConnection(WireAnswer error) {
        RuntimeException failure = ErrorAnswers.failure("the connection", error.header().status(),
                error.head());
        return failure instanceof ForebayException told && told.code() == ErrorCode.UNAVAILABLE
                ? new AttemptFailure(AttemptFailure.Kind.UNAVAILABLE, told, null)
                : failure;
    }

    // ---- the timer ----

    /** Ends what has waited too long; asks the server whether it is there; gives it up when it is not. */
    void look(long now) {
        for (WireRequest late : writer.expired(now)) {
            late.answer.completeExceptionally(AttemptFailure.timedOut("no answer from " + settings.address()
                    + " to " + late.type + " within " + late.timeoutNanos / 1_000_000 + " ms"));
        }
        WireInput in = input;
        endIfBroken(); // the reader had time to read why
        if (in != null && now - in.heardNanos() > heartbeatNanos) {
            silent(now, in.heardNanos());
        }
    }

    /** What cannot be written to is given up; its reader says what becomes of the rest. */
    void endIfBroken() {
        if (writer.isBroken()) {
            WireSocket.close(raw);
        }
    }

    private void silent(long now, long heard) {
        if (heard != heardWhenAsked) {
            heardWhenAsked = heard;
            askedNanos = now;
            writer.control(FrameHeader.of(FrameType.PING, 0, 0, FrameHeader.NONE, 0, 0));
        } else if (now - askedNanos > HEARTBEATS_LOST * heartbeatNanos) {
            endedFor = "it said nothing for " + (now - heard) / 1_000_000 + " ms";
            WireSocket.close(raw);
        }
    }

    /** How often {@link #look} is needed. */
    long lookNanos() {
        return heartbeatNanos / 4;
    }

    // ---- the end ----

    private void end(RuntimeException cause) {
        if (cause instanceof AttemptFailure passing) {
            end(request -> new AttemptFailure(AttemptFailure.Kind.UNSENT, passing.told(),
                    passing.retryAfter()),
                    request -> AttemptFailure.lost(String.valueOf(passing.getMessage()), passing.told()));
        } else {
            end(request -> cause, request -> cause);
        }
    }

    private void end(IOException broken) {
        String why = endedFor == null ? String.valueOf(broken.getMessage()) : endedFor;
        boolean wasOpen = input != null;
        end(request -> AttemptFailure.unsent(wasOpen
                ? "the connection to " + settings.address() + " broke: " + why
                : "cannot connect to " + settings.address() + " (" + why + "): " + advice(broken),
                broken),
                request -> AttemptFailure.lost("the connection to " + settings.address() + " broke during "
                        + request.type + ": " + why, broken));
    }

    /** How it looks when only one side speaks TLS. */
    private String advice(IOException broken) {
        if (broken instanceof EOFException && settings.tls() == null) {
            return "does this port want TLS (forebays://)?";
        }
        return broken instanceof SSLException && !(broken instanceof SSLHandshakeException)
                ? "is this a port without TLS (forebay://)?"
                : "is the server running?";
    }

    /** Of the client. */
    void close() {
        ForebayException closed = AttemptFailure.closed();
        end(request -> closed, request -> closed);
    }

    private interface Reason {
        RuntimeException of(WireRequest request);
    }

    private void end(Reason unsent, Reason lost) {
        pool.remove(this);
        WireWriter.Rest rest = writer.close();
        WireSocket.close(raw);
        fail(rest.queued(), unsent);
        fail(rest.pending(), lost);
    }

    private static void fail(List<WireRequest> requests, Reason reason) {
        for (WireRequest request : requests) {
            request.answer.completeExceptionally(reason.of(request));
        }
    }
}
