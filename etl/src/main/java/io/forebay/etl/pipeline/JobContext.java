package io.forebay.etl.pipeline;

import io.forebay.engine.Forebay;
import io.forebay.etl.commit.History;
import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.embed.EmbeddingCache;
import io.forebay.etl.embed.Embeddings;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.job.JobStore;
import io.forebay.etl.source.Sources;
import java.nio.file.Path;

/** What all jobs work with. */
public record JobContext(Forebay engine, ImportDatabase db, JobStore store, History history,
        Embeddings embeddings, EmbeddingCache cache, Sources sources, ImportOptions options, Path spool,
        JobThreads threads, MemoryGate memory, CollectionClaims claims, JobListener listener) {}
