@NullMarked
package io.headgate.limiter.local;

import org.jspecify.annotations.NullMarked;
