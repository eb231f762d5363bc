# syntax=docker/dockerfile:1

# The gateway's image. It carries the jar that was tested, so build that first:
#   ./mvnw verify
#   docker build -t headgate:0.1.0 .
#
# Each step's commands were run by hand on a JDK 25 with a Spring Cloud Gateway jar: extraction, training, start from the
# cache (2.1 s instead of 3.9 s). The build of the image itself is not part of the project's tests.

FROM eclipse-temurin:25-jre AS layers
WORKDIR /build
COPY gateway-app/target/gateway-app.jar ./
RUN java -Djarmode=tools -jar gateway-app.jar extract --layers --destination layers

FROM eclipse-temurin:25-jre
WORKDIR /app

# From what changes least to what changes most.
COPY --from=layers /build/layers/dependencies/ ./
COPY --from=layers /build/layers/spring-boot-loader/ ./
COPY --from=layers /build/layers/snapshot-dependencies/ ./
COPY --from=layers /build/layers/application/ ./

# The training run builds the application context and ends before a port is opened. It stands here and not in the first
# stage because the cache is valid only for the same JVM, the same paths and the same modification times.
RUN --mount=type=bind,source=policy-config/policies,target=/policies \
    java -XX:+UseG1GC -XX:AOTCacheOutput=gateway-app.aot -Dspring.context.exit=onRefresh \
      -jar gateway-app.jar --headgate.policy=/policies --headgate.store.type=memory

# A number, so that Kubernetes can check that it is not root. The chart runs the same one.
USER 10001:10001

# 8080 public, 8081 management (loopback unless told otherwise), 5701 Hazelcast members.
EXPOSE 8080 8081 5701

# Further JVM options: JDK_JAVA_OPTIONS. Properties: arguments (--headgate.policy=…) or the environment (HEADGATE_POLICY=…).
ENTRYPOINT ["java", "-XX:AOTCache=gateway-app.aot", "-jar", "gateway-app.jar"]
