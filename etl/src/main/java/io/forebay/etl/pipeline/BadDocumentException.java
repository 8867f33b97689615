package io.forebay.etl.pipeline;

/** This document cannot become a row; the message goes on from "because". */
final class BadDocumentException extends Exception {
    private static final long serialVersionUID = 1L;

    BadDocumentException(String message) {
        super(message, null, false, false);
    }
}
