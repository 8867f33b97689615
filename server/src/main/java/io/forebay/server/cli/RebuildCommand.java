package io.forebay.server.cli;

import io.forebay.engine.check.CheckReport;
import io.forebay.engine.check.StoreCheck;
import io.forebay.engine.check.StoreRebuild;
import io.forebay.engine.check.StoreRebuild.What;
import io.forebay.etl.ImportCheck;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Finding;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay rebuild}: what follows from the rest of a store is derived again. */
@Command(name = "rebuild", description = {
        "Derives again, in a stopped store, what follows from the rest: counts, ids and postings from the records,",
        "graphs from the vectors; then checks the whole store. Interrupted, run it again.",
        "Without --what: what a check finds wrong. What cannot be derived is named, with what to do about it.",
        "Exit code 0: done and fine, 1: damage that is left, 2: cannot do it."})
final class RebuildCommand extends WholeStoreTool {
    @Option(names = "--what", split = ",", paramLabel = "WHAT",
            description = "counts, ids, documents, postings, graph; several with commas. Default: what is damaged")
    private @Nullable List<What> what;

    @Option(names = "--collection", paramLabel = "NAME",
            description = "Only collections of this name or number.")
    private @Nullable String collection;

    @Option(names = "--dry-run", description = "Says what would be done, and changes nothing.")
    private boolean dryRun;

    @Override
    public Integer call() {
        return work(false, this::run);
    }

    private int run(Path store, PrintWriter out, StageLine line) {
        List<Finding> found = new ArrayList<>();
        StoreCheck.run(store, found::add, line::at, ImportCheck::run);
        line.clear();
        List<Finding> damages = found.stream().filter(Finding::isDamage).toList();
        damages.forEach(out::println);
        Set<What> wanted = what == null ? StoreRebuild.wanted(damages) : EnumSet.copyOf(what);
        if (wanted.isEmpty()) {
            out.println(damages.isEmpty()
                    ? "fine: there is nothing to rebuild"
                    : "nothing of this can be derived");
            return damages.isEmpty() ? 0 : EXIT_DAMAGED;
        }
        TreeSet<Integer> numbers = new TreeSet<>();
        damages.stream().filter(finding -> finding.rebuild() != null).map(Finding::collection)
                .forEach(numbers::add);
        boolean renewed = wanted.contains(What.POSTINGS) && StoreRebuild.hasDamagedPostings(damages);
        boolean all = what != null || renewed;
        if (dryRun) {
            out.println("would derive: " + String.join(", ", wanted.stream().map(What::word).toList())
                    + " of "
                    + (all ? collection == null ? "all collections" : collection : "collections " + numbers));
            return damages.isEmpty() ? 0 : EXIT_DAMAGED;
        }
        Umask.restrict();
        derive(store, renewed, all ? null : numbers, wanted, out);
        CheckReport report = CheckCommand.run(store, out, line, false);
        return report.fine() ? 0 : EXIT_DAMAGED;
    }

    private void derive(Path store, boolean renewed, @Nullable Set<Integer> numbers, Set<What> wanted,
            PrintWriter out) {
        try (StoreRebuild rebuild = StoreRebuild.open(store, renewed)) {
            for (CollectionInfo info : rebuild.collections()) {
                boolean named = collection == null || info.name().equals(collection)
                        || Integer.toString(info.number()).equals(collection);
                if (renewed && !named) {
                    rebuild.rebuild(info, EnumSet.of(What.POSTINGS), said -> out.println(text(info, said)));
                } else if (named && (numbers == null || numbers.contains(info.number()))) {
                    rebuild.rebuild(info, wanted, said -> out.println(text(info, said)));
                }
                out.flush();
            }
        }
    }

    private static String text(CollectionInfo info, String said) {
        return "collection " + info.number() + " (" + info.name() + "): " + said;
    }
}
