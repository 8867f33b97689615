package io.forebay.engine;

import java.io.PrintStream;
import java.nio.file.Path;

/** The process that {@link LifecycleUnderLoadTest} kills: says what it makes and drops. */
final class LifecycleChild {
    private LifecycleChild() {}

    /** Arguments: directory, seed. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        Forebay store = Forebay.open(Path.of(arguments[0]), LifecycleUnderLoadTest.options());
        new LifecycleLoad(store, Long.parseLong(arguments[1]), line -> {
            synchronized (out) {
                out.println(line);
                out.flush();
            }
        }).run(600_000, false);
    }
}
