package io.forebay.etl;

import io.forebay.engine.Forebay;
import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.embed.Embeddings;
import io.forebay.etl.format.UnreadableFileException;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.pipeline.SourceFile;
import io.forebay.etl.source.Sources;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Names;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds what is wrong with a request before there is a job. Threads: any. */
record RequestCheck(Forebay engine, ImportOptions options, Embeddings embeddings, Sources sources,
        SpoolFolder spool) {

    void check(ImportRequest request) {
        Names.check(request.collection(), "Validation error: collection_name: ");
        engine.database(request.tenant(), request.database());
        space(request);
        EmbeddingConnection connection = request.connection() == null
                ? null
                : embeddings.connection(request.connection());
        checkModel(request);
        switch (request.source()) {
            case JobSource.Spooled spooled -> file(request, connection, spooled);
            case JobSource.Remote remote -> sources.remote(remote.url());
            case JobSource.Paged paged -> sources.paged(paged.api(), paged.parameters());
            case JobSource.Awaited ignored -> {
                // What is wrong with it is found when it is there.
            }
            case JobSource.Undo ignored -> throw new IllegalArgumentException("made by undoing only");
        }
    }

    /** A space that was asked for and is not that of the collection is not passed over in silence. */
    private void space(ImportRequest request) {
        CollectionInfo there;
        try {
            there = engine.collection(request.tenant(), request.database(), request.collection());
        } catch (ForebayException none) {
            return; // then it is made
        }
        String difference = request.differenceTo(there);
        if (difference != null) {
            throw new ForebayException(ErrorCode.UNPROCESSABLE, difference);
        }
    }

    private void checkModel(ImportRequest request) {
        String name = request.connection() == null ? options.defaultConnection() : request.connection();
        if (request.model() != null || embeddings.connection(name).kind() != EmbeddingConnection.Kind.NONE) {
            embeddings.checkModel(name, request.model());
        }
    }

    private void file(ImportRequest request, @Nullable EmbeddingConnection connection,
            JobSource.Spooled spooled) {
        Path side = spooled.sideFile() == null ? null : spool.path().resolve(spooled.sideFile());
        SourceFile file = SourceFile.of(request, connection,
                embeddings.connection(options.defaultConnection()), options, spooled.fileName(),
                spool.path().resolve(spooled.file()), spooled.sideName(), side, spooled.charset());
        try {
            file.mapping();
        } catch (UnreadableFileException unreadable) {
            throw new ForebayException(ErrorCode.UNPROCESSABLE, String.valueOf(unreadable.getMessage()),
                    unreadable);
        } catch (IOException e) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "The file cannot be read: " + e.getMessage(),
                    e);
        }
    }
}
