/** Recorded traffic: the requests that a gateway has judged, as lines of an access log. */
@NullMarked
package io.headgate.policy.traffic;

import org.jspecify.annotations.NullMarked;
