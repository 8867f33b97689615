package io.forebay.server.cli;

import io.forebay.client.dataset.JsonlSource;
import io.forebay.client.dataset.RecordFields;
import io.forebay.client.dataset.RecordSource;
import io.forebay.client.dataset.VectorSource;
import io.forebay.client.load.SourceFingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is in the file to load. */
final class LoadSource {
    private enum Format {
        JSONL, NPY, FVECS
    }

    @Option(names = "--format", paramLabel = "F",
            description = "jsonl, npy or fvecs. Default: as the name of the file ends (.jsonl, .ndjson, .json, with .gz"
                    + " behind it; .npy; .fvecs)")
    private @Nullable String format;

    @Option(names = "--side", paramLabel = "FILE",
            description = "For .npy and .fvecs: lines of JSON (perhaps .gz) with the id and, if there are any, document,"
                    + " metadata and uri of each row. Without it the ids are the numbers of the rows")
    private @Nullable Path side;

    @Option(names = "--id-prefix", paramLabel = "TEXT", defaultValue = "",
            description = "What such ids begin with. Default: nothing")
    @SuppressWarnings("NullAway.Init")
    private String idPrefix;

    @Option(names = "--id-field", paramLabel = "NAME", defaultValue = "id",
            description = "Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String idField;

    @Option(names = "--embedding-field", paramLabel = "NAME", description = "Default: embedding, or vector")
    private @Nullable String embeddingField;

    @Option(names = "--document-field", paramLabel = "NAME", defaultValue = "document",
            description = "Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String documentField;

    @Option(names = "--metadata-field", paramLabel = "NAME", defaultValue = "metadata",
            description = "An object. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String metadataField;

    @Option(names = "--metadata-fields", paramLabel = "A,B", split = ",",
            description = "Fields of the line itself that are metadata, besides that object; * for all others")
    private List<String> metadataFields = new ArrayList<>();

    @Option(names = "--uri-field", paramLabel = "NAME", defaultValue = "uri",
            description = "Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String uriField;

    RecordSource open(Path file) throws IOException {
        Format known = formatOf(file);
        if (known == Format.JSONL && side != null) {
            throw new CommandException("--side is for .npy and .fvecs: a line of JSON has everything itself");
        }
        return switch (known) {
            case JSONL -> JsonlSource.open(existing(file), fields());
            case NPY -> VectorSource.openNpy(existing(file), side == null ? null : existing(side), fields(),
                    idPrefix);
            case FVECS ->
                VectorSource.openFvecs(existing(file), side == null ? null : existing(side), fields(),
                        idPrefix);
        };
    }

    private static Path existing(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CommandException(file + (Files.exists(file) ? " is not a file" : ": no such file"));
        }
        return file;
    }

    private Format formatOf(Path file) {
        String name = format == null
                ? file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "")
                : "." + format.toLowerCase(Locale.ROOT);
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json")) {
            return Format.JSONL;
        } else if (name.endsWith(".npy")) {
            return Format.NPY;
        } else if (name.endsWith(".fvecs")) {
            return Format.FVECS;
        }
        throw new CommandException(format == null
                ? file + ": what is in it? Its name does not end in .jsonl, .npy or .fvecs; say --format"
                : "--format is '" + format + "', must be jsonl, npy or fvecs");
    }

    private RecordFields fields() {
        Set<String> named = new HashSet<>(metadataFields);
        boolean all = named.remove("*");
        return new RecordFields(idField,
                embeddingField == null ? RecordFields.DEFAULT.embedding() : List.of(embeddingField),
                documentField, metadataField, named, all, uriField);
    }

    /** Everything that decides which record is at which position. */
    String fingerprint(Path file, long skip, @Nullable Long limit) throws IOException {
        RecordFields fields = fields();
        return SourceFingerprint.of(existing(file))
                + (side == null ? "" : "; side " + SourceFingerprint.of(existing(side)))
                + "; ids '" + idPrefix + "', fields " + String.join(" ", fields.id(),
                        String.join("|", fields.embedding()), fields.document(),
                        String.valueOf(fields.metadata()),
                        String.join("|", fields.metadataFields().stream().sorted().toList())
                                + (fields.otherMetadata() ? "|*" : ""),
                        fields.uri())
                + "; skip " + skip + ", limit " + (limit == null ? "none" : limit);
    }
}
