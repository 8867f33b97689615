package io.forebay.server.cli;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code forebay bench}: hands over to the module bench, which this module does not know. */
@Command(name = "bench", description = "Runs the benchmarks: forebay bench --help lists them.")
final class BenchCommand implements Callable<Integer> {
    private static final String BENCH_MAIN = "io.forebay.bench.Main";

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Class<?> main;
        try {
            main = Class.forName(BENCH_MAIN);
        } catch (ClassNotFoundException e) {
            throw new CommandException(
                    "the benchmarks are not on the class path: start them with ./forebay bench");
        }
        try {
            main.getMethod("main", String[].class).invoke(null, (Object) arguments.toArray(String[]::new));
            return 0;
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
