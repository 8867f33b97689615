package io.forebay.bench.life;

/**
 * What is backed up how often.
 *
 * @param rate  batches a second of the writer
 * @param batch records of such a batch
 */
public record BackupSettings(int megabytes, int rate, int batch, int rounds) {}
