package io.headgate.gateway.cache;

/** Where an answer came from that was not made for its request. */
enum Outcome {
    /** It was kept, and is as good as a new one. */
    FRESH("hit"),
    /** It was kept, and a newer one is being asked for. */
    REVALIDATING("hit"),
    /** It was kept, and the backend failed to give a newer one. */
    IF_ERROR("hit; detail=backend-failed"),
    /** Another request for the same was under way, and its answer is this one's too. */
    COLLAPSED("fwd=uri-miss; collapsed");

    private final String status;

    Outcome(String status) {
        this.status = status;
    }

    /** As {@code Cache-Status} has it (RFC 9211). */
    String status(long ttlSeconds) {
        return "headgate; " + status + (this == COLLAPSED ? "" : "; ttl=" + ttlSeconds);
    }
}
