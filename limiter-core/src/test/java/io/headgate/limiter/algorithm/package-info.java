@NullMarked
package io.headgate.limiter.algorithm;

import org.jspecify.annotations.NullMarked;
