// Generated from docs/openapi.json by scripts/generate-page-types.ts. Do not edit: run `npm run generate`.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alive: the event loop answers */
        get: operations["get-healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether it can do its work now
         * @description Without Redis it is `degraded`, and still gets its traffic: everything is done, only slower.
         */
        get: operations["get-readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What somebody should look at, newest first */
        get: operations["get-v1-alerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Somebody has seen it. Who did so first stands */
        post: operations["post-v1-alerts-id-acknowledge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Somebody has seen all of these
         * @description Those that are not there any more are told of; the others are acknowledged all the same.
         */
        post: operations["post-v1-alerts-acknowledge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Apps, filtered and sorted
         * @description Without filters and without an order: every live app, in the order of their ids. A page stays right while apps come and go; one whose place in the order changes meanwhile may be on two pages, or on none.
         */
        get: operations["get-v1-apps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Apps, filtered and sorted, as a file for a spreadsheet
         * @description All that the filters let pass, however many. CSV (RFC 4180, UTF-8) with a line of names. Text that a spreadsheet would run as a formula has an apostrophe before it. A file that breaks off in the middle ends the connection.
         */
        get: operations["get-v1-apps-csv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this user should have and why, what they have, what comes next, and what they had */
        get: operations["get-v1-apps-userId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}/check-health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has a worker look at the user's app now, and mend what it finds
         * @description What it finds is in the app's `health_status` and `last_health_check` a moment later.
         */
        post: operations["post-v1-apps-userId-check-health"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the user's apps cost, day by day */
        get: operations["get-v1-apps-userId-costs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}/deprovision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes the app of a user who does not pay away
         * @description `force` and a `reason` for one who pays, which takes an admin.
         */
        post: operations["post-v1-apps-userId-deprovision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to all of this user's apps, newest first */
        get: operations["get-v1-apps-userId-events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}/force": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has done what the engine would not do by itself, on this one generation
         * @description 409 where it would change nothing. Asked again, the newer one counts.
         */
        post: operations["post-v1-apps-userId-force"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How healthy the user's app was, piece by piece */
        get: operations["get-v1-apps-userId-health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}/override": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Says what this user is to have, whatever their subscription says, or that they are left as they are
         * @description In the place of the override before. `on` and `off`, and to replace one of these, take an admin. At its end the subscription decides again.
         */
        put: operations["put-v1-apps-userId-override"];
        post?: never;
        /**
         * Ends what an operator said of this user: the subscription decides again
         * @description To end anything but a pause takes an admin. Where there is none, nothing is changed.
         */
        delete: operations["delete-v1-apps-userId-override"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the engine would do for this user now, and then */
        get: operations["get-v1-apps-userId-plan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}/provision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks for what the user's subscription says
         * @description `force` and a `reason` go against the subscription, and take an admin.
         */
        post: operations["post-v1-apps-userId-provision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Looks at the user again now, whatever pause a failure has earned them */
        post: operations["post-v1-apps-userId-retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/{userId}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What led to what for this user: what was wanted, who acted, what the engine did, newest first */
        get: operations["get-v1-apps-userId-timeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/apps/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many apps there are of each kind
         * @description With the filters of the list. Each breakdown passes over the filter on itself, so it says how many there would be if that were chosen. What there is none of is left out.
         */
        get: operations["get-v1-apps-counts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What people and keys have done, newest first */
        get: operations["get-v1-audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/brakes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Each brake, whether it is engaged and why, whom it holds, and what releases it */
        get: operations["get-v1-brakes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/brakes/{name}/engage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Engages the brake `operator` or `restored`: what it holds waits until it is released
         * @description `operator`: nothing is torn down and nothing repaired. `restored`: for a restore of the database that nothing has noticed; besides, nobody gets a new app before what is on Fly was looked through, and no number of a lost life is given out again. The other brakes engage by their own conditions only.
         */
        post: operations["post-v1-brakes-name-engage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/brakes/{name}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Releases a brake: whom it held is due at once
         * @description Where its condition still holds it engages again, unless `ignore_for_minutes` says that the condition has been judged. `restored` has no condition that lasts, and refuses to be told so.
         */
        post: operations["post-v1-brakes-name-release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Acts on many users, newest first */
        get: operations["get-v1-bulk"];
        put?: never;
        /**
         * Does one thing to many users, one after another, each with a result of its own
         * @description Whom it cannot be done to is left out, and told of. A worker asks for them at `per_minute`; brakes hold it. `deprovision` and `force` take an admin. With `dryRun`: the preview.
         */
        post: operations["post-v1-bulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bulk/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far one act on many users has come */
        get: operations["get-v1-bulk-id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bulk/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks nobody more; who was asked comes to an end */
        post: operations["post-v1-bulk-id-cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bulk/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of each user in it, in the order in which they are asked */
        get: operations["get-v1-bulk-id-items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bulk/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks nobody more until it is resumed; who was asked comes to an end */
        post: operations["post-v1-bulk-id-pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/bulk/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Goes on where it was paused
         * @description Whatever took an admin to begin takes one here too.
         */
        post: operations["post-v1-bulk-id-resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/burst-approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who agreed to how many teardowns, and what is left of it; newest first */
        get: operations["get-v1-burst-approvals"];
        put?: never;
        /**
         * So many teardowns are meant, and do not count as a burst
         * @description Where all approvals together cover everybody whom the brake on bursts keeps from beginning, it is released.
         */
        post: operations["post-v1-burst-approvals"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What all apps cost in a month, in every way it is looked at, and what they will */
        get: operations["get-v1-costs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/costs.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What each app costs in a month, as a file for a spreadsheet
         * @description CSV (RFC 4180, UTF-8) with a line of names. Text that a spreadsheet would run as a formula has an apostrophe before it. A file that breaks off in the middle ends the connection.
         */
        get: operations["get-v1-costs-csv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/costs/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What each user costs in a month, and what is left of what they pay
         * @description All pages of a list are about the moment of its first page.
         */
        get: operations["get-v1-costs-users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Looks whether everything is as it should be, and says what to do where it is not
         * @description The database, its roles and the trigger, a webhook of no user from there to here, Redis, clocks, and, by a worker, Fly.io. A dry run sends no webhook and asks no worker.
         */
        post: operations["post-v1-doctor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened in the whole fleet, newest first */
        get: operations["get-v1-events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inspections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A dry run that was asked for within the last day, answered or not */
        get: operations["get-v1-inspections-id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/migrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Migrations of existing users, newest first */
        get: operations["get-v1-migrations"];
        put?: never;
        /**
         * Gives users who pay and have no app of their own one, in waves
         * @description Some users, a tier, or all. The next wave begins when all of the one before have come to an end; where too many fail it stops itself. Brakes hold it. Nobody is in two at once. With `dryRun`: the preview, by name.
         */
        post: operations["post-v1-migrations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/migrations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a migration has come */
        get: operations["get-v1-migrations-id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/migrations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks nobody more; who was asked comes to an end, and the others stay as they are */
        post: operations["post-v1-migrations-id-cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/migrations/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of each user, in the order in which they are asked */
        get: operations["get-v1-migrations-id-items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/migrations/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks nobody more until it is resumed; who was asked comes to an end */
        post: operations["post-v1-migrations-id-pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/migrations/{id}/report.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of each user, as a file for a spreadsheet
         * @description All of them, however many, as they are now. CSV (RFC 4180, UTF-8) with a line of names. Text that a spreadsheet would run as a formula has an apostrophe before it. A file that breaks off in the middle ends the connection.
         */
        get: operations["get-v1-migrations-id-report-csv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/migrations/{id}/report.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The migration and what became of each user, in one document
         * @description All of them, however many, as they are now. A document that breaks off in the middle ends the connection.
         */
        get: operations["get-v1-migrations-id-report-json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/migrations/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes on where it was paused, or where it has stopped itself: what failed until now counts no more */
        post: operations["post-v1-migrations-id-resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orphans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Apps on Fly that no live row explains
         * @description The total counts those that are there now, on whatever page they are; the money is an estimate.
         */
        get: operations["get-v1-orphans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orphans/{appName}/adopt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes the app its user's own again
         * @description For an app whose row was lost, as after a restore of the database: the next work on its user, which begins now, takes it up as it is. A wish to delete it is taken back. 409 where it could not be taken up.
         */
        post: operations["post-v1-orphans-appName-adopt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orphans/{appName}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has an orphan deleted without waiting for the grace
         * @description The worker still deletes only what it can prove to be ours, and nothing while a brake holds deletions; `withheld` says why it did not. 409 where it never could.
         */
        post: operations["post-v1-orphans-appName-delete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the whole fleet is, and what is not as it should be
         * @description At most a second old: `generated_at` says when.
         */
        get: operations["get-v1-overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/profitability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What users of each tier bring in this month, cost, and leave
         * @description By user: `GET /v1/costs/users?sort=margin`.
         */
        get: operations["get-v1-profitability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What so many users would cost, and bring in
         * @description From the price model and the machine of each tier; nothing that exists is looked at.
         */
        get: operations["get-v1-projections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What holds for the whole fleet now
         * @description What nobody has changed has its default.
         */
        get: operations["get-v1-settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Changes any part of any setting, on every worker, with its next look
         * @description Answers with all of them as they are then, or, for a dry run, as they would be.
         */
        patch: operations["patch-v1-settings"];
        trace?: never;
    };
    "/v1/stats/lifecycle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How long it takes to give and to take away apps, how often it fails, and why */
        get: operations["get-v1-stats-lifecycle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changes, as it happens
         * @description Server-sent events. `hello` comes first. `app`: something happened to a user, `{event_id, user_id,
         *     app_id, status, health_status, event_type, message, at}`, with the app's status as it is now. `alert`: one was raised,
         *     raised again, acknowledged or resolved, `{id, kind, subject, severity, message, times, state, at}`. `bulk`: one goes
         *     on, `{bulk_id, state, at}`. `audit`: a person or a key acted, `{id, actor, action, user_id, reason, at}`.
         *
         *     Whoever comes back with the last `id` in `Last-Event-ID` is told everything that they missed; some of it twice, where
         *     the connection broke in the middle. `reset`: that cannot be told any more, or it is too much: read everything anew.
         *     A comment comes at least each 15 seconds. One caller has 20 streams at most. The stream ends when the session does, or the reader is too slow.
         */
        get: operations["get-v1-stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sweeps/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Runs a sweep now, besides its schedule
         * @description Asked for again before it has started, it is one run. `GET /v1/overview` says when each ended last.
         */
        post: operations["post-v1-sweeps-name"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The product's users, with an app or without, in the order of their ids */
        get: operations["get-v1-users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which release answers, and whether the database is as that release expects it */
        get: operations["get-v1-version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ActionResult: {
            dry_run: boolean;
            /**
             * @description `lift`: the override that was in the way ends; `override`: a new one is written.
             * @enum {string}
             */
            effect: "nothing" | "work" | "lift" | "override";
            fly_app_name: string | null;
            /** @description Of a dry run: each step that a worker would take. Null while Redis is away. */
            inspection?: components["schemas"]["Inspection"] | null;
            /** @description Null where nothing is to be done, or the relay will add the job. */
            job_id: string | null;
            /** @description The app's, as recorded before. */
            status: ("provisioning" | "active" | "deprovisioning" | "deleted" | "error") | null;
            /** Format: uuid */
            user_id: string;
            wanted_version: number | null;
        };
        Alert: {
            acknowledged_at: string | null;
            acknowledged_by: string | null;
            details: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            first_at: string;
            id: number;
            kind: string;
            /** Format: date-time */
            last_at: string;
            message: string;
            resolved_at: string | null;
            /** @enum {string} */
            severity: "info" | "warning" | "critical";
            /** @description A user's id, an app's or a brake's name; empty for the whole fleet. */
            subject: string;
            times: number;
        };
        /** @description One generation of a user's app. */
        App: {
            /** @enum {string} */
            cpu_kind: "shared" | "performance";
            cpus: number;
            /** Format: date-time */
            created_at: string;
            deleted_at: string | null;
            deployed_at: string | null;
            error_code: string | null;
            error_message: string | null;
            final_cost_usd: string | null;
            fly_app_name: string;
            fly_machine_id: string | null;
            generation: number;
            /** @enum {string} */
            health_status: "healthy" | "unhealthy" | "unknown";
            /** Format: uuid */
            id: string;
            image: string;
            last_health_check: string | null;
            memory_mb: number;
            monthly_cost_estimate_usd: string | null;
            region: string;
            retry_count: number;
            /** @enum {string} */
            status: "provisioning" | "active" | "deprovisioning" | "deleted" | "error";
            teardown_started_at: string | null;
            tier: string;
            /** Format: date-time */
            updated_at: string;
            /** Format: uuid */
            user_id: string;
        };
        AppCounts: {
            /** @description An app may be in several, or in none. */
            by_attention: {
                [key: string]: number;
            };
            by_health: {
                [key: string]: number;
            };
            by_region: {
                [key: string]: number;
            };
            by_status: {
                [key: string]: number;
            };
            by_tier: {
                [key: string]: number;
            };
            /** @description Those that all filters let pass. */
            total: number;
        };
        AppEvent: {
            actor: string;
            /** Format: date-time */
            created_at: string;
            event_type: string;
            id: number;
            message: string | null;
            metadata: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "started" | "success" | "failed" | "skipped";
            user_fly_app_id: string | null;
        };
        /**
         * @description Why somebody may want to look: `failing`, `parked` (waits for longer: given up for now, or held), `drift` (changed on Fly by hand), `override`, `stuck`, `unhealthy`.
         * @enum {string}
         */
        Attention: "failing" | "parked" | "drift" | "override" | "stuck" | "unhealthy";
        AuditEntry: {
            /** @description `app.provision`, `brake.release`, … */
            action: string;
            /** @description `user:` and an id, `service_role` for a key, `direct:` and the account of whoever worked on the database, or the name of a worker. */
            actor: string;
            after: unknown;
            before: unknown;
            /** Format: date-time */
            created_at: string;
            id: number;
            reason: string | null;
            request_id: string | null;
            /** @description The user it was done to. */
            user_id: string | null;
        };
        Bootstrap: {
            app_name: string;
            /**
             * @description `drain`: do not start (again), report drained.
             * @enum {string}
             */
            directive: "run" | "drain";
            /** @description From the word to drain to the report, at most; then it is killed. */
            drain_grace_ms: number;
            generation: number;
            heartbeat_interval_ms: number;
            /**
             * @description Run the traders only where it is `dedicated`.
             * @enum {string}
             */
            placement: "shared" | "moving" | "dedicated";
            /** @description How many custom traders the tier may run. */
            quota: number | null;
            /** @description While the traders are `moving`: when to ask again. */
            retry_after_ms: number | null;
            supabase: components["schemas"]["SupabaseAccess"] | null;
            tier: string;
            /** @description Exactly these are to run. */
            traders: {
                definition: unknown;
                id: string;
                name: string;
            }[];
            /** Format: uuid */
            user_id: string;
        };
        Brake: {
            by: string | null;
            /** @description Whether a person may engage it. Any brake is released by a person. */
            by_hand: boolean;
            details: {
                [key: string]: unknown;
            };
            engaged: boolean;
            held_users: number;
            holds: ("teardown" | "repair" | "recreate" | "resize" | "surplus" | "anything")[];
            ignored_until: string | null;
            /** @enum {string} */
            name: "fly_unreachable" | "unhealthy_share" | "deletion_burst" | "restored" | "operator";
            reason: string | null;
            /**
             * @description By itself, as soon as its condition is gone, or when a person says so.
             * @enum {string}
             */
            resumes: "when_clear" | "operator";
            since: string | null;
            summary: string;
        };
        /** @description One act on many users, each with an end of its own. */
        Bulk: {
            /** @enum {string} */
            action: "retry" | "provision" | "deprovision" | "check_health" | "migrate";
            burst_approval_id: number | null;
            /** @description `waiting`: not asked yet. `asked`: a worker is to do it. `done`, `failed`: how that ended. `skipped`: not asked. */
            counts: {
                asked: number;
                done: number;
                failed: number;
                skipped: number;
                waiting: number;
            };
            /** Format: date-time */
            created_at: string;
            created_by: string;
            /** @description When the last of them had come to an end. */
            ended_at: string | null;
            /** @description Until the last has come to its end, at this pace. Null while nobody is asked. */
            eta_seconds: number | null;
            force: boolean;
            /** @description The brake because of which nobody is asked now; it goes on when that lets go. */
            held_by: ("fly_unreachable" | "unhealthy_share" | "deletion_burst" | "restored" | "operator") | null;
            id: number;
            per_minute: number;
            reason: string;
            /**
             * @description A cancelled one goes on as long as `asked` is not 0: who was asked comes to an end.
             * @enum {string}
             */
            state: "running" | "paused" | "done" | "cancelled";
            total: number;
            /** Format: date-time */
            updated_at: string;
        };
        BulkItem: {
            asked_at: string | null;
            /** @description When it came to its state; null while it waits. */
            at: string | null;
            /** @description How it ended, or why the user was left out. */
            code: string | null;
            email: string | null;
            /** @enum {string} */
            state: "waiting" | "asked" | "done" | "failed" | "skipped";
            /** @description The same for people; of one that was asked, what it waits for. */
            text: string | null;
            /** Format: uuid */
            user_id: string;
        };
        BulkPreview: {
            /** @enum {string} */
            action: "retry" | "provision" | "deprovision" | "check_health";
            /** @description Of `deprovision`; null for others. */
            burst: {
                needs_approval: boolean;
                /** @description How many teardowns may begin now without a brake, approved ones included. */
                usual: number;
            } | null;
            eligible: number;
            /** @description The first hundred of those it would be done to, in the order in which they would be asked. */
            eligible_users: {
                email: string | null;
                /** Format: uuid */
                user_id: string;
            }[];
            /** @description Until the last has come to its end, at this pace. Null while nobody is asked. */
            eta_seconds: number | null;
            /** @description The brake because of which nobody is asked now; it goes on when that lets go. */
            held_by: ("fly_unreachable" | "unhealthy_share" | "deletion_burst" | "restored" | "operator") | null;
            /** @description The first hundred of those who would be left out. */
            ineligible: {
                code: string;
                text: string;
                /** Format: uuid */
                user_id: string;
            }[];
            ineligible_by_code: {
                [key: string]: number;
            };
            /** @description US dollars a month; an estimate. */
            monthly_cost_change_usd: string;
            per_minute: number;
            total: number;
        };
        BurstApproval: {
            actor: string;
            approved: number;
            /** Format: date-time */
            created_at: string;
            expired: boolean;
            /** Format: date-time */
            expires_at: string;
            id: number;
            reason: string;
            used: number;
        };
        Costs: {
            /** Format: date-time */
            as_of: string;
            /** @description Of this calendar month; null where no budget is set (`budget` in the settings). */
            budget: {
                forecast_pct: string;
                /** @description US dollars */
                monthly_usd: string;
                used_pct: string;
            } | null;
            /** @description In UTC; days without cost are left out. */
            days: {
                day: string;
                /** @description US dollars */
                usd: string;
            }[];
            /** @description US dollars; the month so far, and what exists now at its price until it ends. Of a month that is over: what it cost. */
            forecast_usd: string;
            machines: {
                /** @enum {string} */
                cpu_kind: "shared" | "performance";
                cpus: number;
                hours: string;
                memory_mb: number;
                region: string;
                /** @enum {string} */
                state: "running" | "stored";
                /** @description US dollars */
                usd: string;
            }[];
            month: string;
            /** @description US dollars; the month until now, or all of it. */
            month_usd: string;
            /** @description US dollars; what exists now, for a month of 30 days. */
            monthly_rate_usd: string;
            /** @description What is priced now. */
            price_model: components["schemas"]["PriceModel"];
            /** @description What the month's figures were priced with, each for its part. */
            priced_with: {
                price_model: string;
                /** @description US dollars */
                usd: string;
            }[];
            /** @description Apps whose machine is started now. */
            running: number;
            savings: {
                apps: number;
                /** @description US dollars */
                month_usd: string;
                rule: string;
                /** @description US dollars */
                total_usd: string;
            };
            /** @description Apps whose machine is there and not started. */
            stored: number;
            tiers: {
                tier: string;
                /** @description US dollars */
                usd: string;
            }[];
            /** @description US dollars */
            today_usd: string;
        };
        Finding: {
            /**
             * @description Who saw it.
             * @enum {string}
             */
            by: "api" | "worker";
            /** @enum {string} */
            code: "api_answers" | "api_failed" | "api_unreachable" | "database_answers" | "database_unreachable" | "postgres_too_old" | "transaction_pooler" | "not_migrated" | "schema_current" | "schema_unseen" | "schema_behind" | "schema_ahead" | "schema_edited" | "clients_locked_out" | "clients_let_in" | "role_is_least" | "role_is_mighty" | "rights_complete" | "rights_missing" | "host_not_installed" | "trigger_right" | "trigger_missing" | "trigger_disabled" | "trigger_wrong" | "host_rows_visible" | "host_rows_hidden" | "host_rows_unread" | "host_busy" | "webhook_arrives" | "webhook_off" | "webhook_no_pg_net" | "webhook_no_vault" | "webhook_no_secret" | "webhook_lost" | "redis_answers" | "redis_unreachable" | "redis_too_old" | "redis_evicts" | "redis_forgets" | "clock_right" | "clock_off" | "clock_wrong" | "worker_answers" | "worker_silent" | "worker_not_asked" | "worker_failed" | "settings_agree" | "settings_differ" | "fly_token_works" | "fly_token_refused" | "fly_token_other_org" | "fly_token_too_narrow" | "fly_unreachable" | "fly_has_room" | "fly_full" | "image_pinned" | "image_not_pinned";
            /** @description What to do about it; null where nothing has to be done. */
            remedy: string | null;
            /** @enum {string} */
            severity: "ok" | "info" | "warning" | "critical";
            what: string;
        };
        FleetEvent: {
            actor: string;
            /** Format: date-time */
            created_at: string;
            event_type: string;
            id: number;
            message: string | null;
            metadata: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "started" | "success" | "failed" | "skipped";
            user_fly_app_id: string | null;
            /** Format: uuid */
            user_id: string;
        };
        Guest: {
            /** @enum {string} */
            cpuKind: "shared" | "performance";
            cpus: number;
            memoryMb: number;
        };
        HealthStrip: {
            /** Format: date-time */
            from: string;
            /** @description Without gaps, oldest first; neighbours differ. */
            segments: {
                /** Format: date-time */
                from: string;
                /** @description What was found when it began. */
                message: string | null;
                /**
                 * @description `unknown`: not seen, coming up, or ending. `none`: there was no app.
                 * @enum {string}
                 */
                status: "healthy" | "unhealthy" | "unknown" | "none";
                /** Format: date-time */
                to: string;
            }[];
            /** Format: date-time */
            to: string;
        };
        HeartbeatAnswer: {
            /** @description `drain`: begin the graceful end. `reload`: ask bootstrap again. `token`: `supabase` has a new one. */
            directives: ("drain" | "reload" | "token")[];
            supabase: components["schemas"]["SupabaseAccess"] | null;
        };
        Inspection: {
            /** Format: date-time */
            created_at: string;
            done_at: string | null;
            /** Format: uuid */
            id: string;
            /** @description As things are, or as if this were so. */
            question: {
                [key: string]: unknown;
            };
            /** @description The plan and what it was made from, or `error`. */
            result: {
                [key: string]: unknown;
            } | null;
            /** @enum {string} */
            state: "waiting" | "done";
            /** @description Where the answer is, or will be. */
            url: string;
            /** Format: uuid */
            user_id: string;
        };
        ItemResults: {
            /** @description One for each item, in their order. */
            results: ({
                client_id: string;
                /** @enum {string} */
                status: "stored" | "duplicate";
            } | {
                /** @description Null where the item had none that could be read. */
                client_id: string | null;
                /** @enum {string} */
                code: "unknown_trader" | "invalid";
                message?: string;
                /**
                 * @description Never repeat it.
                 * @constant
                 */
                status: "rejected";
            })[];
        };
        LifecycleStats: {
            /** Format: date-time */
            as_of: string;
            days: number;
            deprovision: {
                /** @description From the first step to the end, with the pauses after failures. */
                average_ms: number | null;
                completed: number;
                /** @description Times that work was given up after its retries. */
                failed: number;
                failed_apps: number;
                p95_ms: number | null;
                reasons: {
                    code: string;
                    failures: number;
                    /** Format: date-time */
                    last_at: string;
                    last_message: string | null;
                }[];
                /** @description completed / (completed + failed); null where there is neither. */
                success_pct: string | null;
            };
            provision: {
                /** @description From the first step to the end, with the pauses after failures. */
                average_ms: number | null;
                completed: number;
                /** @description Times that work was given up after its retries. */
                failed: number;
                failed_apps: number;
                p95_ms: number | null;
                reasons: {
                    code: string;
                    failures: number;
                    /** Format: date-time */
                    last_at: string;
                    last_message: string | null;
                }[];
                /** @description completed / (completed + failed); null where there is neither. */
                success_pct: string | null;
            };
            savings: {
                apps: number;
                /** @description US dollars */
                month_usd: string;
                rule: string;
                /** @description US dollars */
                total_usd: string;
            };
        };
        /** @description An app, and what somebody who looks at many wants to see. */
        ListedApp: {
            attention: components["schemas"]["Attention"][];
            /** @enum {string} */
            cpu_kind: "shared" | "performance";
            cpus: number;
            /** Format: date-time */
            created_at: string;
            deleted_at: string | null;
            deployed_at: string | null;
            /** @description Below `wanted_version`: there is work to do. */
            done_version: number;
            email: string | null;
            error_code: string | null;
            error_message: string | null;
            final_cost_usd: string | null;
            fly_app_name: string;
            fly_machine_id: string | null;
            generation: number;
            /** @enum {string} */
            health_status: "healthy" | "unhealthy" | "unknown";
            /** Format: uuid */
            id: string;
            image: string;
            last_health_check: string | null;
            memory_mb: number;
            monthly_cost_estimate_usd: string | null;
            next_attempt_at: string | null;
            /** @description An operator's word that is in force. */
            override: {
                /** @enum {string} */
                desired: "on" | "off" | "paused";
                expires_at: string | null;
            } | null;
            /** @description What the work waits for. */
            parked_reason: string | null;
            region: string;
            retry_count: number;
            /** @enum {string} */
            status: "provisioning" | "active" | "deprovisioning" | "deleted" | "error";
            teardown_started_at: string | null;
            tier: string;
            /** Format: date-time */
            updated_at: string;
            /** Format: uuid */
            user_id: string;
            wanted_version: number;
        };
        /** @description Users who pay and had no app of their own are given one, in waves, each with a result. */
        Migration: {
            /** @description `waiting`: not asked yet. `asked`: a worker is to do it. `done`, `failed`: how that ended. `skipped`: not asked. */
            counts: {
                asked: number;
                done: number;
                failed: number;
                skipped: number;
                waiting: number;
            };
            /** Format: date-time */
            created_at: string;
            created_by: string;
            /** @description When the last of them had come to an end. */
            ended_at: string | null;
            /** @description Until the last has come to its end, at this pace. Null while nobody is asked. */
            eta_seconds: number | null;
            /** @description The brake because of which nobody is asked now; it goes on when that lets go. */
            held_by: ("fly_unreachable" | "unhealthy_share" | "deletion_burst" | "restored" | "operator") | null;
            id: number;
            /** @description `failure_share`: too many had failed, so it has stopped itself, and goes on with `resume`. Null where it is not paused. */
            paused_because: ("operator" | "failure_share") | null;
            per_minute: number;
            reason: string;
            /**
             * @description A cancelled one goes on as long as `asked` is not 0: who was asked comes to an end.
             * @enum {string}
             */
            state: "running" | "paused" | "done" | "cancelled";
            stop_on_failure_share: number;
            total: number;
            /** Format: date-time */
            updated_at: string;
            /** @description Whose users are asked now, counted from 1. */
            wave: number;
            wave_pause_seconds: number;
            wave_size: number;
            /** @description How many there are, counted when it was made. */
            waves: number;
        };
        MigrationItem: {
            /** @description Of the app as it is now; null while there is none. */
            app_name: string | null;
            app_status: ("provisioning" | "active" | "deprovisioning" | "deleted" | "error") | null;
            asked_at: string | null;
            /** @description When it came to its state; null while it waits. */
            at: string | null;
            /** @description How it ended, or why the user was left out. */
            code: string | null;
            email: string | null;
            /** @description US dollars a month; an estimate. Null while there is no app. */
            monthly_cost_usd: string | null;
            /** @enum {string} */
            state: "waiting" | "asked" | "done" | "failed" | "skipped";
            /** @description The same for people; of one that was asked, what it waits for. */
            text: string | null;
            /** @description Of the subscription as it is now. */
            tier: string | null;
            /** Format: uuid */
            user_id: string;
            /** @description Null for who was left out from the beginning. */
            wave: number | null;
        };
        MigrationPreview: {
            /** @description Those who would be asked. */
            eligible: number;
            /** @description Until the last has come to its end, at this pace or Fly's, whichever is slower. Null while a brake is engaged. */
            eta_seconds: number | null;
            /** @description The brake because of which nobody is asked now; it goes on when that lets go. */
            held_by: ("fly_unreachable" | "unhealthy_share" | "deletion_burst" | "restored" | "operator") | null;
            ineligible_by_code: {
                [key: string]: number;
            };
            /** @description US dollars a month, of all who would be asked; an estimate. */
            monthly_cost_usd: string;
            per_minute: number;
            stop_on_failure_share: number;
            total: number;
            /** @description The first thousand, in the order in which they would be asked; who is left out comes last. */
            users: components["schemas"]["PlannedUser"][];
            wave_pause_seconds: number;
            wave_size: number;
            waves: number;
        };
        Orphan: {
            app_name: string;
            /** @description When it goes by itself, if nothing speaks against it then. */
            delete_after: string | null;
            delete_requested_by: string | null;
            ended_at: string | null;
            /** Format: date-time */
            first_seen_at: string;
            generation: number | null;
            /**
             * @description `dead_row`: a closed row had the name. `unknown_name`: no row ever had it, our mark is on it.
             * @enum {string}
             */
            kind: "dead_row" | "unknown_name";
            /** Format: date-time */
            last_seen_at: string;
            machines: {
                cpu_kind: ("shared" | "performance") | null;
                cpus: number | null;
                id: string;
                memory_mb: number | null;
                region: string;
                state: string;
            }[];
            /** @description US dollars; an estimate. */
            monthly_cost_usd: string;
            network: string | null;
            note: string | null;
            /** @enum {string} */
            state: "found" | "deleted" | "adopted" | "gone";
            user_fly_app_id: string | null;
            user_id: string | null;
            /** @description Why it is still there although it was due. */
            withheld: string | null;
        };
        Overview: {
            /** @description Those that are open. */
            alerts: {
                critical: number;
                info: number;
                unacknowledged: number;
                warning: number;
            };
            /** @description What is there. */
            apps: {
                by_health: {
                    [key: string]: number;
                };
                by_status: {
                    [key: string]: number;
                };
                by_tier: {
                    [key: string]: number;
                };
                live: number;
            };
            brakes: {
                engaged: boolean;
                /** @enum {string} */
                name: "fly_unreachable" | "unhealthy_share" | "deletion_burst" | "restored" | "operator";
                reason: string | null;
                since: string | null;
            }[];
            cost: {
                /** @description Null where none is set. */
                budget_usd: string | null;
                /** @description US dollars */
                forecast_usd: string;
                /** @description US dollars */
                month_usd: string;
                /** @description US dollars */
                today_usd: string;
            };
            /** @description What should be, of all users whom Hangar looks after. */
            desired: {
                entitled: number;
                not_entitled: number;
                /** @description Paused by an operator, or nobody can say: nothing is done for them. */
                unknown: number;
            };
            differences: {
                /** @description Entitled, and there is no app. */
                missing: number;
                /** @description Of those, the ones whom nobody looks at for a while unless somebody acts. */
                parked: number;
                /** @description Users for whom more is wanted than is done. */
                pending: number;
                /** @description Not entitled, and there is one. */
                surplus: number;
            };
            /** @description Whether Fly's API answers, as the guards' sweep finds it. */
            fly: {
                reachable: boolean;
                /** @description Since when it is not. */
                since: string | null;
            };
            /** Format: date-time */
            generated_at: string;
            orphans: {
                count: number;
                /** @description US dollars */
                monthly_cost_usd: string;
            };
            /** @description Users who are due and whom no worker holds. */
            outbox: {
                oldest_ms: number;
                pending: number;
            };
            /** @description Null while Redis cannot be asked. */
            queues: {
                active: number;
                delayed: number;
                failed: number;
                name: string;
                /** @description Of the two lanes, what Postgres says of who is due. */
                oldest_waiting_ms: number | null;
                paused: boolean;
                waiting: number;
            }[] | null;
            /** @description Users with an open alert `stuck`. */
            stuck: number;
            sweeps: {
                completed_at: string | null;
                every_ms: number;
                late: boolean;
                name: string;
            }[];
        };
        Placement: {
            /** @description This names everybody who is not `shared`: forget what was known before. */
            complete: boolean;
            /** @description Opaque. */
            cursor: string;
            users: {
                move: number;
                /** @enum {string} */
                runs_on: "shared" | "moving" | "dedicated";
                /** Format: uuid */
                user_id: string;
            }[];
        };
        PlannedUser: {
            /** @description What the app will be called, unless a stranger on Fly has the name. */
            app_name: string | null;
            /** @description Why the user would be left out. */
            code: string | null;
            /** @enum {string} */
            decision: "migrate" | "skip";
            email: string | null;
            monthly_cost_usd: string | null;
            text: string | null;
            tier: string | null;
            /** Format: uuid */
            user_id: string;
            wave: number | null;
        };
        PriceModel: {
            /** @description The day of the price list; null for a rule of our own. */
            as_of: string | null;
            /** @description As the ledger names it: a list price with the day of the list. */
            label: string;
            name: string;
            rule: string;
        };
        /** @description The request could not be read. */
        ProblemBadRequest: {
            /** @constant */
            code: "bad_request";
            request_id: string;
            /** @constant */
            status: 400;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:bad_request";
        };
        /** @description The signature is missing or wrong. */
        ProblemBadSignature: {
            /** @constant */
            code: "bad_signature";
            request_id: string;
            /** @constant */
            status: 401;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:bad_signature";
        };
        /** @description This brake engages by its own condition only. The brakes operator and restored are engaged by hand too. */
        ProblemBrakeNotByHand: {
            /** @constant */
            code: "brake_not_by_hand";
            request_id: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:brake_not_by_hand";
        };
        /** @description It would be done to another number of users by now. Look at the preview again. */
        ProblemBulkChanged: {
            /** @constant */
            code: "bulk_changed";
            /** @description How many it would be done to now. */
            eligible: number;
            request_id: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:bulk_changed";
        };
        /** @description This bulk is over, or cancelled. */
        ProblemBulkOver: {
            /** @constant */
            code: "bulk_over";
            request_id: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:bulk_over";
        };
        /** @description It could be done to none of these users. */
        ProblemBulkPointless: {
            /** @constant */
            code: "bulk_pointless";
            request_id: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:bulk_pointless";
        };
        /** @description The session's X-CSRF-Token is missing or wrong, or another site asks. */
        ProblemCsrfFailed: {
            /** @constant */
            code: "csrf_failed";
            request_id: string;
            /** @constant */
            status: 403;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:csrf_failed";
        };
        /** @description The database was restored, and it is not certain yet which machine is the present one. */
        ProblemDatabaseRestored: {
            /** @constant */
            code: "database_restored";
            request_id: string;
            /** @constant */
            status: 503;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:database_restored";
        };
        /** @description The database is not reachable. */
        ProblemDatabaseUnavailable: {
            /** @constant */
            code: "database_unavailable";
            request_id: string;
            /** @constant */
            status: 503;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:database_unavailable";
        };
        /** @description The user's subscription says otherwise. Repeat with force and a reason to override it. */
        ProblemEntitlementConflict: {
            /** @constant */
            code: "entitlement_conflict";
            /** @description What exactly is in the way. */
            detail: string;
            request_id: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:entitlement_conflict";
        };
        /** @description Your role does not allow this. */
        ProblemForbidden: {
            /** @constant */
            code: "forbidden";
            /**
             * @description The least role that may do this.
             * @enum {string}
             */
            needed_role?: "viewer" | "operator" | "admin";
            request_id: string;
            /** @constant */
            status: 403;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:forbidden";
        };
        /** @description Forcing this would change nothing on this app now. */
        ProblemForcePointless: {
            /** @constant */
            code: "force_pointless";
            /** @description What exactly is in the way. */
            detail: string;
            request_id: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:force_pointless";
        };
        /** @description This app generation has ended. Stop trading and stay idle. */
        ProblemGenerationEnded: {
            /** @constant */
            code: "generation_ended";
            request_id: string;
            /** @constant */
            status: 410;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:generation_ended";
        };
        /** @description Hangar is not installed on the host tables yet. */
        ProblemHostNotInstalled: {
            /** @constant */
            code: "host_not_installed";
            request_id: string;
            /** @constant */
            status: 500;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:host_not_installed";
        };
        /** @description The first request with this key was carried out, and its answer is lost. The audit log has it. */
        ProblemIdempotencyAnswerLost: {
            /** @constant */
            code: "idempotency_answer_lost";
            first_request_id: string;
            request_id: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:idempotency_answer_lost";
        };
        /** @description The first request with this key is still being carried out. */
        ProblemIdempotencyInFlight: {
            /** @constant */
            code: "idempotency_in_flight";
            request_id: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:idempotency_in_flight";
        };
        /** @description This Idempotency-Key was used for another request. */
        ProblemIdempotencyMismatch: {
            /** @constant */
            code: "idempotency_mismatch";
            request_id: string;
            /** @constant */
            status: 422;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:idempotency_mismatch";
        };
        /** @description Something went wrong on our side. */
        ProblemInternal: {
            /** @constant */
            code: "internal";
            request_id: string;
            /** @constant */
            status: 500;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:internal";
        };
        /** @description This machine was replaced. Stop trading and stay idle. */
        ProblemMachineNotCurrent: {
            /** @constant */
            code: "machine_not_current";
            request_id: string;
            /** @constant */
            status: 410;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:machine_not_current";
        };
        /** @description This machine is not recorded yet. Try again in a moment. */
        ProblemMachineNotRecorded: {
            /** @constant */
            code: "machine_not_recorded";
            request_id: string;
            /** @constant */
            status: 503;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:machine_not_recorded";
        };
        /** @description This address does not take that method. */
        ProblemMethodNotAllowed: {
            allow: string[];
            /** @constant */
            code: "method_not_allowed";
            request_id: string;
            /** @constant */
            status: 405;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:method_not_allowed";
        };
        /** @description This user has no app. */
        ProblemNoApp: {
            /** @constant */
            code: "no_app";
            request_id: string;
            /** @constant */
            status: 404;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:no_app";
        };
        /** @description There is nothing at this address. */
        ProblemNotFound: {
            /** @constant */
            code: "not_found";
            request_id: string;
            /** @constant */
            status: 404;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:not_found";
        };
        /** @description This app can not become its user's app again. */
        ProblemOrphanNotAdoptable: {
            /** @constant */
            code: "orphan_not_adoptable";
            /** @description What exactly is in the way. */
            detail: string;
            request_id: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:orphan_not_adoptable";
        };
        /** @description Hangar can not prove that this app is its own, and would never delete it. */
        ProblemOrphanNotProvable: {
            /** @constant */
            code: "orphan_not_provable";
            /** @description What exactly is in the way. */
            detail: string;
            request_id: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:orphan_not_provable";
        };
        /** @description Somebody has changed the override since. Look at what is there now. */
        ProblemOverrideChanged: {
            /** @constant */
            code: "override_changed";
            /** @description What is in force now, as the user shows it; null: none. */
            override: ({
                id: number;
            } & {
                [key: string]: unknown;
            }) | null;
            request_id: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:override_changed";
        };
        /** @description The request body is too large. */
        ProblemPayloadTooLarge: {
            /** @constant */
            code: "payload_too_large";
            request_id: string;
            /** @constant */
            status: 413;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:payload_too_large";
        };
        /** @description Too many requests. Try again later. */
        ProblemRateLimited: {
            /** @constant */
            code: "rate_limited";
            request_id: string;
            /** @description As in the header `Retry-After`. */
            retry_after_seconds?: number;
            /** @constant */
            status: 429;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:rate_limited";
        };
        /** @description The queue is not reachable. */
        ProblemRedisUnavailable: {
            /** @constant */
            code: "redis_unavailable";
            request_id: string;
            /** @constant */
            status: 503;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:redis_unavailable";
        };
        /** @description This account has a second factor: sign in with an access token that shows it (aal2). */
        ProblemSecondFactorNeeded: {
            /** @constant */
            code: "second_factor_needed";
            request_id: string;
            /** @constant */
            status: 403;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:second_factor_needed";
        };
        /** @description The address or the password is wrong. */
        ProblemSignInFailed: {
            /** @constant */
            code: "sign_in_failed";
            request_id: string;
            /** @constant */
            status: 401;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:sign_in_failed";
        };
        /** @description Supabase Auth is not reachable, so nobody can sign in right now. */
        ProblemSignInUnavailable: {
            /** @constant */
            code: "sign_in_unavailable";
            request_id: string;
            /** @constant */
            status: 503;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:sign_in_unavailable";
        };
        /** @description The timestamp is too old or too new. */
        ProblemStaleTimestamp: {
            /** @constant */
            code: "stale_timestamp";
            request_id: string;
            /** @constant */
            status: 401;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:stale_timestamp";
        };
        /** @description Sign in first. */
        ProblemUnauthorized: {
            /** @constant */
            code: "unauthorized";
            request_id: string;
            /** @constant */
            status: 401;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:unauthorized";
        };
        /** @description There is no such user. */
        ProblemUnknownUser: {
            /** @constant */
            code: "unknown_user";
            request_id: string;
            /** @constant */
            status: 404;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:unknown_user";
        };
        /** @description The request body has an encoding that is not read here. */
        ProblemUnsupportedMediaType: {
            /** @constant */
            code: "unsupported_media_type";
            request_id: string;
            /** @constant */
            status: 415;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:unsupported_media_type";
        };
        /** @description A field is missing or wrong. */
        ProblemValidationFailed: {
            /** @constant */
            code: "validation_failed";
            errors: {
                /** @description Where it is: `user_id` in the body, else `query.limit`, `path.id`, … */
                field: string;
                message: string;
            }[];
            request_id: string;
            /** @constant */
            status: 422;
            title: string;
            /** @constant */
            type: "urn:hangar:problem:validation_failed";
        };
        Profitability: {
            /** Format: date-time */
            as_of: string;
            month: string;
            price_model: components["schemas"]["PriceModel"];
            /** @description Without `TIER_REVENUE_MONTHLY_USD` nobody knows what users pay: there is no revenue and no margin. */
            revenue_configured: boolean;
            /** @description US dollars a month that a user of the tier pays. */
            tier_revenue_usd: {
                [key: string]: string;
            };
            tiers: {
                /** @description US dollars; of the whole month as it is foreseen, with those who had an app and have none now. */
                cost_usd: string;
                margin_usd: string | null;
                revenue_usd: string | null;
                tier: string;
                /** @description With an app now. */
                users: number;
            }[];
            total: {
                /** @description US dollars; of the whole month as it is foreseen, with those who had an app and have none now. */
                cost_usd: string;
                margin_usd: string | null;
                revenue_usd: string | null;
                /** @description With an app now. */
                users: number;
            };
        };
        Projections: {
            items: {
                /** @description US dollars a month of 30 days. */
                cost_usd: string;
                margin_usd: string | null;
                revenue_usd: string | null;
                tiers: {
                    /** @description US dollars */
                    cost_usd: string;
                    /** @enum {string} */
                    cpu_kind: "shared" | "performance";
                    cpus: number;
                    memory_mb: number;
                    tier: string;
                    /** @description US dollars */
                    user_usd: string;
                    users: number;
                }[];
                users: number;
            }[];
            mix: {
                [key: string]: number;
            };
            price_model: components["schemas"]["PriceModel"];
            region: string;
            revenue_configured: boolean;
        };
        Readiness: {
            checks: {
                /** @enum {string} */
                database: "ok" | "failed";
                /** @enum {string} */
                redis: "ok" | "failed";
            };
            /** @enum {string} */
            status: "ok" | "degraded" | "not ready";
        };
        Session: {
            /** @description As the audit log has it: `user:<uuid>`, or `service_role` for a key. */
            actor: string;
            /** @description What a change by this session has to carry as `X-CSRF-Token`. */
            csrf_token: string;
            email: string | null;
            /**
             * Format: date-time
             * @description The session ends then, whatever is done with it.
             */
            expires_at: string;
            /** @description And after so long without a request. */
            idle_timeout_ms: number;
            /**
             * @description As the account has it now; it is read again within a minute.
             * @enum {string}
             */
            role: "viewer" | "operator" | "admin";
        };
        Settings: {
            budget: {
                monthly_usd: string | null;
            };
            health: {
                no_cycles_ms: number;
            };
            orphans: {
                grace_ms: number;
                lag_ms: number;
            };
            teardown_burst: {
                least: number;
                share: number;
                window_ms: number;
            };
            unhealthy_share: {
                least: number;
                share: number;
            };
        };
        /** @description Opens what row-level security lets this user see, for an hour. */
        SupabaseAccess: {
            /** Format: date-time */
            expires_at: string;
            token: string;
            url: string;
        };
        TimelineEntry: {
            actor: string;
            /** Format: date-time */
            at: string;
            /** @description The worker's hold on the user and the number of the try, as in Fly's log (`X-Hangar-Attempt`). */
            attempt: string | null;
            details: {
                [key: string]: unknown;
            };
            /** @description Fly's answer, where one is on record. */
            fly: {
                request_id: string | null;
                status: number | null;
            } | null;
            /** @description The same entry always has the same. */
            key: string;
            /**
             * @description `want`: something was asked for, by a webhook, a person or a sweep (only the last is kept). `act`: of a person or key. `attempt`: the engine began or ended an operation. `step`: one step of it. `failure`: an attempt failed. `health`, `drift`: what a look found.
             * @enum {string}
             */
            kind: "want" | "act" | "attempt" | "step" | "failure" | "health" | "drift";
            message: string | null;
            /** @description The event's type, the act's name, or who raised the want. */
            name: string;
            status: ("started" | "success" | "failed" | "skipped") | null;
            user_fly_app_id: string | null;
        };
        User: {
            /** @description The live one. */
            app: {
                fly_app_name: string;
                /** Format: uuid */
                id: string;
                /** @enum {string} */
                status: "provisioning" | "active" | "deprovisioning" | "deleted" | "error";
            } | null;
            email: string | null;
            subscription_status: string | null;
            /** @description Of the subscription; null where there is none. */
            tier: string | null;
            /** Format: uuid */
            user_id: string;
        };
        UserCost: {
            /** @description That cost something in the month, one after the other. */
            apps: number;
            email: string | null;
            fly_app_name: string;
            /** @description US dollars */
            forecast_usd: string;
            /** @description US dollars; revenue less forecast. */
            margin_usd: string | null;
            /** @description US dollars */
            month_usd: string;
            /** @description US dollars; of a user without an app 0, and null where none is configured. */
            revenue_usd: string | null;
            /** @enum {string} */
            status: "provisioning" | "active" | "deprovisioning" | "deleted" | "error";
            tier: string;
            /** @description US dollars; of all months. */
            total_usd: string;
            /** Format: uuid */
            user_id: string;
        };
        UserCostDays: {
            /** @description In UTC, oldest first, none left out; today until now. */
            days: {
                day: string;
                /** @description US dollars */
                usd: string;
            }[];
        };
        UserOverride: {
            actor: string;
            /** Format: date-time */
            created_at: string;
            /** @enum {string} */
            desired: "on" | "off" | "paused";
            expires_at: string | null;
            guest: components["schemas"]["Guest"] | null;
            /** @description Another one with each change: what `expected_override_id` is held against. */
            id: number;
            reason: string;
            region: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "get-healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                    };
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
        };
    };
    "get-readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /** @description The database does not answer, or it is about to end. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    "get-v1-alerts": {
        parameters: {
            query?: {
                acknowledged?: boolean;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                kind?: string;
                limit?: number;
                severity?: "info" | "warning" | "critical";
                state?: "open" | "all";
                /** @description A user's id, an app's or a brake's name. */
                subject?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Alert"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-alerts-id-acknowledge": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-alerts-acknowledge": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    ids: number[];
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Alert"][];
                        unknown_ids: number[];
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-apps": {
        parameters: {
            query?: {
                /** @description Apps of which at least one of these is true: `failing`, `parked`, `drift`, `override`, `stuck`, `unhealthy`, or several with a comma between. */
                attention?: string;
                /** @description `next_cursor` of the page before: good for the same filters and order only. */
                cursor?: string;
                /** @description What the last look found: `healthy`, `unhealthy`, `unknown`, or several with a comma between. */
                health?: string;
                limit?: number;
                /** @description A part of the mail address, of the app's name, or the beginning of the user's id. */
                q?: string;
                /** @description A region of Fly; several with a comma between. */
                region?: string;
                /** @description Rising, or falling with a minus before it. Those that are equal are in the order of their ids. */
                sort?: "id" | "-id" | "created_at" | "-created_at" | "updated_at" | "-updated_at" | "email" | "-email" | "name" | "-name" | "status" | "-status" | "health" | "-health" | "tier" | "-tier" | "region" | "-region" | "cost" | "-cost";
                /** @description Without it, all but those that are deleted: `provisioning`, `active`, `deprovisioning`, `deleted`, `error`, or several with a comma between. */
                status?: string;
                /** @description A tier; several with a comma between. */
                tier?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ListedApp"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-apps-csv": {
        parameters: {
            query?: {
                /** @description Apps of which at least one of these is true: `failing`, `parked`, `drift`, `override`, `stuck`, `unhealthy`, or several with a comma between. */
                attention?: string;
                /** @description What the last look found: `healthy`, `unhealthy`, `unknown`, or several with a comma between. */
                health?: string;
                /** @description A part of the mail address, of the app's name, or the beginning of the user's id. */
                q?: string;
                /** @description A region of Fly; several with a comma between. */
                region?: string;
                /** @description Rising, or falling with a minus before it. Those that are equal are in the order of their ids. */
                sort?: "id" | "-id" | "created_at" | "-created_at" | "updated_at" | "-updated_at" | "email" | "-email" | "name" | "-name" | "status" | "-status" | "health" | "-health" | "tier" | "-tier" | "region" | "-region" | "cost" | "-cost";
                /** @description Without it, all but those that are deleted: `provisioning`, `active`, `deprovisioning`, `deleted`, `error`, or several with a comma between. */
                status?: string;
                /** @description A tier; several with a comma between. */
                tier?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description A name for the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-apps-userId": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Open ones about this user. */
                        alerts: components["schemas"]["Alert"][];
                        app: components["schemas"]["App"] | null;
                        cost: {
                            /** @description US dollars; what the user's apps have cost in this calendar month (UTC). */
                            month_usd: string;
                            /** @description US dollars; what the live app costs in a month of 30 days. */
                            monthly_estimate_usd: string | null;
                        };
                        /** @description What the user should have. */
                        desired: {
                            /** @description Null: nobody can say, or it is paused; nothing is done. */
                            exists: boolean | null;
                            guest: components["schemas"]["Guest"] | null;
                            /** @description What the app was made with. A new app gets what the workers are set to. */
                            image: string | null;
                            region: string | null;
                            tier: string | null;
                        };
                        /** @description Where what is there is not what should be. */
                        differences: {
                            /**
                             * @description `correct`: the engine puts it right. `report`: somebody else has to.
                             * @enum {string}
                             */
                            action: "correct" | "report";
                            desired: string | null;
                            field: string;
                            observed: string | null;
                        }[];
                        email: string | null;
                        entitlement: {
                            /** @enum {string} */
                            kind: "entitled" | "not_entitled" | "unknown";
                            /** @description Which fact decided. */
                            reason: string;
                        };
                        /** @description What comes next, by the same plan as the engine makes, from what is written down. */
                        next: {
                            /** @description Null: at no known time. */
                            at: string | null;
                            /** @description The whole way, if every step succeeds. */
                            steps: string[];
                            text: string;
                        };
                        /** @description What is there, as far as it is written down. `GET …/plan` has a worker look at Fly. */
                        observed: {
                            health: {
                                checked_at: string | null;
                                /** @description Looks in a row that found it unhealthy. */
                                failures: number;
                                /** @description What the last change of its health was. */
                                message: string | null;
                                /** @enum {string} */
                                status: "healthy" | "unhealthy" | "unknown";
                            } | null;
                            /** @description What the app said of itself. */
                            heartbeat: {
                                age_ms: number | null;
                                at: string | null;
                                bootstrapped_at: string | null;
                                buffered_signals: number | null;
                                drained_at: string | null;
                                last_cycle_at: string | null;
                                memory_mb: number | null;
                                /** @description The last few restarts that nobody asked for. */
                                restarted_at: string[];
                                running_trader_ids: string[];
                                version: string | null;
                            } | null;
                            machine: {
                                guest: components["schemas"]["Guest"];
                                id: string | null;
                                image: string;
                                instance_id: string | null;
                                launched_at: string | null;
                                region: string;
                                since: string | null;
                                started_at: string | null;
                                /** @description By the ledger; null: there is none that costs. */
                                state: ("running" | "stored") | null;
                            } | null;
                        };
                        /** @description An operator's word, which outranks the tier while it lasts. */
                        override: components["schemas"]["UserOverride"] | null;
                        /** @description Where the user's traders run. */
                        placement: {
                            held_until: string | null;
                            machine_id: string | null;
                            /** @enum {string} */
                            runs_on: "shared" | "moving" | "dedicated";
                            since: string | null;
                            user_fly_app_id: string | null;
                        };
                        /** @description Earlier generations. */
                        previous: components["schemas"]["App"][];
                        /** @description Of the operation under way; null: there is none. */
                        progress: {
                            /** @enum {string} */
                            operation: "provision" | "deprovision" | "resize" | "repair";
                            steps: {
                                /** @description When it was done. */
                                at: string | null;
                                name: string;
                                /** @enum {string} */
                                state: "done" | "running" | "waiting" | "failed";
                            }[];
                        } | null;
                        /** @description The product's row, as it is now. */
                        subscription: {
                            status: string | null;
                            tier: string | null;
                        } | null;
                        /** Format: uuid */
                        user_id: string;
                        wanted_version: number;
                        /** @description Why things are as they are, for people. */
                        why: {
                            /** @enum {string} */
                            code: "as_wanted" | "coming_up" | "ending" | "failing" | "given_up" | "held_by_brake" | "nothing_wanted" | "paused" | "repairing" | "resizing" | "to_be_ended" | "to_be_made" | "to_be_resized" | "unhealthy" | "unknown" | "waiting";
                            text: string;
                        };
                        work: {
                            done_version: number;
                            failed_attempts: number;
                            failed_reason: string | null;
                            lease_expires_at: string | null;
                            next_attempt_at: string | null;
                            parked_reason: string | null;
                            /** @description A worker is at it now. */
                            running: boolean;
                            wanted_version: number;
                        };
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `unknown_user`: There is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnknownUser"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-apps-userId-check-health": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Nothing was to be done, or a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionResult"];
                };
            };
            /** @description It is wanted, and will be done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionResult"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `no_app`: This user has no app. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNoApp"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-apps-userId-costs": {
        parameters: {
            query?: {
                /** @description How far back, today included. */
                days?: number;
            };
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserCostDays"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `unknown_user`: There is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnknownUser"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-apps-userId-deprovision": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    /** @default false */
                    force?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Nothing was to be done, or a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionResult"];
                };
            };
            /** @description It is wanted, and will be done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionResult"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `unknown_user`: There is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnknownUser"];
                };
            };
            /**
             * @description `entitlement_conflict`: The user's subscription says otherwise. Repeat with force and a reason to override it.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemEntitlementConflict"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-apps-userId-events": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AppEvent"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `unknown_user`: There is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnknownUser"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-apps-userId-force": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    action: "skip_drain" | "abandon" | "recreate";
                    /** @default false */
                    dryRun?: boolean;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Nothing was to be done, or a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionResult"];
                };
            };
            /** @description It is wanted, and will be done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionResult"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `no_app`: This user has no app. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNoApp"];
                };
            };
            /**
             * @description `force_pointless`: Forcing this would change nothing on this app now.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForcePointless"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-apps-userId-health": {
        parameters: {
            query?: {
                /** @description How far back. */
                hours?: number;
            };
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthStrip"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `unknown_user`: There is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnknownUser"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "put-v1-apps-userId-override": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description `on`, `off`: an app or none, whatever is paid. `paused`: left as it is.
                     * @enum {string}
                     */
                    desired: "on" | "off" | "paused";
                    /** @default false */
                    dryRun?: boolean;
                    /** @description The override that was seen, null for none: refused where it is another by now. */
                    expected_override_id?: number | null;
                    /** @description Until when; without it, until somebody ends it. */
                    expires_at?: string | null;
                    /** @description The machine's size. Default: what the tier gives. */
                    guest?: {
                        /** @enum {string} */
                        cpuKind: "shared" | "performance";
                        cpus: number;
                        memoryMb: number;
                    };
                    reason: string;
                    /** @description Where the next app is made; one that is there stays where it is. */
                    region?: string;
                };
            };
        };
        responses: {
            /** @description It was so already, or a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dry_run: boolean;
                        /**
                         * @description `lift`: the override that was in the way ends; `override`: a new one is written.
                         * @enum {string}
                         */
                        effect: "nothing" | "work" | "lift" | "override";
                        fly_app_name: string | null;
                        /** @description Of a dry run: each step that a worker would take. Null while Redis is away. */
                        inspection?: components["schemas"]["Inspection"] | null;
                        /** @description Null where nothing is to be done, or the relay will add the job. */
                        job_id: string | null;
                        /** @description What is in force after it, or would be. */
                        override: components["schemas"]["UserOverride"] | null;
                        /** @description The app's, as recorded before. */
                        status: ("provisioning" | "active" | "deprovisioning" | "deleted" | "error") | null;
                        /** Format: uuid */
                        user_id: string;
                        wanted_version: number | null;
                    };
                };
            };
            /** @description It is so now, and what follows will be done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dry_run: boolean;
                        /**
                         * @description `lift`: the override that was in the way ends; `override`: a new one is written.
                         * @enum {string}
                         */
                        effect: "nothing" | "work" | "lift" | "override";
                        fly_app_name: string | null;
                        /** @description Of a dry run: each step that a worker would take. Null while Redis is away. */
                        inspection?: components["schemas"]["Inspection"] | null;
                        /** @description Null where nothing is to be done, or the relay will add the job. */
                        job_id: string | null;
                        /** @description What is in force after it, or would be. */
                        override: components["schemas"]["UserOverride"] | null;
                        /** @description The app's, as recorded before. */
                        status: ("provisioning" | "active" | "deprovisioning" | "deleted" | "error") | null;
                        /** Format: uuid */
                        user_id: string;
                        wanted_version: number | null;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `unknown_user`: There is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnknownUser"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             *
             *     `override_changed`: Somebody has changed the override since. Look at what is there now.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"] | components["schemas"]["ProblemOverrideChanged"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "delete-v1-apps-userId-override": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    /** @description The override that was seen, null for none: refused where it is another by now. */
                    expected_override_id?: number | null;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description It was so already, or a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dry_run: boolean;
                        /**
                         * @description `lift`: the override that was in the way ends; `override`: a new one is written.
                         * @enum {string}
                         */
                        effect: "nothing" | "work" | "lift" | "override";
                        fly_app_name: string | null;
                        /** @description Of a dry run: each step that a worker would take. Null while Redis is away. */
                        inspection?: components["schemas"]["Inspection"] | null;
                        /** @description Null where nothing is to be done, or the relay will add the job. */
                        job_id: string | null;
                        /** @description What is in force after it, or would be. */
                        override: components["schemas"]["UserOverride"] | null;
                        /** @description The app's, as recorded before. */
                        status: ("provisioning" | "active" | "deprovisioning" | "deleted" | "error") | null;
                        /** Format: uuid */
                        user_id: string;
                        wanted_version: number | null;
                    };
                };
            };
            /** @description It is so now, and what follows will be done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dry_run: boolean;
                        /**
                         * @description `lift`: the override that was in the way ends; `override`: a new one is written.
                         * @enum {string}
                         */
                        effect: "nothing" | "work" | "lift" | "override";
                        fly_app_name: string | null;
                        /** @description Of a dry run: each step that a worker would take. Null while Redis is away. */
                        inspection?: components["schemas"]["Inspection"] | null;
                        /** @description Null where nothing is to be done, or the relay will add the job. */
                        job_id: string | null;
                        /** @description What is in force after it, or would be. */
                        override: components["schemas"]["UserOverride"] | null;
                        /** @description The app's, as recorded before. */
                        status: ("provisioning" | "active" | "deprovisioning" | "deleted" | "error") | null;
                        /** Format: uuid */
                        user_id: string;
                        wanted_version: number | null;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `unknown_user`: There is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnknownUser"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             *
             *     `override_changed`: Somebody has changed the override since. Look at what is there now.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"] | components["schemas"]["ProblemOverrideChanged"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-apps-userId-plan": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Inspection"];
                };
            };
            /** @description No worker answered within five seconds: `url` says where it will be. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Inspection"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `unknown_user`: There is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnknownUser"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `redis_unavailable`: The queue is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemRedisUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-apps-userId-provision": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    /** @default false */
                    force?: boolean;
                    reason?: string;
                    tier?: string;
                };
            };
        };
        responses: {
            /** @description Nothing was to be done, or a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionResult"];
                };
            };
            /** @description It is wanted, and will be done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionResult"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `unknown_user`: There is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnknownUser"];
                };
            };
            /**
             * @description `entitlement_conflict`: The user's subscription says otherwise. Repeat with force and a reason to override it.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemEntitlementConflict"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-apps-userId-retry": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Nothing was to be done, or a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionResult"];
                };
            };
            /** @description It is wanted, and will be done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionResult"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `unknown_user`: There is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnknownUser"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-apps-userId-timeline": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["TimelineEntry"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `unknown_user`: There is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnknownUser"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-apps-counts": {
        parameters: {
            query?: {
                /** @description Apps of which at least one of these is true: `failing`, `parked`, `drift`, `override`, `stuck`, `unhealthy`, or several with a comma between. */
                attention?: string;
                /** @description What the last look found: `healthy`, `unhealthy`, `unknown`, or several with a comma between. */
                health?: string;
                /** @description A part of the mail address, of the app's name, or the beginning of the user's id. */
                q?: string;
                /** @description A region of Fly; several with a comma between. */
                region?: string;
                /** @description Without it, all but those that are deleted: `provisioning`, `active`, `deprovisioning`, `deleted`, `error`, or several with a comma between. */
                status?: string;
                /** @description A tier; several with a comma between. */
                tier?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppCounts"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-audit": {
        parameters: {
            query?: {
                /** @description The name of an act; several with a comma between. */
                action?: string;
                actor?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
                /** @description Nothing that is older than this. */
                since?: string;
                user_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditEntry"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-brakes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Brake"][];
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-brakes-name-engage": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                name: "fly_unreachable" | "unhealthy_share" | "deletion_burst" | "restored" | "operator";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description As it is then, or, for a dry run, as it would be. */
                        brake: components["schemas"]["Brake"];
                        /** @description False where it was as wished already. */
                        changed: boolean;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /**
             * @description `brake_not_by_hand`: This brake engages by its own condition only. The brakes operator and restored are engaged by hand too.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBrakeNotByHand"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-brakes-name-release": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                name: "fly_unreachable" | "unhealthy_share" | "deletion_burst" | "restored" | "operator";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    /** @default 0 */
                    ignore_for_minutes?: number;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description As it is then, or, for a dry run, as it would be. */
                        brake: components["schemas"]["Brake"];
                        /** @description False where it was as wished already. */
                        changed: boolean;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-bulk": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Bulk"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-bulk": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    action: "retry" | "provision" | "deprovision" | "check_health";
                    /**
                     * @description Of `deprovision`: the teardowns are counted, meant, and do not count as a burst.
                     * @default false
                     */
                    approve_burst?: boolean;
                    /** @default false */
                    dryRun?: boolean;
                    /** @description What the preview said: refused where it would be done to another number by now. */
                    expected_eligible?: number;
                    /** @description The same as of `GET /v1/apps`: every app that it shows now, on whatever page. */
                    filter?: {
                        /** @description Apps of which at least one of these is true: `failing`, `parked`, `drift`, `override`, `stuck`, `unhealthy`, or several with a comma between. */
                        attention?: string;
                        /** @description What the last look found: `healthy`, `unhealthy`, `unknown`, or several with a comma between. */
                        health?: string;
                        /** @description A part of the mail address, of the app's name, or the beginning of the user's id. */
                        q?: string;
                        /** @description A region of Fly; several with a comma between. */
                        region?: string;
                        /** @description Without it, all but those that are deleted: `provisioning`, `active`, `deprovisioning`, `deleted`, `error`, or several with a comma between. */
                        status?: string;
                        /** @description A tier; several with a comma between. */
                        tier?: string;
                    };
                    /**
                     * @description Of `provision` and `deprovision`: against the subscription, by an override for each.
                     * @default false
                     */
                    force?: boolean;
                    /** @description How many users are asked in a minute. Default: what suits the action. */
                    per_minute?: number;
                    reason: string;
                    user_ids?: string[];
                };
            };
        };
        responses: {
            /** @description A dry run: what would be done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkPreview"];
                };
            };
            /** @description It is written down, and will be carried out. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bulk: components["schemas"]["Bulk"];
                        bulk_id: number;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /**
             * @description `bulk_changed`: It would be done to another number of users by now. Look at the preview again.
             *
             *     `bulk_pointless`: It could be done to none of these users.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBulkChanged"] | components["schemas"]["ProblemBulkPointless"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-bulk-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One act on many users, each with an end of its own. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bulk"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-bulk-id-cancel": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description `changed` is false where it was so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bulk: components["schemas"]["Bulk"];
                        changed: boolean;
                        dry_run: boolean;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /**
             * @description `bulk_over`: This bulk is over, or cancelled.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBulkOver"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-bulk-id-items": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
                state?: "waiting" | "asked" | "done" | "failed" | "skipped";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["BulkItem"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-bulk-id-pause": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description `changed` is false where it was so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bulk: components["schemas"]["Bulk"];
                        changed: boolean;
                        dry_run: boolean;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /**
             * @description `bulk_over`: This bulk is over, or cancelled.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBulkOver"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-bulk-id-resume": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description `changed` is false where it was so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bulk: components["schemas"]["Bulk"];
                        changed: boolean;
                        dry_run: boolean;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /**
             * @description `bulk_over`: This bulk is over, or cancelled.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBulkOver"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-burst-approvals": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["BurstApproval"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-burst-approvals": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    count: number;
                    /** @default false */
                    dryRun?: boolean;
                    /** @default 1440 */
                    expires_in_minutes?: number;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description A dry run: what would be answered. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        actor: string;
                        approved: number;
                        brake_released: boolean;
                        /** Format: date-time */
                        created_at: string;
                        /** @description When the last of them is through, at the pace at which Fly deletes. */
                        eta_minutes: number;
                        expired: boolean;
                        /** Format: date-time */
                        expires_at: string;
                        id: number;
                        reason: string;
                        used: number;
                        /** @description Whom the brake kept from beginning. */
                        waiting_users: number;
                    };
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        actor: string;
                        approved: number;
                        brake_released: boolean;
                        /** Format: date-time */
                        created_at: string;
                        /** @description When the last of them is through, at the pace at which Fly deletes. */
                        eta_minutes: number;
                        expired: boolean;
                        /** Format: date-time */
                        expires_at: string;
                        id: number;
                        reason: string;
                        used: number;
                        /** @description Whom the brake kept from beginning. */
                        waiting_users: number;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-costs": {
        parameters: {
            query?: {
                /** @description A calendar month in UTC, `YYYY-MM`; this one where it is left out. */
                month?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Costs"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-costs-csv": {
        parameters: {
            query?: {
                /** @description A calendar month in UTC, `YYYY-MM`; this one where it is left out. */
                month?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description A name for the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-costs-users": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
                /** @description A calendar month in UTC, `YYYY-MM`; this one where it is left out. */
                month?: string;
                order?: "asc" | "desc";
                sort?: "month" | "forecast" | "margin" | "user";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        as_of: string;
                        items: components["schemas"]["UserCost"][];
                        month: string;
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                        price_model: components["schemas"]["PriceModel"];
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-doctor": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dry_run: boolean;
                        findings: components["schemas"]["Finding"][];
                        /**
                         * Format: date-time
                         * @description The API's clock.
                         */
                        now: string;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-events": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
                /** @description Nothing that is older than this. */
                since?: string;
                /** @description One of started, success, failed, skipped; several with a comma between. */
                status?: string;
                /** @description An event's type; several with a comma between. */
                type?: string;
                user_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["FleetEvent"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-inspections-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Inspection"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-migrations": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Migration"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-migrations": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Every paying user who has no app that is up.
                     * @constant
                     */
                    all?: true;
                    /** @default false */
                    dryRun?: boolean;
                    /** @description What the preview said: refused where it would be done to another number by now. */
                    expected_eligible?: number;
                    /**
                     * @description How many users are asked in a minute. Fly is known to create one app a second.
                     * @default 60
                     */
                    per_minute?: number;
                    reason: string;
                    /**
                     * @description Where a greater share of those who came to an end has failed, in a wave or in all, it stops itself. 1: never.
                     * @default 0.1
                     */
                    stop_on_failure_share?: number;
                    /** @description Every paying user of this tier who has no app that is up. */
                    tier?: string;
                    user_ids?: string[];
                    /**
                     * @description From the end of a wave to the first of the next one.
                     * @default 60
                     */
                    wave_pause_seconds?: number;
                    /** @default 50 */
                    wave_size?: number;
                };
            };
        };
        responses: {
            /** @description A dry run: what would be done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MigrationPreview"];
                };
            };
            /** @description It is written down, and will be carried out. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        migration: components["schemas"]["Migration"];
                        migration_id: number;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /**
             * @description `bulk_changed`: It would be done to another number of users by now. Look at the preview again.
             *
             *     `bulk_pointless`: It could be done to none of these users.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBulkChanged"] | components["schemas"]["ProblemBulkPointless"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-migrations-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Users who pay and had no app of their own are given one, in waves, each with a result. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-migrations-id-cancel": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description `changed` is false where it was so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        changed: boolean;
                        dry_run: boolean;
                        migration: components["schemas"]["Migration"];
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /**
             * @description `bulk_over`: This bulk is over, or cancelled.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBulkOver"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-migrations-id-items": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
                state?: "waiting" | "asked" | "done" | "failed" | "skipped";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["MigrationItem"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-migrations-id-pause": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description `changed` is false where it was so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        changed: boolean;
                        dry_run: boolean;
                        migration: components["schemas"]["Migration"];
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /**
             * @description `bulk_over`: This bulk is over, or cancelled.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBulkOver"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-migrations-id-report-csv": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description A name for the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-migrations-id-report-json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description A name for the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["MigrationItem"][];
                        migration: components["schemas"]["Migration"];
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-migrations-id-resume": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description `changed` is false where it was so already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        changed: boolean;
                        dry_run: boolean;
                        migration: components["schemas"]["Migration"];
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /**
             * @description `bulk_over`: This bulk is over, or cancelled.
             *
             *     `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBulkOver"] | components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-orphans": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                limit?: number;
                state?: "found" | "deleted" | "adopted" | "gone" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Orphan"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                        total: {
                            found: number;
                            /** @description US dollars */
                            monthly_cost_usd: string;
                        };
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-orphans-appName-adopt": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                appName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description A dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dry_run: boolean;
                        /** @description Null where the relay will add the job. */
                        job_id: string | null;
                        orphan: components["schemas"]["Orphan"];
                        /** Format: uuid */
                        user_id: string;
                        wanted_version: number | null;
                    };
                };
            };
            /** @description It is wanted, and will be done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dry_run: boolean;
                        /** @description Null where the relay will add the job. */
                        job_id: string | null;
                        orphan: components["schemas"]["Orphan"];
                        /** Format: uuid */
                        user_id: string;
                        wanted_version: number | null;
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             *
             *     `orphan_not_adoptable`: This app can not become its user's app again.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"] | components["schemas"]["ProblemOrphanNotAdoptable"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-orphans-appName-delete": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                appName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description A dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Orphan"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Orphan"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `not_found`: There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemNotFound"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             *
             *     `orphan_not_provable`: Hangar can not prove that this app is its own, and would never delete it.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"] | components["schemas"]["ProblemOrphanNotProvable"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-profitability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profitability"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-projections": {
        parameters: {
            query?: {
                /** @description How they are spread over the tiers, as `pro:80,elite:20`; all on the first paid tier where it is left out. */
                mix?: string;
                region?: string;
                /** @description How many users, several with a comma between; 10, 50, 100, 500 where it is left out. */
                users?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Projections"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "patch-v1-settings": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    budget?: {
                        monthly_usd?: string | null;
                    };
                    /** @default false */
                    dryRun?: boolean;
                    health?: {
                        no_cycles_ms?: number;
                    };
                    orphans?: {
                        grace_ms?: number;
                        lag_ms?: number;
                    };
                    reason?: string;
                    teardown_burst?: {
                        least?: number;
                        share?: number;
                        window_ms?: number;
                    };
                    unhealthy_share?: {
                        least?: number;
                        share?: number;
                    };
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-stats-lifecycle": {
        parameters: {
            query?: {
                /** @description How far back; 30 where it is left out. */
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LifecycleStats"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-stream": {
        parameters: {
            query?: never;
            header?: {
                /** @description The last `id` seen. */
                "last-event-id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Never kept. */
                    "Cache-Control"?: string;
                    /** @description Proxies pass each event on at once. */
                    "X-Accel-Buffering"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "post-v1-sweeps-name": {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header?: {
                /** @description Sent again under the same key, the same request is carried out once and answered alike, for a day. */
                "idempotency-key"?: string;
            };
            path: {
                name: "guards" | "alerts" | "differences" | "stuck" | "orphans" | "health" | "cost";
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    dryRun?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description A dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dry_run: boolean;
                        /** @enum {string} */
                        name: "guards" | "alerts" | "differences" | "stuck" | "orphans" | "health" | "cost";
                    };
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dry_run: boolean;
                        /** @enum {string} */
                        name: "guards" | "alerts" | "differences" | "stuck" | "orphans" | "health" | "cost";
                    };
                };
            };
            /** @description `bad_request`: The request could not be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBadRequest"];
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /**
             * @description `csrf_failed`: The session's X-CSRF-Token is missing or wrong, or another site asks.
             *
             *     `forbidden`: Your role does not allow this.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemCsrfFailed"] | components["schemas"]["ProblemForbidden"];
                };
            };
            /**
             * @description `idempotency_answer_lost`: The first request with this key was carried out, and its answer is lost. The audit log has it.
             *
             *     `idempotency_in_flight`: The first request with this key is still being carried out.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyAnswerLost"] | components["schemas"]["ProblemIdempotencyInFlight"];
                };
            };
            /** @description `payload_too_large`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemPayloadTooLarge"];
                };
            };
            /** @description `unsupported_media_type`: The request body has an encoding that is not read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
                };
            };
            /**
             * @description `idempotency_mismatch`: This Idempotency-Key was used for another request.
             *
             *     `validation_failed`: A field is missing or wrong.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemIdempotencyMismatch"] | components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `redis_unavailable`: The queue is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemRedisUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-users": {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                has_app?: boolean;
                limit?: number;
                /** @description A part of the mail address or of the app's name, or the beginning of the user's id. */
                q?: string;
                /** @description A tier; several with a comma between. */
                tier?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["User"][];
                        /** @description For the next page; null on the last. */
                        next_cursor: string | null;
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `validation_failed`: A field is missing or wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemValidationFailed"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
    "get-v1-version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        node: string;
                        schema: {
                            /** @description The last migration that the database has seen. */
                            applied: string;
                            /** @description The last one that this program knows. */
                            expected: string;
                        };
                        /** @description Of this program. */
                        version: string;
                    };
                };
            };
            /** @description `unauthorized`: Sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemUnauthorized"];
                };
            };
            /** @description `forbidden`: Your role does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemForbidden"];
                };
            };
            /** @description `rate_limited`: Too many requests. Try again later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemRateLimited"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemInternal"];
                };
            };
            /**
             * @description `database_unavailable`: The database is not reachable.
             *
             *     `sign_in_unavailable`: Supabase Auth is not reachable, so nobody can sign in right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDatabaseUnavailable"] | components["schemas"]["ProblemSignInUnavailable"];
                };
            };
        };
    };
}
