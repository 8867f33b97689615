package io.forebay.server.http.route;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * Takes the body of one request as it comes. Called by one thread at a time, one that may wait for the disk; while it does,
 * the client is not read from. After {@link #open} exactly one of {@link #end} returning and {@link #abort} comes last.
 *
 * <p>Failure: whatever a method throws is the request's answer, and the rest of the body is not read; {@link #abort}
 * follows.
 */
public interface BodySink {
    /** How a route that takes a stream gets its sink, once the head of the request is there. */
    interface Source {
        /** Longest body, for a refusal before it is read. */
        long bytesMax();

        /**
         * Where its bodies are taken.
         *
         * @param uploads threads of all that do not say
         */
        default Executor threads(Executor uploads) {
            return uploads;
        }

        /**
         * May wait for the disk, too.
         *
         * @param request without its body
         */
        BodySink open(Request request);
    }

    /** Some more of the body; the bytes are lent until this returns. */
    void take(ByteBuffer bytes) throws Exception;

    /** All has come. */
    Response end() throws Exception;

    /** Nothing more will come: the client is gone, or something was wrong. Leaves nothing behind. */
    void abort();
}
