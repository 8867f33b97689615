package io.forebay.engine.check;

/**
 * What a check looked at and how it came out.
 *
 * @param format         of the store, 0 when it has no manifest
 * @param extents        of the log that are in use
 * @param entries        of the log
 * @param nextSeqId      the next one to be given out, as the log tells it
 * @param pendingEntries of the log that are not applied: the next start applies them
 * @param tableFiles     of RocksDB, of records and imports
 * @param pairs          of metadata terms and rows that were compared with the postings
 * @param grams          of trigrams and rows
 * @param vectors        live ones that were compared with their checksums
 * @param graphNodes     of stored graphs
 * @param damages        findings of damage, those not shown among them
 */
public record CheckReport(int format, long extents, long entries, long nextSeqId, long pendingEntries,
        long tableFiles, long collections, long records, long documents, long pairs, long grams, long vectors,
        long graphNodes, long damages, long notes) {

    public boolean fine() {
        return damages == 0;
    }
}
