package io.headgate.gateway.backend;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import reactor.netty.channel.AbortedException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/** How a call to a backend failed. */
enum Failure {
    /** The breaker is open, and nothing was sent. */
    BREAKER_OPEN,
    /** The backend has as much to do as it can, and nothing was sent. */
    SHED,
    /** There was no connection, and nothing was sent. */
    UNREACHED,
    /** The connection had been kept from an earlier request, and was closed before anything was sent. */
    STALE_CONNECTION,
    /** No answer in time. */
    TIMED_OUT,
    /** The connection broke off, or what came over it is no answer. */
    BROKEN,
    /** The backend answered, with a server error. */
    ANSWERED_5XX,
    /** The backend answered that it cannot answer now, and not when it can. */
    UNAVAILABLE,
    /** The request's own body broke off. */
    CLIENT_GONE;

    private static final String CLOSED_BEFORE_SEND =
            String.valueOf(AbortedException.beforeSend().getMessage());

    static Failure of(Throwable error) {
        if (error instanceof CallNotPermittedException || error instanceof NoInstance) {
            return BREAKER_OPEN;
        } else if (error instanceof Shed) {
            return SHED;
        } else if (error instanceof BackendFault fault) {
            return fault.unavailable() ? UNAVAILABLE : ANSWERED_5XX;
        } else if (error instanceof ClientGone) {
            return CLIENT_GONE;
        } else if (neverConnected(error)) {
            return UNREACHED;
        } else if (error instanceof AbortedException && CLOSED_BEFORE_SEND.equals(error.getMessage())) {
            return STALE_CONNECTION;
        }
        return error instanceof TimeoutException ? TIMED_OUT : BROKEN;
    }

    /** Whether the backend has seen nothing of the request. */
    boolean beforeTheBackend() {
        return switch (this) {
            case BREAKER_OPEN, SHED, UNREACHED, STALE_CONNECTION -> true;
            case TIMED_OUT, BROKEN, ANSWERED_5XX, UNAVAILABLE, CLIENT_GONE -> false;
        };
    }

    /** Whether the client gets the backend's own answer all the same. */
    boolean answered() {
        return this == ANSWERED_5XX || this == UNAVAILABLE;
    }

    /** Whether it says something of the instance, and not of the request or the client. */
    boolean saysThatTheInstanceIsIll() {
        return switch (this) {
            case UNREACHED, TIMED_OUT, BROKEN, ANSWERED_5XX, UNAVAILABLE -> true;
            case BREAKER_OPEN, SHED, STALE_CONNECTION, CLIENT_GONE -> false;
        };
    }

    /** Whether the time until it says how much the instance has to do. */
    boolean saysHowBusyTheInstanceIs() {
        return this == TIMED_OUT || answered();
    }

    private static boolean neverConnected(Throwable error) {
        return error instanceof ConnectException
                || error instanceof NoRouteToHostException
                || error instanceof UnknownHostException
                || error instanceof SSLHandshakeException
                || error instanceof PoolAcquireTimeoutException
                || error instanceof PoolAcquirePendingLimitException;
    }
}
