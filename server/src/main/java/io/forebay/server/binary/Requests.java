package io.forebay.server.binary;

import io.forebay.engine.ChangeFeed;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.forebay.server.auth.Principal;
import io.forebay.server.auth.Role;
import io.forebay.server.http.Guard;
import io.forebay.server.http.Shared;
import io.forebay.server.ops.Asked;
import io.forebay.server.ops.Notes;
import io.forebay.server.ops.RequestIds;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Who may do what a frame asks for, and who does it. One for all connections.
 *
 * <p>Threads: event loops.
 */
final class Requests {
    private final Shared server;
    private final Guard guard;
    private final Operations operations;
    private final Calls calls;

    Requests(Shared server) {
        this.server = server;
        this.guard = server.guard();
        this.operations = new Operations(server.engine());
        this.calls = new Calls(server.router(), guard, server.ops().audit());
    }

    /** @throws ForebayException what its future may fail with, too */
    CompletableFuture<Reply> answer(FrameType type, FrameHeader header, Fields head, ByteBuf payload,
            Principal who, String from) {
        UUID collection = header.collection();
        return switch (type) {
            case CALL -> calls.call(head, payload, who, from);
            case LAG ->
                calls.get(lagPath(header), payload, who);
            case WRITE -> {
                guard.admit(who, Role.WRITE, collection);
                yield operations.write(collection, head, payload);
            }
            case DELETE -> {
                guard.admit(who, Role.WRITE, collection);
                yield operations.delete(collection, head);
            }
            case GET, QUERY, COUNT, FLUSH -> {
                guard.admit(who, Role.READ, collection);
                yield switch (type) {
                    case GET -> operations.get(collection, head);
                    case QUERY -> operations.query(collection, head, payload);
                    case COUNT -> operations.count(collection, head);
                    default -> operations.flush(collection, head);
                };
            }
            default -> throw ForebayException.invalid("a frame of type " + type + " is no request");
        };
    }

    private String lagPath(FrameHeader header) {
        if (header.collection().equals(FrameHeader.NONE)) {
            return "/api/forebay/lag";
        }
        server.engine().collection(header.collection());
        return "/api/forebay/lag?collection=" + header.collection();
    }

    /** Not started yet. */
    BinaryFeed changes(Channel channel, FrameHeader header, Fields head, Principal who, Consumer<Reply> end) {
        guard.admit(who, Role.READ, header.collection());
        Long from = head.has("from_seq_id") ? head.number("from_seq_id", 0) : null;
        if (from != null && from < 0) {
            throw new ForebayException(ErrorCode.INVALID_ARGUMENT,
                    "field from_seq_id must be from 0. Got: " + from);
        }
        ChangeFeed feed = server.feeds().open(server.engine(), header.collection(), from);
        return new BinaryFeed(channel, header.requestId(), feed, server.feeds(),
                Integer.toUnsignedLong(header.credit()), server.changes(), end, server.metrics()::changeSent);
    }

    /** Whoever guesses tokens is slowed down by his address, and is in the audit log. */
    Principal identify(Fields hello, String from) {
        try {
            return guard.identify(hello.text("token"));
        } catch (ForebayException unknown) {
            ForebayException told = unknown;
            try {
                server.ops().rates().admit(Principal.STRANGER, from);
            } catch (ForebayException tooMany) {
                told = tooMany;
            }
            server.ops().audit().refused(new Asked("binary", "hello", RequestIds.make(), null, null,
                    Principal.STRANGER, from, told.code().httpStatus(), 0, null, null, new Notes()));
            throw told;
        }
    }

    boolean isStillValid(Principal who) {
        return guard.isStillValid(who);
    }
}
