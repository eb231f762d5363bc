/** The way of a request through the gateway's own part: target, identity, limits, answer. */
@NullMarked
package io.headgate.gateway.edge;

import org.jspecify.annotations.NullMarked;
