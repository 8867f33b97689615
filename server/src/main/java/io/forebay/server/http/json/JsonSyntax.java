package io.forebay.server.http.json;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first error of syntax in a body that the parser has refused, and tells it as Chroma does: under which key of
 * the outermost object, what was expected, at which line and column. Only for bodies that are wrong, so it need not be
 * fast; it goes over the body once, with no memory but that of the nesting.
 *
 * <p>Threads: one.
 */
final class JsonSyntax {
    private final byte[] body;
    private final int length;
    private int at;
    private int depth;
    private @Nullable String key;

    /** The error; no stack trace, it is only an exit. */
    private static final class Found extends Exception {
        private static final long serialVersionUID = 1;

        Found(String message) {
            super(message, null, false, false);
        }
    }

    private JsonSyntax(byte[] body, int length) {
        this.body = body;
        this.length = length;
    }

    /** Null when it finds nothing wrong. */
    static @Nullable String error(byte[] body, int length) {
        JsonSyntax syntax = new JsonSyntax(body, length);
        try {
            syntax.value();
            syntax.key = null;
            if (syntax.skipSpace() >= 0) {
                throw syntax.unexpected("trailing characters");
            }
            return null;
        } catch (Found error) {
            return error.getMessage();
        }
    }

    private void value() throws Found {
        int first = skipSpace();
        switch (first) {
            case -1 -> throw end("a value");
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> ident("true");
            case 'f' -> ident("false");
            case 'n' -> ident("null");
            default -> {
                if (first != '-' && !isDigit(first)) {
                    throw unexpected("expected value");
                }
                number();
            }
        }
    }

    private void object() throws Found {
        enter();
        int next = skipSpace();
        if (next == '}') {
            leave();
            return;
        }
        while (true) {
            if (next < 0) {
                throw end(body[lastByte()] == ',' ? "a value" : "an object");
            }
            if (next != '"') {
                throw unexpected("key must be a string");
            }
            int from = at + 1;
            string();
            String name = new String(body, from, at - 1 - from, StandardCharsets.UTF_8);
            next = skipSpace();
            if (next != ':') {
                throw next < 0 ? end("an object") : unexpected("expected `:`");
            }
            at++;
            if (depth == 1) {
                key = name;
            }
            value();
            if (depth == 1) {
                key = null;
            }
            if (isLast('}', "an object")) {
                leave();
                return;
            }
            next = skipSpace();
        }
    }

    private void array() throws Found {
        enter();
        if (skipSpace() == ']') {
            leave();
            return;
        }
        if (at == length) {
            throw end("a list");
        }
        do {
            value();
        } while (!isLast(']', "a list"));
        leave();
    }

    /** Behind an element: whether the container ends here; otherwise passes over the comma. */
    private boolean isLast(char close, String what) throws Found {
        int next = skipSpace();
        if (next == close) {
            return true;
        }
        if (next != ',') {
            throw next < 0 ? end(what) : unexpected("expected `,` or `" + close + "`");
        }
        at++;
        if (skipSpace() == close) {
            throw unexpected("trailing comma");
        }
        return false;
    }

    private void enter() throws Found {
        at++;
        if (++depth > Json.NESTING_MAX) {
            throw at(at, "recursion limit exceeded");
        }
    }

    private void leave() {
        at++;
        depth--;
    }

    private void string() throws Found {
        at++;
        while (at < length && body[at] != '"') {
            if (body[at] >= 0 && body[at] < ' ') {
                throw at(at, "control character (\\u0000-\\u001F) found while parsing a string");
            }
            if (body[at] == '\\') {
                escape();
            } else {
                at++;
            }
        }
        if (at >= length) {
            throw end("a string");
        }
        at++;
    }

    private void escape() throws Found {
        at++;
        if (at == length) {
            throw end("a string");
        }
        if (body[at] == 'u') {
            for (int i = 0; i < 4; i++) {
                at++;
                if (at >= length) {
                    throw end("a string");
                }
                if (Character.digit(body[at], 16) < 0) {
                    throw unexpected("invalid escape");
                }
            }
        } else if ("\"\\/bfnrt".indexOf(body[at]) < 0) {
            throw unexpected("invalid escape");
        }
        at++;
    }

    private void ident(String word) throws Found {
        for (int i = 0; i < word.length(); i++, at++) {
            if (at >= length) {
                throw end("a value");
            }
            if (body[at] != word.charAt(i)) {
                throw unexpected("expected ident");
            }
        }
    }

    private void number() throws Found {
        if (body[at] == '-') {
            at++;
        }
        boolean zero = at < length && body[at] == '0';
        int digits = digits();
        if (zero && digits > 1) {
            at += 1 - digits;
            throw unexpected("invalid number");
        }
        if (at < length && body[at] == '.') {
            at++;
            digits();
        }
        if (at < length && (body[at] | 0x20) == 'e') {
            at++;
            if (at < length && (body[at] == '+' || body[at] == '-')) {
                at++;
            }
            digits();
        }
    }

    /** At least one. */
    private int digits() throws Found {
        int from = at;
        while (at < length && isDigit(body[at])) {
            at++;
        }
        if (at == from) {
            throw at == length ? end("a value") : unexpected("invalid number");
        }
        return at - from;
    }

    /** The next byte that is no white space, not passed over; -1 at the end. */
    private int skipSpace() {
        while (at < length
                && (body[at] == ' ' || body[at] == '\n' || body[at] == '\r' || body[at] == '\t')) {
            at++;
        }
        return at < length ? body[at] & 0xff : -1;
    }

    /** The place of the last byte that is no white space. */
    private int lastByte() {
        int last = length - 1;
        while (last > 0 && body[last] <= ' ' && body[last] >= 0) {
            last--;
        }
        return last;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private Found end(String of) {
        return at(length, "EOF while parsing " + of);
    }

    /** About the byte at hand. */
    private Found unexpected(String what) {
        return at(at + 1, what);
    }

    /** After so many bytes. */
    private Found at(int bytes, String what) {
        int line = 1;
        int column = 0;
        for (int i = 0; i < bytes; i++) {
            column++;
            if (body[i] == '\n') {
                line++;
                column = 0;
            }
        }
        return new Found((key == null ? "" : key + ": ") + what + " at line " + line + " column " + column);
    }
}
