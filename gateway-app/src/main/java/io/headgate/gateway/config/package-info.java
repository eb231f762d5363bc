/** The gateway's own settings ({@code headgate.*}), and what is said when they are wrong. */
@NullMarked
package io.headgate.gateway.config;

import org.jspecify.annotations.NullMarked;
