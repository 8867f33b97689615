package io.forebay.server.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What a command line gave. */
record Outcome(int code, String out, String err) {
    static Outcome of(String... arguments) {
        return of(ForebayCommand.commandLine(), arguments);
    }

    static Outcome of(CommandLine line, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = line.execute(arguments);
        line.getOut().flush();
        line.getErr().flush();
        return new Outcome(code, out.toString(), err.toString());
    }
}
