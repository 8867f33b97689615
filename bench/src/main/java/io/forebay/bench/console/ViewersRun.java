package io.forebay.bench.console;

/**
 * One run.
 *
 * @param corePercent  what the server used, of one core
 * @param events       that each viewer got, in a second
 * @param bytes        that each viewer got, in a second
 * @param othersShare  what neither the server nor this process used, of all cores
 */
public record ViewersRun(int viewers, double corePercent, double events, double bytes, double othersShare) {}
