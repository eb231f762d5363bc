/** The runnable gateway. */
@NullMarked
package io.headgate.gateway;

import org.jspecify.annotations.NullMarked;
