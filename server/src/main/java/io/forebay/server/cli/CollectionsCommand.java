package io.forebay.server.cli;

import io.forebay.client.CollectionClient;
import io.forebay.client.CollectionDescription;
import io.forebay.client.CollectionLag;
import io.forebay.client.ForebayClient;
import io.forebay.client.dataset.JsonMetadata;
import io.forebay.model.ForebayException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code forebay collections}: what is in a database. */
@Command(name = "collections", sortOptions = false,
        description = "Shows the collections of a database, with what is behind the log in each.",
        footer = {"",
                "Each line with --json: {\"name\", \"id\", \"tenant\", \"database\", \"dimension\" (null before the first"
                        + " record), \"space\", \"metadata\", \"records\", \"acked_seq_id\", \"durable_seq_id\","
                        + " \"applied_seq_id\", \"linked_seq_id\", \"ingest_lag_records\", \"index_lag_records\"}."})
final class CollectionsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--json", description = "A collection a line as JSON, for scripts")
    private boolean json;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final ServerOptions.Place place = new ServerOptions.Place();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (ForebayClient client = server.client(place).build()) {
            List<CollectionDescription> all = client.collections().stream().map(CollectionClient::description)
                    .sorted(Comparator.comparing(CollectionDescription::name)).toList();
            Map<String, CollectionLag> lags = client.lag().stream()
                    .collect(Collectors.toMap(CollectionLag::id, one -> one, (one, same) -> one));
            if (json) {
                all.forEach(one -> out.println(line(one, lags.get(one.id().toString()))));
            } else {
                out.print(all.isEmpty() ? "no collections\n" : table(all, lags).format(Terminal.width()));
            }
        } catch (ForebayException e) {
            throw server.explained(e);
        }
        out.flush();
        return 0;
    }

    private static TextTable table(List<CollectionDescription> all, Map<String, CollectionLag> lags) {
        TextTable table = new TextTable(List.of(TextTable.Column.text("name"), TextTable.Column.whole("id"),
                TextTable.Column.number("dimension"), TextTable.Column.number("records"),
                TextTable.Column.whole("space"), TextTable.Column.number("ingest lag"),
                TextTable.Column.number("index lag")));
        for (CollectionDescription one : all) {
            CollectionLag lag = lags.get(one.id().toString());
            table.row(List.of(one.name(), one.id().toString(),
                    one.dimension() == 0 ? "-" : Integer.toString(one.dimension()),
                    lag == null ? "?" : grouped(lag.records()), one.space().wireName(),
                    lag == null ? "?" : behind(lag.ingestLag().records()),
                    lag == null ? "?" : behind(lag.indexLag().records())));
        }
        return table;
    }

    private static String behind(long records) {
        return records == 0 ? "-" : grouped(records);
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String line(CollectionDescription one, @Nullable CollectionLag lag) {
        return WalLines.json(json -> {
            json.writeStringField("name", one.name());
            json.writeStringField("id", one.id().toString());
            json.writeStringField("tenant", one.tenant());
            json.writeStringField("database", one.database());
            if (one.dimension() == 0) {
                json.writeNullField("dimension");
            } else {
                json.writeNumberField("dimension", one.dimension());
            }
            json.writeStringField("space", one.space().wireName());
            json.writeFieldName("metadata");
            JsonMetadata.write(one.metadata(), json);
            if (lag != null) {
                json.writeNumberField("records", lag.records());
                json.writeNumberField("acked_seq_id", lag.ackedSeqId());
                json.writeNumberField("durable_seq_id", lag.durableSeqId());
                json.writeNumberField("applied_seq_id", lag.appliedSeqId());
                json.writeNumberField("linked_seq_id", lag.linkedSeqId());
                json.writeNumberField("ingest_lag_records", lag.ingestLag().records());
                json.writeNumberField("index_lag_records", lag.indexLag().records());
            }
        });
    }
}
