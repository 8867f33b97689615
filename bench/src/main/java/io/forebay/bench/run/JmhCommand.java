package io.forebay.bench.run;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code bench jmh …}: JMH's own command line, over the micro-benchmarks of this module. */
@Command(name = "jmh", description = {"Runs the JMH micro-benchmarks; takes JMH's own options.",
        "-h explains them, -l lists the benchmarks. Forks get the JVM options of this process."})
public final class JmhCommand implements Callable<Integer> {
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
        return 0;
    }
}
