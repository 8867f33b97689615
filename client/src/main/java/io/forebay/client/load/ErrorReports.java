package io.forebay.client.load;

import java.util.function.Consumer;

/** Tells of bad records, one at a time, before they count as done: a crash may report one twice, never not. */
final class ErrorReports {
    private final Consumer<RecordError> to;

    ErrorReports(Consumer<RecordError> to) {
        this.to = to;
    }

    synchronized void report(RecordError error) {
        to.accept(error);
    }
}
