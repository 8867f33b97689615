package io.forebay.server.http.stream;

import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/**
 * What all streams of a server share.
 *
 * @param threads         where the log is read and changes are encoded
 * @param heartbeatMillis silence after which a heartbeat is sent
 * @param events          told how many events were written
 * @param bytes           told how many bytes were written
 */
public record StreamContext(Executor threads, long heartbeatMillis, LongConsumer events,
        LongConsumer bytes) {}
