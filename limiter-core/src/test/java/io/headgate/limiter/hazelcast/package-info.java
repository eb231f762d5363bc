@NullMarked
package io.headgate.limiter.hazelcast;

import org.jspecify.annotations.NullMarked;
