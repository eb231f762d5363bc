@NullMarked
package io.headgate.limiter.bucket4j;

import org.jspecify.annotations.NullMarked;
