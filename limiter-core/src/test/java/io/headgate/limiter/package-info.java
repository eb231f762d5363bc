@NullMarked
package io.headgate.limiter;

import org.jspecify.annotations.NullMarked;
