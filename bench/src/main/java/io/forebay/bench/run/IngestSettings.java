package io.forebay.bench.run;

import io.forebay.bench.load.Payload;
import io.forebay.client.ForebayClient.Encoding;
import io.forebay.index.vector.IndexEngine;
import io.forebay.model.Durability;

/** What all runs of one ingest benchmark have in common. */
record IngestSettings(IndexEngine engine, int clients, int batchRecords, Durability durability,
        Encoding encoding,
        Payload payload,
        int warmupRecords, boolean drain) {}
