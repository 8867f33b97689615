package io.forebay.bench.report;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * The virtual machine that measured; a server that a benchmark starts gets the same options.
 *
 * @param options as they were given, but for those that name folders of one machine
 */
public record Jvm(String version, String name, List<String> options, long heapBytesMax,
        List<String> collectors) {

    public static Jvm here() {
        List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-Dforebay.root=")
                        && !option.startsWith("-Djava.io.tmpdir="))
                .toList();
        return new Jvm(Runtime.version().toString(),
                System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.name"), options,
                Runtime.getRuntime().maxMemory(), ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName).toList());
    }
}
