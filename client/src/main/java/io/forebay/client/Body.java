package io.forebay.client;

/** A request body: the first {@code length} bytes. */
record Body(byte[] bytes, int length) {}
