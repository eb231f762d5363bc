@NullMarked
package io.headgate.limiter.redis;

import org.jspecify.annotations.NullMarked;
