package io.forebay.index.record;

/**
 * A client's key of a batch that was appended, and the answer that the batch got: what is needed to answer again without
 * appending again.
 *
 * @param keyHash          of the client's key, never 0
 * @param records          of the batch; 0 when it changed nothing and still took one seqId
 * @param fingerprint      checksum of the request, so that another one under the same key is found out
 * @param appendTimeMillis when it entered the log
 */
public record BatchKey(int collection, long keyHash, long minSeqId, long maxSeqId, int records,
        int fingerprint,
        long appendTimeMillis) {}
