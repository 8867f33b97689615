package io.forebay.etl.pipeline;

import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.format.DetectedFormat;
import io.forebay.etl.format.DocumentSource;
import io.forebay.etl.format.FileFormat;
import io.forebay.etl.format.FormatOptions;
import io.forebay.etl.format.Formats;
import io.forebay.etl.format.SourceItem;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.ImportSchema;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A local file that is to be imported, and how: its format, where its vectors come from, and what its fields mean. The same
 * for the same file and request.
 *
 * @param kind where vectors come from that the file does not have
 */
public record SourceFile(Path file, @Nullable String sideName, @Nullable Path sideFile, DetectedFormat format,
        FormatOptions options, EmbeddingConnection.Kind kind, ImportSchema schema) {
    private static final String EMBEDDING = "embedding";

    /**
     * Looks at the file, without reading its documents.
     *
     * @param connection null when the request names none
     * @throws ForebayException UNSUPPORTED_MEDIA_TYPE, UNPROCESSABLE, INVALID_ARGUMENT
     */
    public static SourceFile of(ImportRequest request, @Nullable EmbeddingConnection connection,
            EmbeddingConnection standard, ImportOptions limits, String fileName, Path file,
            @Nullable String sideName, @Nullable Path sideFile, @Nullable String charset) {
        DetectedFormat format = Formats.detect(fileName, file, sideName, sideFile);
        boolean vectors = format.format() == FileFormat.NPY || format.format() == FileFormat.FVECS;
        EmbeddingConnection.Kind kind = connection != null
                ? connection.kind()
                : vectors ? EmbeddingConnection.Kind.NONE : standard.kind();
        String field = request.schema().embeddingField();
        if (field == null && (vectors || kind == EmbeddingConnection.Kind.NONE)) {
            field = EMBEDDING;
        }
        FormatOptions options = new FormatOptions(FormatOptions.charset(charset), field,
                limits.lineBytesMax(),
                limits.expandedRatioMax());
        return new SourceFile(file, sideName, sideFile, format, options, kind, request.schema());
    }

    public String fileType() {
        return format.format().name().toLowerCase(Locale.ROOT);
    }

    boolean isTyped() {
        return format.format() != FileFormat.CSV && format.format() != FileFormat.TSV;
    }

    DocumentSource open(long skip) throws IOException {
        return Formats.open(format, file, sideName, sideFile, options, skip);
    }

    long bytes() throws IOException {
        return Files.size(file);
    }

    /**
     * Reads the first documents.
     *
     * @throws ForebayException UNPROCESSABLE when the schema does not fit them
     */
    public Mapping mapping() throws IOException {
        FieldNames known = new FieldNames(schema);
        try (DocumentSource source = open(0)) {
            SourceItem item = source.next();
            for (int i = 0; item != null && i < 10 * Mapping.SAMPLE
                    && known.documents() < Mapping.SAMPLE; i++) {
                if (item instanceof SourceItem.Document document) {
                    known.add(document);
                }
                item = source.next();
            }
        }
        return Mapping.resolve(schema, options.embeddingField(), known.names(), known.documents());
    }
}
