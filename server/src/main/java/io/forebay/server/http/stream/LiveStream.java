package io.forebay.server.http.stream;

/** An answer without an end that is being sent. Called on the channel's event loop. */
public interface LiveStream {
    /** There may be room in the channel again. */
    void wake();

    /** The server stops: ends behind what is begun. */
    void stop();

    /** The connection is lost. */
    void close();

    /** True when the client has not taken what was sent: asked when nothing has moved for long. */
    boolean isStalled();
}
