/** What lies below the framework: the server's own view of a request, and its threads. */
@NullMarked
package io.headgate.gateway.netty;

import org.jspecify.annotations.NullMarked;
