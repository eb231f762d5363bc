package io.headgate.gateway.media;

/** How an upload ended. */
enum UploadEnd {
    /** All of it has arrived. */
    COMPLETED,
    /** The client took it back. */
    TERMINATED,
    /** The backend did not take it in. */
    REFUSED,
    /** The backend does not have it any more. */
    GONE,
    /** Nobody has gone on with it in its time. */
    EXPIRED
}
