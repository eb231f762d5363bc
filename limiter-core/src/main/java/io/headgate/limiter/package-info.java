/** Quotas, keys and the {@link io.headgate.limiter.LimitStore} port. Depends on the JDK only. */
@NullMarked
package io.headgate.limiter;

import org.jspecify.annotations.NullMarked;
