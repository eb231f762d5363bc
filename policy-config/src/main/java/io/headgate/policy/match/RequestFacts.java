package io.headgate.policy.match;

import io.headgate.policy.net.IpAddress;

/**
 * All that the policy may look at in a request.
 *
 * @param method effective HTTP method, upper case
 * @param path canonical absolute path, without query
 * @param ip address of the client
 * @param caller who is calling
 */
public record RequestFacts(String method, String path, IpAddress ip, Caller caller) {}
