@NullMarked
package io.headgate.limiter.guard;

import org.jspecify.annotations.NullMarked;
