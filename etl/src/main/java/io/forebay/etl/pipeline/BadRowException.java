package io.forebay.etl.pipeline;

/** This document cannot become a row; the message goes on from "because". */
final class BadRowException extends Exception {
    private static final long serialVersionUID = 1L;

    BadRowException(String message) {
        super(message, null, false, false);
    }
}
