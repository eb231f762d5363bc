/**
 * What stands between a caller and a shared store: fallback, breaker, deny cache, deadline. Each wraps a
 * {@link io.headgate.limiter.LimitStore} and is one.
 */
@NullMarked
package io.headgate.limiter.guard;

import org.jspecify.annotations.NullMarked;
