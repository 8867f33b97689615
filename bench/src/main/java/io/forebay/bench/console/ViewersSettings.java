package io.forebay.bench.console;

/**
 * What {@link ViewersBench} does.
 *
 * @param viewers     that look on at once, each with both streams that a page of the console has
 * @param collections there are
 * @param moving      so many of them get a small batch every second
 * @param seconds     of one run
 * @param rounds      pairs of runs, without and with viewers
 */
public record ViewersSettings(int viewers, int collections, int moving, double seconds, int rounds) {}
