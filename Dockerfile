# One image for every process of Hangar: the command chooses which. TypeScript is run directly, so the image
# keeps the workspace's layout; Node strips types only outside node_modules. Only the dashboard is built.

# What an install depends on, and nothing else: the next stage is cached until a manifest changes.
FROM node:24.21.0-bookworm-slim AS manifests
WORKDIR /source
COPY . .
RUN mkdir /manifests \
  && cp pnpm-lock.yaml pnpm-workspace.yaml /manifests \
  && find . -name package.json -not -path '*/node_modules/*' -exec cp --parents '{}' /manifests ';'

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY --from=manifests /manifests ./
# The pinned pnpm of package.json. The filters leave out what only tests and benchmarks need; the workspace's own
# copy of Node (for machines that have another one) goes too, because the image is that Node.
RUN --mount=type=cache,target=/root/.local/share/pnpm/store \
  npx --yes "$(node -p 'require("./package.json").packageManager')" install --frozen-lockfile --prod \
  --filter-prod '@hangar/api...' --filter-prod '@hangar/worker...' --filter-prod '@hangar/scheduler...' \
  --filter-prod '@hangar/cli...' --filter-prod '@hangar/fly-sim...' --filter-prod '@hangar/screener...' \
  && rm -r node_modules/node-linux-* node_modules/.pnpm/node-linux-*

# Vite and the browser's libraries go into no image: what the browsers get is all that is kept of them.
FROM node:24.21.0-bookworm-slim AS page
WORKDIR /app
COPY --from=manifests /manifests ./
RUN --mount=type=cache,target=/root/.local/share/pnpm/store \
  npx --yes "$(node -p 'require("./package.json").packageManager')" install --frozen-lockfile \
  --filter '@hangar/admin-page'
COPY . .
RUN node scripts/build.ts

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production PORT=8080
WORKDIR /app
COPY --from=dependencies /app ./
COPY . .
COPY --from=page /app/web/admin/dist web/admin/dist
# The program for operators, by its name.
RUN ln -s /app/cli/src/main.ts /usr/local/bin/hangar
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "scripts/healthcheck.mjs"]
CMD ["node", "services/api/src/main.ts"]
