package io.headgate.load.backend;

import java.util.OptionalLong;

/**
 * State of one resumable upload.
 *
 * @param id names it in URLs and on disk
 * @param length bytes it will have, empty as long as the client has not said so
 * @param offset bytes that have arrived
 * @param metadata the client's Upload-Metadata field, may be empty
 */
record Upload(String id, OptionalLong length, long offset, String metadata) {

    /** Bytes that may still come. */
    long room(long maxSize) {
        return length.orElse(maxSize) - offset;
    }
}
