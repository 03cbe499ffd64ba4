# sh deploy/fly/start.sh api|worker|scheduler: Fly hands every secret of an app to all its groups. The service keeps its own
# login to the database, and of the rest what it reads; `exec`, so that the signal reaches Node.
set -eu
case $1 in
  api)
    DATABASE_URL=$DATABASE_URL_API
    unset FLY_API_TOKEN ALERT_SMTP_URL ALERT_WEBHOOK_URL ALERT_WEBHOOK_SECRET
    ;;
  worker)
    DATABASE_URL=$DATABASE_URL_WORKER
    unset HANGAR_WEBHOOK_SECRET HANGAR_WEBHOOK_SHARED_SECRET HANGAR_SHARED_TOKEN
    unset SUPABASE_SERVICE_ROLE_KEY SUPABASE_JWT_SECRET SUPABASE_JWT_SIGNING_KEY
    ;;
  scheduler)
    DATABASE_URL=$DATABASE_URL_SCHEDULER
    unset FLY_API_TOKEN ALERT_SMTP_URL ALERT_WEBHOOK_URL ALERT_WEBHOOK_SECRET
    unset HANGAR_MASTER_KEY HANGAR_MASTER_KEY_PREVIOUS
    unset HANGAR_WEBHOOK_SECRET HANGAR_WEBHOOK_SHARED_SECRET HANGAR_SHARED_TOKEN
    unset SUPABASE_SERVICE_ROLE_KEY SUPABASE_JWT_SECRET SUPABASE_JWT_SIGNING_KEY
    ;;
  *)
    echo "deploy/fly/start.sh: there is no service $1" >&2
    exit 64
    ;;
esac
unset DATABASE_URL_OWNER DATABASE_URL_API DATABASE_URL_WORKER DATABASE_URL_SCHEDULER
export DATABASE_URL
exec node "services/$1/src/main.ts"
