#!/bin/sh
# A new customer with curl only: signs up, verifies the address, creates a project and keys, sends events, reads statistics, uses up the
# Free quota from several processes at once, is moved to other plans by the operator, and invites a second person.
#
# Needs: SERVERS    addresses of the server's replicas, separated by spaces
#        MAIL       the folder of its mails
#        OPERATOR   the operator's token
#        ADMIN      the command line of the operator's commands
#        WORK       an empty folder
set -eu

SERVER=${SERVERS%% *}
EMAIL=ada@example.org
FRIEND=grace@example.org
PASSWORD="a rather long passphrase"

fail() { echo "FAILED: $*" >&2; exit 1; }
say() { echo "· $*"; }

# json NAME: prints the first value of that name in the JSON on standard input.
json() { grep -o "\"$1\":\(\"[^\"]*\"\|[^,}]*\)" | head -n 1 | sed 's/^"[^"]*"://; s/^"//; s/"$//'; }

# call WHO METHOD PATH [BODY]: sends a request with WHO's cookies. Sets $STATUS and $BODY to the status and body of the response.
call() {
    who=$1; method=$2; path=$3; body=${4-}
    csrf=$(cat "$WORK/$who.csrf" 2>/dev/null || true)
    set -- -s -o "$WORK/response" -w '%{http_code}' -b "$WORK/$who.jar" -c "$WORK/$who.jar" -X "$method" -H "X-CSRF-Token: $csrf"
    if [ -n "$body" ]; then set -- "$@" -H "Content-Type: application/json" -d "$body"; fi
    STATUS=$(curl "$@" "$SERVER$path")
    BODY=$(cat "$WORK/response")
}

# is STATUS [CODE]: fails unless the last call returned the status and the error code.
is() {
    [ "$STATUS" = "$1" ] || fail "$method $path: $STATUS instead of $1: $BODY"
    [ -z "${2-}" ] || [ "$(echo "$BODY" | json code)" = "$2" ] || fail "$method $path: not $2: $BODY"
}

# link KIND ADDRESS: prints the token in the newest mail of that kind to an address. Mails are sent after the response.
link() {
    for _ in $(seq 2400); do
        file=$(grep -l "^To: $2" "$MAIL"/*-"$1"-*.eml 2>/dev/null | tail -n 1 || true)
        if [ -n "$file" ]; then grep -o 'token=[A-Za-z0-9_-]*' "$file" | head -n 1 | cut -d= -f2; return; fi
        sleep 0.05
    done
    fail "no mail ($1) to $2"
}

# batch COUNT: prints a batch of COUNT events with a new id.
batch() {
    printf '{"batch_id":"%s","service_name":"my-cli","events":[' "$(cat /proc/sys/kernel/random/uuid)"
    for i in $(seq "$1"); do
        [ "$i" = 1 ] || printf ','
        printf '{"event_type":"command_executed","user_id":"u%s","metadata":{"command":"build"}}' "$i"
    done
    printf ']}'
}

# send SERVER FILE: sends the batch on standard input. Prints the status, and writes the body of the response to FILE.
send() {
    curl -s -o "$2" -D "$2.head" -w '%{http_code}' -H "Authorization: Bearer $LIVE" -H "Content-Type: application/json" \
        --data-binary @- "$1/v1/events"
}

# join WHO ADDRESS [INVITATION]: signs up, verifies the address and signs in.
join() {
    call "$1" POST /v1/auth/sign-up "{\"email\":\"$2\",\"name\":\"$1\"${3:+,\"invitation\":\"$3\"}}"; is 202
    call "$1" POST /v1/auth/sign-in "{\"email\":\"$2\",\"password\":\"$PASSWORD\"}"; is 401 wrong_credentials
    call "$1" POST /v1/auth/verify "{\"token\":\"$(link verify "$2")\",\"password\":\"$PASSWORD\"}"; is 200
    call "$1" POST /v1/auth/sign-in "{\"email\":\"$2\",\"password\":\"$PASSWORD\"}"; is 200
    echo "$BODY" | json csrf_token > "$WORK/$1.csrf"
}

say "signs up, verifies by mail, signs in"
join ada "$EMAIL"
call ada GET /v1/tenants; is 200
TENANT=$(echo "$BODY" | json id)
[ "$(echo "$BODY" | json plan)" = free ] || fail "not on the Free plan: $BODY"

say "creates a project and keys"
call ada POST "/v1/tenants/$TENANT/projects" '{"name":"my-cli"}'; is 201
PROJECT=$(echo "$BODY" | json id)
call ada POST "/v1/projects/$PROJECT/keys" '{"kind":"live"}'; is 201
LIVE=$(echo "$BODY" | json key)
call ada POST "/v1/projects/$PROJECT/keys" '{"kind":"read"}'; is 201
READ=$(echo "$BODY" | json key)

say "sends events and reads statistics"
[ "$(batch 7 | send "$SERVER" "$WORK/first")" = 200 ] || fail "the first batch: $(cat "$WORK/first")"
[ "$(json accepted < "$WORK/first")" = 7 ] || fail "not all accepted: $(cat "$WORK/first")"
overview() { curl -s -H "Authorization: Bearer $READ" "$SERVER/v1/stats/overview" | json events; }
sleep 2
[ "$(overview)" = 7 ] || fail "$(overview) events instead of 7"

say "can't invite on the Free plan, and gets the plan that can"
call ada POST "/v1/tenants/$TENANT/invitations" "{\"email\":\"$FRIEND\",\"role\":\"member\"}"; is 403 plan_required
[ "$(echo "$BODY" | json plan)" = business ] || fail "wrong plan: $BODY"

say "uses up the quota of 10,000 from three processes at once"
spend() { # NUMBER SERVER
    total=0
    for n in $(seq 60); do
        status=$(batch 97 | send "$2" "$WORK/spend$1")
        case $status in
            200) total=$((total + $(json accepted < "$WORK/spend$1"))) ;;
            429) [ "$(json code < "$WORK/spend$1")" = quota_exceeded ] || fail "$(cat "$WORK/spend$1")"
                 grep -qi '^retry-after: [1-9]' "$WORK/spend$1.head" || fail "no Retry-After"
                 echo "$total" > "$WORK/total$1"; return ;;
            *) fail "$status: $(cat "$WORK/spend$1")" ;;
        esac
    done
    fail "the quota was not used up"
}
number=0; pids=
for _ in 1 2 3; do
    number=$((number + 1))
    target=$(echo "$SERVERS" | cut -d' ' -f"$(( (number - 1) % $(echo "$SERVERS" | wc -w) + 1 ))")
    spend "$number" "$target" & pids="$pids $!"
done
for pid in $pids; do wait "$pid" || fail "a sender failed"; done
accepted=$((7 + $(cat "$WORK/total1") + $(cat "$WORK/total2") + $(cat "$WORK/total3")))
[ "$accepted" = 10000 ] || fail "$accepted events were accepted instead of 10000"
sleep 2
[ "$(overview)" = 10000 ] || fail "$(overview) events are counted instead of 10000"

call ada GET "/v1/usage?tenant=$TENANT"; is 200
[ "$(echo "$BODY" | json accepted)" = 10000 ] && [ "$(echo "$BODY" | json remaining)" = 0 ] || fail "wrong usage: $BODY"

say "gets two mails about the quota: at 80 % and at 100 %"
notices() { grep -l "^To: $EMAIL" "$MAIL"/*-usage-"$1"-*.eml 2>/dev/null | wc -l; }
for _ in $(seq 2400); do [ "$(notices 100)" = 0 ] || break; sleep 0.1; done
[ "$(notices 80) $(notices 100)" = "1 1" ] || fail "$(notices 80) mails at 80 % and $(notices 100) at 100 %"

say "is moved to Pro by the operator, and sends again"
curl -s -f -o /dev/null -X PUT -H "Authorization: Bearer $OPERATOR" -H "Content-Type: application/json" -d '{"plan":"pro"}' \
    "$SERVER/v1/operator/tenants/$TENANT/plan" || fail "the operator's call"
for _ in $(seq 600); do
    status=$(batch 5 | send "$SERVER" "$WORK/pro")
    [ "$status" = 200 ] && break
    sleep 0.1
done
[ "$status" = 200 ] || fail "still refused on Pro: $(cat "$WORK/pro")"

say "is moved to Business on the command line, and invites a second person, who reads statistics"
$ADMIN set-plan "$TENANT" business > /dev/null || fail "the operator's command"
call ada POST "/v1/tenants/$TENANT/invitations" "{\"email\":\"$FRIEND\",\"role\":\"viewer\"}"; is 201
INVITATION=$(link invitation "$FRIEND")
join grace "$FRIEND" "$INVITATION"
call grace GET "/v1/stats/overview?project=$PROJECT"; is 200
[ "$(echo "$BODY" | json events)" = 10005 ] || fail "wrong count: $BODY"
call grace POST "/v1/projects/$PROJECT/keys" '{"kind":"live"}'; is 403 role_required
call grace POST /v1/invitations/accept "{\"token\":\"$INVITATION\"}"; is 400 invalid_link

[ "$(notices 80) $(notices 100)" = "1 1" ] || fail "$(notices 80) mails at 80 % and $(notices 100) at 100 % at the end"

say "signs out, and has no session"
call ada POST /v1/auth/sign-out; is 204
call ada GET /v1/me; is 401 not_signed_in
echo "DONE"
