package io.forebay.index.vector;

/**
 * State of a vector segment at one moment.
 *
 * @param ordinals ordinals applied, dead ones included
 * @param live ordinals applied and not dead
 * @param linked contiguous prefix of the ordinals that the graph holds
 * @param diskBytes bytes written to the segment's files that are there (room kept ahead is sparse and not counted)
 * @param codeBytes memory outside the heap for codes
 * @param graphBytes memory outside the heap for the graph
 * @param damaged ordinals whose bytes did not match their checksum when the segment was opened
 */
public record VectorStats(int ordinals, int live, int linked, long diskBytes, long codeBytes,
        long graphBytes, int damaged) {}
