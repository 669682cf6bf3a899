# syntax=docker/dockerfile:1
# Targets: api (the server) and silo (a member of a cluster without the public API). Built for several architectures with
#   docker buildx build --platform linux/amd64,linux/arm64 --target api .
# The build runs on the builder's own architecture and compiles for the other one. tests/Image.Tests runs the commands of this file.

FROM --platform=$BUILDPLATFORM node:22-bookworm-slim AS dashboard
WORKDIR /src/src/Dashboard
COPY src/Dashboard/package.json src/Dashboard/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src/Dashboard ./
RUN npm run build

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /src
COPY Directory.Build.props Directory.Packages.props .editorconfig BannedSymbols.txt ./
COPY src/Core src/Core
COPY src/Storage src/Storage
COPY src/Grains src/Grains
COPY src/Billing src/Billing
COPY src/Api src/Api
COPY src/Silo src/Silo
COPY src/Dashboard/Dashboard.targets src/Dashboard/
COPY docs docs
COPY spec spec
# The volume's folder: the runtime images have no shell that could create it.
RUN mkdir -p /out/data

FROM build AS build-api
ARG TARGETARCH
RUN dotnet publish src/Api -c Release -a "$TARGETARCH" --self-contained false -p:BuildDashboard=false -o /out/api
COPY --from=dashboard /src/src/Dashboard/dist /out/api/wwwroot

FROM build AS build-silo
ARG TARGETARCH
RUN dotnet publish src/Silo -c Release -a "$TARGETARCH" --self-contained false -p:BuildDashboard=false -o /out/silo

# "extra" contains ICU and time zones. There is no shell and no package manager; the user is 1654.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra AS runtime
WORKDIR /app
# Diagnostics would create a socket in /tmp. The data is in a volume, so the secret must be set: see docs/self-hosting.md.
ENV ASPNETCORE_HTTP_PORTS=8080 \
    DOTNET_EnableDiagnostics=0 \
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false \
    TELEMETRYKIT_DATA=/data
COPY LICENSE-APACHE LICENSE-MIT ./
COPY --from=build --chown=1654:1654 /out/data /data
USER 1654
EXPOSE 8080

FROM runtime AS silo
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="TelemetryKit silo" \
      org.opencontainers.image.description="A member of a TelemetryKit cluster without the public API" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build-silo /out/silo ./
HEALTHCHECK --interval=10s --timeout=8s --start-period=60s --retries=3 CMD ["dotnet", "/app/TelemetryKit.Silo.dll", "health"]
ENTRYPOINT ["dotnet", "/app/TelemetryKit.Silo.dll"]

# The last target is the default.
FROM runtime AS api
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="TelemetryKit" \
      org.opencontainers.image.description="Privacy-first usage analytics for CLIs, libraries and SDKs" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build-api /out/api ./
VOLUME /data
HEALTHCHECK --interval=10s --timeout=8s --start-period=60s --retries=3 CMD ["dotnet", "/app/TelemetryKit.Api.dll", "health"]
ENTRYPOINT ["dotnet", "/app/TelemetryKit.Api.dll"]
