package io.forebay.bench.imports;

import java.io.Serializable;
import java.util.List;

/**
 * What a process imports into a new store.
 *
 * @param files        each one job
 * @param atOnce       all jobs at once; else one after the other
 * @param noStream     the whole file is in memory first, as in a service that does not stream
 * @param service      address of an OpenAI-compatible service; empty for none
 * @param textsPerCall of that service
 * @param workers      threads of the import service; 0: one for each processor
 */
record ImportTask(String directory, List<SourceFile> files, boolean atOnce, boolean noStream, String service,
        int textsPerCall, int workers) implements Serializable {

    static final String SERVICE = "fake";

    /**
     * One file into one collection.
     *
     * @param file       what is on disk; empty for one that is made
     * @param madeBytes  size of the file that is made
     * @param madeDocumentBytes of one of its documents
     * @param connection of the embeddings
     */
    record SourceFile(String file, long madeBytes, int madeDocumentBytes, String collection,
            String connection, List<String> textFields) implements Serializable {}

    static ImportTask of(String directory, List<SourceFile> files) {
        return new ImportTask(directory, files, false, false, "", 0, 0);
    }
}
