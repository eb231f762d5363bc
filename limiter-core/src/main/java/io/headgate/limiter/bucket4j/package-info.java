/** Bucket4j as the node-local token bucket. The only package that knows it. */
@NullMarked
package io.headgate.limiter.bucket4j;

import org.jspecify.annotations.NullMarked;
