/** Spring Cloud Gateway as it comes, with its own Redis rate limiter: the peer of the gateway bench. */
@NullMarked
package io.headgate.load.bench.stock;

import org.jspecify.annotations.NullMarked;
