package io.forebay.etl.pipeline;

import io.forebay.etl.format.SourceItem;
import io.forebay.etl.job.DocumentError;
import java.util.ArrayList;
import java.util.List;

/** Consecutive items of a source, that become rows. Handed from thread to thread. */
final class Chunk {
    final List<SourceItem> items;
    /** Items of the file that it stands for, also those that were passed over. */
    final long itemCount;
    final long firstOrdinal;
    final long nextOrdinal;
    /** Of the file behind it. */
    final long bytesRead;
    final long total;
    final List<Row> rows = new ArrayList<>();
    final List<DocumentError> errors = new ArrayList<>();
    /** About, in the file. */
    final long bytes;
    final long lastLine;
    long prepareNanos;
    long embedded;
    long fromCache;
    long embedNanos;

    Chunk(List<SourceItem> items, long itemCount, long firstOrdinal, long nextOrdinal, long bytesRead,
            long total, long bytes, long lastLine) {
        this.items = items;
        this.itemCount = itemCount;
        this.firstOrdinal = firstOrdinal;
        this.nextOrdinal = nextOrdinal;
        this.bytesRead = bytesRead;
        this.total = total;
        this.bytes = bytes;
        this.lastLine = lastLine;
    }
}
