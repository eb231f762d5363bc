package io.headgate.policy.match;

import io.headgate.policy.net.IpAddress;

/**
 * All that the policy may look at in a request.
 *
 * @param method effective HTTP method, upper case
 * @param host the host asked for, lower case, without port; empty if unknown
 * @param path canonical absolute path, without query
 * @param headers its header fields
 * @param ip address of the client
 * @param caller who is calling
 */
public record RequestFacts(String method, String host, String path, HeaderFields headers, IpAddress ip, Caller caller) {

    /** A request of which neither host nor header fields are known. */
    public RequestFacts(String method, String path, IpAddress ip, Caller caller) {
        this(method, "", path, HeaderFields.NONE, ip, caller);
    }
}
