package io.forebay.etl.format;

/** What a file is. */
public record DetectedFormat(FileFormat format, Compression compression) {}
