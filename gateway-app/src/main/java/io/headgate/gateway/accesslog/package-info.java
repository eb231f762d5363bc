/** The access log: a line for each request that the limits have judged, for {@code policy simulate}. */
@NullMarked
package io.headgate.gateway.accesslog;

import org.jspecify.annotations.NullMarked;
