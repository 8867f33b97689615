package io.forebay.server.cli;

/** A command cannot do what it was asked; the message stands by itself. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message);
    }
}
