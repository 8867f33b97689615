package io.forebay.server.cli;

import io.forebay.client.ForebayClient;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.StoredRecord;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay get}: records of a collection, by ids, filter and place. */
@Command(name = "get", sortOptions = false, description = "Shows records of a collection.", footer = {"",
        "Each line with --json: {\"id\", \"embedding\", \"document\", \"metadata\", \"uri\"}, without what was not asked"
                + " for or is not there; as forebay load takes it."})
final class GetCommand extends ReadCommand {
    @Option(names = "--ids", paramLabel = "A,B", split = ",",
            description = "Only these. May be given several times")
    private @Nullable List<String> ids;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "20",
            description = "Default: ${DEFAULT-VALUE}")
    private int limit;

    @Option(names = "--offset", paramLabel = "N", defaultValue = "0",
            description = "Passes over the first N, in the order of coming")
    private int offset;

    @Override
    void run(ForebayClient client, PrintWriter out) {
        if (limit < 1 || offset < 0) {
            throw usage("--limit must be at least 1 and --offset at least 0");
        }
        Set<Include> include = included(false);
        List<StoredRecord> records = client.collection(collection)
                .get(new GetRequest(ids, null, limit, offset, include), filter(), options());
        if (json) {
            records.forEach(record -> out.println(WalLines.json(to -> RecordOutput.fields(record, to))));
            return;
        }
        TextTable table = new TextTable(RecordOutput.columns(include));
        records.forEach(record -> table.row(RecordOutput.cells(record, include)));
        out.print(records.isEmpty() ? "no records\n" : table.format(Terminal.width()));
    }
}
