package io.forebay.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;

/**
 * What a connection has decoded and not yet taken, in the order in which it came: requests that were sent ahead of their
 * answers, pieces of a body whose taker is slower than it comes. So much of it waits, and then the socket is not read.
 *
 * <p>Threads: the channel's event loop. Of many requests that are here already each waits until the loop has served others.
 *
 * <p>Invariant: what came is released once, taken or not.
 */
final class Arrivals {
    private static final int WAITING_MAX = 32;

    /** Who takes what came. */
    interface Taker {
        /** Whether the next thing must wait. */
        boolean isBusy();

        /** Whether next to nothing may wait. */
        boolean wantsLittle();

        void take(ChannelHandlerContext ctx, HttpObject object);

        /** All was taken that could be. */
        void taken(ChannelHandlerContext ctx);
    }

    private final Taker taker;
    private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();
    private boolean pumping;
    /** The next request is here already, and waits until the loop has served others. */
    private boolean yielding;

    Arrivals(Taker taker) {
        this.taker = taker;
    }

    void add(ChannelHandlerContext ctx, HttpObject object) {
        waiting.add(object);
        pump(ctx);
    }

    /** Takes what can be taken. */
    void pump(ChannelHandlerContext ctx) {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (!isBusy() && !waiting.isEmpty()) {
                HttpObject object = waiting.poll();
                try {
                    taker.take(ctx, object);
                } finally {
                    ReferenceCountUtil.release(object);
                }
            }
        } finally {
            pumping = false;
        }
        readOn(ctx, waiting.size() < (taker.wantsLittle() ? 1 : WAITING_MAX));
        taker.taken(ctx);
    }

    /** The next request, if it is here already, when others had their turn. */
    void next(ChannelHandlerContext ctx) {
        yielding = !waiting.isEmpty();
        if (yielding) {
            HttpThreads.soonOnLoop(ctx.executor(), () -> {
                yielding = false;
                pump(ctx);
            });
        } else {
            pump(ctx);
        }
    }

    boolean isBusy() {
        return yielding || taker.isBusy();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void release() {
        while (!waiting.isEmpty()) {
            ReferenceCountUtil.release(waiting.poll());
        }
    }

    private static void readOn(ChannelHandlerContext ctx, boolean isWanted) {
        if (ctx.channel().isActive()) { // a closed one has no socket that could be told
            ctx.channel().config().setAutoRead(isWanted);
        }
    }
}
