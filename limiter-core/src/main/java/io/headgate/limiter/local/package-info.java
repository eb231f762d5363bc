/** The in-process store: one node, tests, and each node's own share while the shared store does not answer. */
@NullMarked
package io.headgate.limiter.local;

import org.jspecify.annotations.NullMarked;
