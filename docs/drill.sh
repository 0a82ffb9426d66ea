# For the fault drills in runbook.md: `. docs/drill.sh` in a shell (bash, with the AWS CLI and jq), in the project's folder.
# Everything happens in a local archive in ./drill; nothing of it knows an AWS account.
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=''
DRILL=${DRILL:-./drill}

# drill_start [name=value …]: an archive whose schedules fire every two seconds and whose patience is short.
drill_start() {
  local settings=(leaseDuration=120 silenceLimit=20 heartbeat=6 rest1=2 rest2=2 rest3=2 retryRest=1 unknownRetry=5 reopenInterval=1
    curationTimeout=6 drainTimeout=15)
  npm run -s archivist -- local --data "$DRILL" --period "${PERIOD:-2}" $(printf -- '--set %s ' "${settings[@]}" "$@") &
  until [ -f "$DRILL/stack.json" ] || ! kill -0 $!; do sleep 1; done
}
drill_stop() { kill "$(jq .pid "$DRILL/runner.json")"; wait; }

archivist() { npm run -s archivist -- "$@" --data "$DRILL"; }
in_stack() { jq -r "$1" "$DRILL/stack.json"; }
queue() { in_stack ".queues.$1"; }
sqs() { aws sqs "$@" --endpoint-url "$(in_stack .sqs.endpoint)"; }
# dynamodb OPERATION JSON, without the AWS CLI: its first version writes the bytes of an item otherwise than it reads them.
dynamodb() {
  curl -sS "$(in_stack .dynamodb.endpoint)" -H "X-Amz-Target: DynamoDB_20120810.$1" -H 'Content-Type: application/x-amz-json-1.0' -H 'X-Amz-Date: 20260101T000000Z' \
    -H 'Authorization: AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0' -d "$2"
}
# ledger EPISODE: the key of its item
ledger() { jq -nc --arg pk "1#ledger#$(printf %012d "$1")" '{pk: {S: $pk}, sk: {S: "ledger#0"}}'; }
# invoke FUNCTION [EVENT]: its answer
invoke() {
  aws lambda invoke --endpoint-url "$(in_stack .lambda.endpoint)" --function-name "Archivist-$1" --payload "${2:-{\}}" \
    $(aws --version 2>&1 | grep -q 'aws-cli/2' && echo --cli-binary-format raw-in-base64-out) "$DRILL/answer.json" && jq . "$DRILL/answer.json"
}
# send QUEUE BODY
send() { sqs send-message --queue-url "$(queue "$1")" --message-body "$2" --query MessageId --output text; }
# log_lines FUNCTION FILTER: the JSON lines of its log that a jq filter takes
log_lines() { grep '^{' "$DRILL/logs/$1.log" | jq -c "select(.timestamp) | $2"; }
# metrics FUNCTION NAME: its metric lines in which that metric is above 0
metrics() { grep '"_aws"' "$DRILL/logs/$1.log" | jq -c "select(.$2 > 0) | del(._aws)"; }

# entry TITLE: a clip or an episode of that title whose media are nowhere
entry() {
  jq -nc --arg title "$1" --arg now "$(date -u +%FT%TZ)" '{title: $title, initialDateCurated: $now, lastDateCurated: $now,
    curatorInformation: "drill", mediaUri: "http://127.0.0.1:9/\($title | @uri).mp3", mediaType: "mp3"}'
}

# A researcher by hand. take: the next work item, into item.json, its message deleted (not with `keep`).
# say NAME [JSON]: a message of its lease; a sign of life without JSON.
take() {
  local url; url=$(queue PendingResearch)
  sqs receive-message --queue-url "$url" --wait-time-seconds 10 >"$DRILL/message.json"
  [ -s "$DRILL/message.json" ] || { echo 'No work item waits.' >&2; return 1; }
  jq -r '.Messages[0].Body' "$DRILL/message.json" >"$DRILL/item.json"
  [ "$1" = keep ] || sqs delete-message --queue-url "$url" --receipt-handle "$(jq -r '.Messages[0].ReceiptHandle' "$DRILL/message.json")"
  jq -c '{leaseId, episode: .episode.title, clips: [.clips[].title]}' "$DRILL/item.json"
}
say() {
  send CompletedResearch "$(jq -c --arg name "$1" "{leaseId, episodeInfo: .episode, researcher: \$name} + ${2:-{\}}" "$DRILL/item.json")"
}
# say_each NAME FROM TO [JSON]: results of clips FROM to TO (from 0, TO not among them) of the item, each with the JSON
say_each() {
  jq -c --arg name "$1" "[. as \$item | .clips[$2:$3][] | {leaseId: \$item.leaseId, episodeInfo: \$item.episode, researcher: \$name,
    clipInfo: .} + ${4:-{\}}] | to_entries | map({Id: \"\(.key)\", MessageBody: (.value | tojson)}) | _nwise(10)" "$DRILL/item.json" |
    while read -r entries; do
      sqs send-message-batch --queue-url "$(queue CompletedResearch)" --entries "$entries" --query 'length(Successful)' --output text
    done
}
