package io.forebay.server.http.stream;

import io.forebay.engine.Change;
import io.forebay.engine.PurgedException;
import io.forebay.model.ForebayException;
import io.netty.buffer.ByteBuf;
import java.io.IOException;

/**
 * How changes look on the wire. A change is written in pieces, so that a large one is never in memory as a whole.
 *
 * <p>Threads: one at a time; belongs to one stream.
 */
interface ChangeFormat {
    /** A piece ends as soon as it is at least so long. */
    int PIECE_BYTES = 64 << 10;

    String contentType();

    /** What comes before everything else. */
    void opening(ByteBuf out, long fromSeqId);

    /** This change is to be written next. */
    void begin(Change change);

    /** The change that was begun, read again: the rest of it is to be written from this one. */
    void resume(Change change);

    /** Writes a piece; false when the change is written to its end. */
    boolean write(ByteBuf out) throws IOException;

    /** Whether what is written so far ends inside of something that only its rest can follow. */
    boolean isInsideFrame();

    void heartbeat(ByteBuf out);

    void dropped(ByteBuf out) throws IOException;

    void purged(ByteBuf out, PurgedException failure) throws IOException;

    void failed(ByteBuf out, ForebayException failure) throws IOException;

    /** Events (or frames with a batch) so far. */
    long events();
}
