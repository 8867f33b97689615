package io.forebay.server.http;

/** Where a connection is with the request at hand. */
enum ExchangeState {
    /** Between requests. */
    IDLE,
    /** The body of a request is coming. */
    READING,
    /** Its head has come, and there is no room for its body yet. What comes meanwhile waits. */
    QUEUED,
    /** A handler is at work, or its answer is being sent. What comes meanwhile waits. */
    ANSWERING,
    /** The request was refused; the rest of its body is read over. */
    DISCARDING,
    /** The last answer is on its way; whatever comes is read over until the connection closes. */
    LINGERING
}
