/** The backends behind the gateway, and what happens when one is ill. */
@NullMarked
package io.headgate.gateway.backend;

import org.jspecify.annotations.NullMarked;
