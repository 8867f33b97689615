package io.forebay.bench.imports;

import java.util.List;

/**
 * What is measured.
 *
 * @param records       first ones of the dataset for {@code peps}
 * @param sample        first ones of the dataset for {@code again} and, for each collection, for {@code parallel}
 * @param sizesMb       of the files of {@code size}
 * @param documentBytes of one document of these files, about
 * @param noStreamMbMax largest file that is also loaded as a whole, for comparison
 * @param heapMb        of the processes that import the files of {@code size}
 * @param textsPerCall  of the service that answers after {@code callMillis}
 */
public record ImportSettings(List<ImportPart> parts, long records, int sample, List<Integer> sizesMb,
        int documentBytes, int noStreamMbMax, int heapMb, int textsPerCall, long callMillis, int rounds) {}
