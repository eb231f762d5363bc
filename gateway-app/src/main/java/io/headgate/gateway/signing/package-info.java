/** What the gateway vouches for: addresses, for whoever has them, and to backends who is calling. */
@NullMarked
package io.headgate.gateway.signing;

import org.jspecify.annotations.NullMarked;
