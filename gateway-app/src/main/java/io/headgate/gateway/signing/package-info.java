/** Addresses that are good for a while, and for whoever has them. */
@NullMarked
package io.headgate.gateway.signing;

import org.jspecify.annotations.NullMarked;
