package io.headgate.gateway.netty;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Follows the HTTP/1 requests in a stream of bytes and says where the stream stops being beyond doubt.
 *
 * <p>Two servers that disagree about where a request ends can be made to disagree about whose request comes next. So this
 * accepts what RFC 9112 has clients send and nothing of what it lets servers put up with: one space between the parts of a
 * request line, lines that end in CR LF, no folded lines, at most one {@code Content-Length} of plain digits or one
 * {@code Transfer-Encoding: chunked}, and never both. Field names that read as one of these two with an underscore are
 * refused, since some servers fold them into it. An upgrade brings no body, unless it is the one to HTTP/2 that Java's own
 * client offers with every first request, and that nobody here takes up.
 *
 * <p>It looks at each byte of a head once, skips over bodies, and keeps nothing but a few short fields. A connection that
 * begins with the preface of HTTP/2 is none of its business from there on. Not thread-safe: one for each connection.
 */
final class RequestFraming implements ByteProcessor {

    /** Where in a request the stream is. */
    enum Phase {
        /** Nothing of the next request has come. */
        BETWEEN,
        /** Within a request line or header fields. */
        HEAD,
        /** Within a body or its trailers. */
        BODY,
        /** The connection speaks another protocol. */
        OTHER_PROTOCOL
    }

    /** Why the stream was given up. */
    enum Fault {
        /** Its framing is wrong or in doubt. */
        MALFORMED,
        /** A head has more fields than are taken. */
        TOO_MANY_FIELDS
    }

    private enum State {
        START,
        START_LF,
        METHOD,
        TARGET,
        VERSION,
        VERSION_LF,
        FIELD_START,
        NAME,
        VALUE,
        VALUE_LF,
        HEAD_LF,
        FIXED_BODY,
        CHUNK_SIZE,
        EXTENSION,
        QUOTED_EXTENSION,
        CHUNK_LF,
        CHUNK,
        CHUNK_END,
        CHUNK_END_LF,
        OTHER_PROTOCOL
    }

    private enum Field {
        CONTENT_LENGTH("content-length"),
        TRANSFER_ENCODING("transfer-encoding"),
        UPGRADE("upgrade"),
        OTHER("");

        private final String name;

        Field(String name) {
            this.name = name;
        }
    }

    private static final Field[] FIELDS = {Field.CONTENT_LENGTH, Field.TRANSFER_ENCODING, Field.UPGRADE};
    private static final int LONGEST_NAME = Field.TRANSFER_ENCODING.name.length();
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final String H2C = "h2c";
    private static final String CHUNKED = "chunked";

    /** The method of the HTTP/2 preface, {@code PRI * HTTP/2.0}, as {@link #method} has it. */
    private static final int PRI = ('P' << 16) | ('R' << 8) | 'I';

    private static final int LONGEST_FRAMING_VALUE = 32;
    private static final int MOST_LENGTH_DIGITS = 18;
    private static final int MOST_CHUNK_DIGITS = 8;
    private static final int LONGEST_EXTENSION = 256;

    private final int mostFields;
    private final boolean http2Allowed;

    private State state = State.START;
    private Optional<Fault> fault = Optional.empty();
    private boolean firstRequest = true;
    private long requests;
    private boolean skippedEmptyLine;
    /** Bytes of the body that come next, unseen. */
    private long body;

    private int method;
    private int targetLength;
    private byte lastOfTarget;
    private int versionLength;
    private boolean version10;

    private int fields;
    private boolean inTrailers;
    private final byte[] name = new byte[LONGEST_NAME];
    private int nameLength;
    private boolean underscored;
    private Field field = Field.OTHER;
    private final byte[] value = new byte[LONGEST_FRAMING_VALUE];
    private int valueLength;

    private long contentLength;
    private boolean lengthGiven;
    private boolean chunked;
    private boolean upgrade;

    private long chunkSize;
    private int chunkDigits;
    private int extensionLength;

    /**
     * The framing of a connection that begins.
     *
     * @param mostFields header fields that one request may have
     * @param http2Allowed whether the connection may speak HTTP/2 instead
     */
    RequestFraming(int mostFields, boolean http2Allowed) {
        this.mostFields = mostFields;
        this.http2Allowed = http2Allowed;
    }

    /** Follows the readable bytes, without reading them; the index of the first byte that is wrong, or the end. */
    int follow(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end && fault.isEmpty() && state != State.OTHER_PROTOCOL) {
            if (body > 0) {
                int skipped = (int) Math.min(body, end - at);
                at += skipped;
                body -= skipped;
                if (body == 0) {
                    bodySkipped();
                }
            } else {
                int stopped = bytes.forEachByte(at, end - at, this);
                if (stopped < 0) {
                    return end;
                }
                at = fault.isEmpty() ? stopped + 1 : stopped;
            }
        }
        return fault.isEmpty() ? end : at;
    }

    /** What is wrong, if something is. */
    Optional<Fault> fault() {
        return fault;
    }

    /** How many requests have begun. */
    long requests() {
        return requests;
    }

    Phase phase() {
        return switch (state) {
            case START, START_LF -> Phase.BETWEEN;
            case OTHER_PROTOCOL -> Phase.OTHER_PROTOCOL;
            case METHOD, TARGET, VERSION, VERSION_LF -> Phase.HEAD;
            case FIELD_START, NAME, VALUE, VALUE_LF, HEAD_LF -> inTrailers ? Phase.BODY : Phase.HEAD;
            default -> Phase.BODY;
        };
    }

    /** Takes one byte; {@code false} if what follows is not to be looked at byte by byte. */
    @Override
    public boolean process(byte b) {
        return switch (state) {
            case START -> (b == '\r' && !skippedEmptyLine) ? emptyLine() : begin(b);
            case START_LF -> b == '\n' ? go(State.START) : malformed();
            case METHOD -> inMethod(b);
            case TARGET -> inTarget(b);
            case VERSION -> inVersion(b);
            case VERSION_LF -> b == '\n' ? go(State.FIELD_START) : malformed();
            case FIELD_START -> b == '\r' ? go(State.HEAD_LF) : beginField(b);
            case NAME -> inName(b);
            case VALUE -> inValue(b);
            case VALUE_LF -> b == '\n' ? endField() : malformed();
            case HEAD_LF -> b == '\n' ? endFields() : malformed();
            case CHUNK_SIZE -> inChunkSize(b);
            case EXTENSION -> inExtension(b);
            case QUOTED_EXTENSION -> inQuotedExtension(b);
            case CHUNK_LF -> b == '\n' ? beginChunk() : malformed();
            case CHUNK_END -> b == '\r' ? go(State.CHUNK_END_LF) : malformed();
            case CHUNK_END_LF -> b == '\n' ? expectChunk() : malformed();
            default -> throw new IllegalStateException("Bytes of a body are skipped, not processed");
        };
    }

    private boolean emptyLine() {
        // RFC 9112 §2.2: some clients end a body with a line break too many. One is put up with.
        skippedEmptyLine = true;
        return go(State.START_LF);
    }

    private boolean begin(byte b) {
        requests++;
        method = 0;
        targetLength = 0;
        versionLength = 0;
        fields = 0;
        inTrailers = false;
        lengthGiven = false;
        contentLength = 0;
        chunked = false;
        upgrade = false;
        state = State.METHOD;
        return inMethod(b);
    }

    private boolean inMethod(byte b) {
        if (HttpBytes.isToken(b)) {
            method = (method << 8) | b;
            return true;
        }
        return (b == ' ' && method != 0) ? go(State.TARGET) : malformed();
    }

    private boolean inTarget(byte b) {
        if (HttpBytes.isVisible(b)) {
            targetLength++;
            lastOfTarget = b;
            return true;
        }
        return (b == ' ' && targetLength > 0) ? go(State.VERSION) : malformed();
    }

    private boolean inVersion(byte b) {
        int at = versionLength++;
        if (at < VERSION.length) {
            if (b == '2' && at == VERSION.length - 2 && isPreface()) {
                state = State.OTHER_PROTOCOL;
                return false;
            }
            return b == VERSION[at] || malformed();
        }
        if (at == VERSION.length && (b == '0' || b == '1')) {
            version10 = b == '0';
            return true;
        }
        return (at > VERSION.length && b == '\r') ? go(State.VERSION_LF) : malformed();
    }

    private boolean isPreface() {
        return http2Allowed && firstRequest && method == PRI && targetLength == 1 && lastOfTarget == '*';
    }

    private boolean beginField(byte b) {
        nameLength = 0;
        underscored = false;
        valueLength = 0;
        if (++fields > mostFields) {
            fault = Optional.of(Fault.TOO_MANY_FIELDS);
            return false;
        }
        // A line that begins with white space continues the one before, which two servers see differently.
        return (HttpBytes.isToken(b) && go(State.NAME)) ? inName(b) : malformed();
    }

    private boolean inName(byte b) {
        if (HttpBytes.isToken(b)) {
            if (nameLength < LONGEST_NAME) {
                underscored |= b == '_';
                name[nameLength] = b == '_' ? (byte) '-' : HttpBytes.lowerCase(b);
            }
            nameLength++;
            return true;
        }
        if (b != ':') {
            return malformed();
        }
        field = named();
        boolean framing = field == Field.CONTENT_LENGTH || field == Field.TRANSFER_ENCODING;
        return (framing && underscored) ? malformed() : go(State.VALUE);
    }

    private Field named() {
        for (Field candidate : FIELDS) {
            if (HttpBytes.equal(candidate.name, name, nameLength)) {
                return candidate;
            }
        }
        return Field.OTHER;
    }

    private boolean inValue(byte b) {
        if (b == '\r') {
            return go(State.VALUE_LF);
        }
        if (!HttpBytes.isFieldValue(b)) {
            return malformed();
        }
        boolean kept = field != Field.OTHER && !(valueLength == 0 && HttpBytes.isBlank(b));
        if (kept && valueLength < LONGEST_FRAMING_VALUE) {
            value[valueLength++] = HttpBytes.lowerCase(b);
            return true;
        }
        return !kept || field == Field.UPGRADE || malformed();
    }

    private boolean endField() {
        while (valueLength > 0 && HttpBytes.isBlank(value[valueLength - 1])) {
            valueLength--;
        }
        boolean sound = switch (field) {
            case OTHER -> true;
            case CONTENT_LENGTH -> !inTrailers && takeLength();
            case TRANSFER_ENCODING -> !inTrailers && takeEncoding();
            case UPGRADE -> {
                upgrade |= !HttpBytes.equal(H2C, value, valueLength);
                yield !inTrailers;
            }
        };
        return sound ? go(State.FIELD_START) : malformed();
    }

    private boolean takeLength() {
        if (lengthGiven || valueLength == 0 || valueLength > MOST_LENGTH_DIGITS) {
            return false;
        }
        lengthGiven = true;
        contentLength = 0;
        for (int i = 0; i < valueLength; i++) {
            if (value[i] < '0' || value[i] > '9') {
                return false;
            }
            contentLength = contentLength * 10 + (value[i] - '0');
        }
        return true;
    }

    private boolean takeEncoding() {
        boolean again = chunked;
        chunked = HttpBytes.equal(CHUNKED, value, valueLength);
        return chunked && !again && !version10;
    }

    private boolean endFields() {
        if (inTrailers) {
            return endRequest();
        }
        firstRequest = false;
        boolean hasBody = chunked || contentLength > 0;
        if ((chunked && lengthGiven) || (upgrade && hasBody)) {
            return malformed();
        }
        if (chunked) {
            return expectChunk();
        }
        if (contentLength > 0) {
            state = State.FIXED_BODY;
            body = contentLength;
            return false;
        }
        return endRequest();
    }

    private boolean endRequest() {
        skippedEmptyLine = false;
        return go(State.START);
    }

    private void bodySkipped() {
        if (state == State.FIXED_BODY) {
            endRequest();
        } else {
            state = State.CHUNK_END;
        }
    }

    private boolean expectChunk() {
        chunkSize = 0;
        chunkDigits = 0;
        return go(State.CHUNK_SIZE);
    }

    private boolean inChunkSize(byte b) {
        int digit = HttpBytes.hexDigit(b);
        if (digit >= 0 && chunkDigits < MOST_CHUNK_DIGITS) {
            chunkDigits++;
            chunkSize = chunkSize * 16 + digit;
            return chunkSize <= Integer.MAX_VALUE || malformed();
        }
        extensionLength = 0;
        if (chunkDigits == 0 || (b != '\r' && b != ';')) {
            return malformed();
        }
        return go(b == '\r' ? State.CHUNK_LF : State.EXTENSION);
    }

    /** Extensions mean nothing to anybody, but their line ends have been read in two ways. */
    private boolean inExtension(byte b) {
        if (b == '\r') {
            return go(State.CHUNK_LF);
        }
        if (++extensionLength > LONGEST_EXTENSION) {
            return malformed();
        }
        if (b == '"') {
            return go(State.QUOTED_EXTENSION);
        }
        return HttpBytes.isToken(b) || b == '=' || b == ';' || malformed();
    }

    private boolean inQuotedExtension(byte b) {
        if (++extensionLength > LONGEST_EXTENSION) {
            return malformed();
        }
        if (b == '"') {
            return go(State.EXTENSION);
        }
        return ((b == ' ' || HttpBytes.isVisible(b)) && b != '\\') || malformed();
    }

    private boolean beginChunk() {
        if (chunkSize == 0) {
            inTrailers = true;
            return go(State.FIELD_START);
        }
        state = State.CHUNK;
        body = chunkSize;
        return false;
    }

    private boolean go(State next) {
        state = next;
        return true;
    }

    private boolean malformed() {
        fault = Optional.of(Fault.MALFORMED);
        return false;
    }
}
