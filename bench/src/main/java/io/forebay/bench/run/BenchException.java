package io.forebay.bench.run;

/** A benchmark that cannot be run as asked; the message is for whoever asked. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BenchException(String message) {
        super(message);
    }
}
