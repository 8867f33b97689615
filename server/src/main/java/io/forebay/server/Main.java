package io.forebay.server;

import io.forebay.server.cli.ForebayCommand;

/** The program: {@code ./forebay COMMAND}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(ForebayCommand.execute(args));
    }
}
