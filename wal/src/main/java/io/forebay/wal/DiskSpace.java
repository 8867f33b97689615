package io.forebay.wal;

/**
 * What the disk of the log has.
 *
 * @param freeBytes    free for this user; at most a tenth of a second old
 * @param reserveBytes below it appends are refused
 * @param totalBytes   its size when the log was opened
 */
public record DiskSpace(long freeBytes, long reserveBytes, long totalBytes) {}
