/** Who is calling: the client's address, and the caller a verified credential names. */
@NullMarked
package io.headgate.gateway.identity;

import org.jspecify.annotations.NullMarked;
