package io.forebay.server.cli;

import io.forebay.server.config.ConfigLoader;
import io.forebay.server.doctor.Diagnosis;
import io.forebay.server.doctor.Diagnosis.Level;
import io.forebay.server.doctor.Doctor;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay doctor}: is this machine fit, and what should be changed? */
@Command(name = "doctor", description = {
        "Looks at the machine, its limits, the JDK, the store's disk (measured for a few seconds), the configuration and",
        "the port, and advises. A server may run meanwhile. Exit code 0: nothing is bad, 1: something is."})
final class DoctorCommand extends WholeStoreTool {
    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Override
    public Integer call() {
        Umask.restrict();
        PrintWriter out = out();
        Path file = configFile();
        List<Diagnosis> all = Doctor.look(
                file == null ? "no file: defaults and environment" : file.toString(),
                () -> ConfigLoader.load(file, System.getenv(), Map.of()), named());
        all.forEach(one -> out.println(json ? WalLines.json(fields(one)) : text(one)));
        long bad = all.stream().filter(one -> one.level() == Level.BAD).count();
        long warned = all.stream().filter(one -> one.level() == Level.WARN).count();
        if (!json) {
            out.println(bad + " bad, " + warned + " to think about, " + (all.size() - bad - warned) + " ok");
        }
        out.flush();
        return bad == 0 ? 0 : EXIT_DAMAGED;
    }

    private static WalLines.Fields fields(Diagnosis one) {
        return line -> {
            line.writeStringField("level", one.level().name().toLowerCase(Locale.ROOT));
            line.writeStringField("topic", one.topic());
            line.writeStringField("what", one.what());
            line.writeStringField("advice", one.advice());
        };
    }

    private static String text(Diagnosis one) {
        String line = String.format(Locale.ROOT, "%-4s  %-17s %s",
                one.level().name().toLowerCase(Locale.ROOT),
                one.topic(), one.what());
        return one.advice().isEmpty()
                ? line
                : line + System.lineSeparator() + " ".repeat(24) + "-> " + one.advice();
    }
}
