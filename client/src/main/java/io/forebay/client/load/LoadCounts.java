package io.forebay.client.load;

/** What was counted. Guarded by the lock of {@link Flow}. */
final class LoadCounts {
    long read;
    long acked;
    long ackedBytes;
    long replayed;
    long refused;
    long retries;
    private long ackedHere;
    private long recordBytes;

    void acked(LoadBatch batch, int encodedBytes, boolean again) {
        acked += batch.records.size();
        ackedHere += batch.records.size();
        ackedBytes += encodedBytes;
        recordBytes += batch.bytes;
        replayed += again ? 1 : 0;
    }

    /** As the server gets them; 0 while nothing is known. */
    long meanRecordBytes() {
        return ackedHere == 0 ? 0 : Math.max(recordBytes, ackedBytes) / ackedHere;
    }
}
