package io.forebay.server.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the launcher told this process, and how to start another one like it. */
final class Launch {
    private Launch() {}

    /** The root of the repository; null when the launcher did not start this process. */
    static @Nullable Path root() {
        String root = System.getProperty("forebay.root");
        return root == null ? null : Path.of(root);
    }

    /**
     * The command that runs Forebay again with these arguments, on the same JDK, JVM options and class
     * path.
     */
    static List<String> again(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // A debugger or profiler of this process is not meant for the other one.
            if (!option.startsWith("-agent") && !option.startsWith("-javaagent")) {
                command.add(option);
            }
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("io.forebay.server.Main");
        command.addAll(arguments);
        return command;
    }
}
