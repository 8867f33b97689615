package io.forebay.server.cli;

import io.forebay.client.Filter;
import io.forebay.client.ForebayClient;
import io.forebay.model.ForebayException;
import io.forebay.model.Include;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code forebay query} and {@code forebay get} have in common. */
abstract class ReadCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "COLLECTION", description = "Its name.")
    @SuppressWarnings("NullAway.Init")
    String collection;

    @Option(names = "--where", paramLabel = "JSON",
            description = "Filter on metadata, as Chroma has it: '{\"page\": {\"$gte\": 2}}'")
    private @Nullable String where;

    @Option(names = "--where-document", paramLabel = "JSON",
            description = "Filter on documents: '{\"$contains\": \"typing\"}'")
    private @Nullable String whereDocument;

    @Option(names = "--include", paramLabel = "A,B", split = ",",
            description = "Of documents, metadatas, embeddings, uris. Default: documents,metadatas")
    private @Nullable List<String> include;

    @Option(names = "--read-level", paramLabel = "LEVEL",
            description = "How fresh: index_and_wal, index_and_bounded_wal, index_only. Default: the collection's")
    private @Nullable String readLevel;

    @Option(names = "--json", description = "A record a line as JSON, for scripts")
    boolean json;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final ServerOptions.Place place = new ServerOptions.Place();

    abstract void run(ForebayClient client, PrintWriter out) throws IOException;

    @Override
    public final Integer call() throws IOException {
        try (ForebayClient client = server.client(place).build()) {
            run(client, spec.commandLine().getOut());
        } catch (ForebayException e) {
            throw server.explained(e);
        }
        spec.commandLine().getOut().flush();
        return 0;
    }

    Filter filter() {
        return new Filter(where, whereDocument);
    }

    Set<Include> included(boolean isQuery) {
        return RecordOutput.include(include, isQuery);
    }

    ReadOptions options() {
        String wanted = readLevel;
        if (wanted == null) {
            return ReadOptions.DEFAULT;
        }
        return ReadOptions.of(Arrays.stream(ReadLevel.values())
                .filter(level -> level.wireName().equalsIgnoreCase(wanted)).findFirst()
                .orElseThrow(() -> usage("--read-level is '" + wanted + "', must be one of "
                        + String.join(", ",
                                Arrays.stream(ReadLevel.values()).map(ReadLevel::wireName).toList()))));
    }

    ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
