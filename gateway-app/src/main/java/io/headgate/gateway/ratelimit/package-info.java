/** From a plan of limits to a verdict, over the store that the settings choose. */
@NullMarked
package io.headgate.gateway.ratelimit;

import org.jspecify.annotations.NullMarked;
