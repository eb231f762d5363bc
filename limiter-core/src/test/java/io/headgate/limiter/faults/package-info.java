/** Nodes in processes of their own, to which harm is done or to whose store it is. */
@NullMarked
package io.headgate.limiter.faults;

import org.jspecify.annotations.NullMarked;
