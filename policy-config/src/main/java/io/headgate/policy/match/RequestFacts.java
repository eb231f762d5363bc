package io.headgate.policy.match;

import io.headgate.policy.net.IpAddress;

/**
 * All that the policy may look at in a request.
 *
 * @param method effective HTTP method, upper case
 * @param host the host asked for, lower case, without port; empty if unknown
 * @param path canonical absolute path, without query
 * @param query the query as it stands in the target, without the question mark; empty if there is none
 * @param headers its header fields
 * @param ip address of the client
 * @param caller who is calling
 */
public record RequestFacts(
        String method, String host, String path, String query, HeaderFields headers, IpAddress ip, Caller caller) {

    /** A request without a query. */
    public RequestFacts(String method, String host, String path, HeaderFields headers, IpAddress ip, Caller caller) {
        this(method, host, path, "", headers, ip, caller);
    }

    /** A request of which neither host nor query nor header fields are known. */
    public RequestFacts(String method, String path, IpAddress ip, Caller caller) {
        this(method, "", path, HeaderFields.NONE, ip, caller);
    }
}
