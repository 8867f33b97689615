package io.forebay.server;

import io.forebay.server.cli.ForebayCommand;
import io.forebay.server.logging.LogForm;

/** The program: {@code ./forebay COMMAND}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int code = ForebayCommand.execute(args);
        LogForm.finish();
        System.exit(code);
    }
}
