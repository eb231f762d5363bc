/** Counters in Redis, decided by one server-side script. The only package that knows Redisson. */
@NullMarked
package io.headgate.limiter.redis;

import org.jspecify.annotations.NullMarked;
