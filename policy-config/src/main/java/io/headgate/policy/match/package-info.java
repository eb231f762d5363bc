/** From the facts of a request to the limits that apply to it: compiled once per policy, looked up per request. */
@NullMarked
package io.headgate.policy.match;

import org.jspecify.annotations.NullMarked;
