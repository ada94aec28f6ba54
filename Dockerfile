# What builds, what runs (without development dependencies), and an image with only the latter, which is also made for Fly.io.
FROM node:24-slim AS build
WORKDIR /burnbox
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node node_modules/vite/bin/vite.js build

FROM node:24-slim AS dependencies
WORKDIR /burnbox
COPY package.json package-lock.json ./
# The image has Node 24 itself; the packages of it are for machines that have not.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/node-linux-* node_modules/node-win-* && npm cache clean --force

FROM node:24-slim AS program
ENV NODE_ENV=production \
    BURNBOX_HTTP=0.0.0.0:3000 \
    BURNBOX_SMTP=0.0.0.0:2525 \
    BURNBOX_DATA=/data
WORKDIR /burnbox
COPY --from=dependencies /burnbox/node_modules node_modules
COPY --from=build /burnbox/dist dist
COPY package.json ./
COPY bin bin
COPY sql sql
COPY src src
RUN mkdir -m 700 /data && chown node:node /data \
 && printf '#!/bin/sh\nexec node /burnbox/src/main.ts "$@"\n' > /usr/local/bin/burnbox && chmod 755 /usr/local/bin/burnbox
USER node
EXPOSE 3000 2525
# Up to 10 s are needed to end what is under way; Docker gives 10 before it kills.
STOPSIGNAL SIGTERM
CMD ["node", "src/main.ts", "serve"]

# Fly.io mounts a volume that belongs to root: this one hands it over, and is an ordinary user before Burnbox starts.
FROM program AS fly
USER root
ENTRYPOINT ["sh", "-c", "chown node:node /data && exec setpriv --reuid=node --regid=node --init-groups -- \"$@\"", "--"]
CMD ["node", "src/main.ts", "serve"]

FROM program
VOLUME /data
