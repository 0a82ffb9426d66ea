#!/usr/bin/env bash
# MiniStack 1.5.33 (an emulator of AWS, PyPI), with AUTH=true
# The guess: with IAM enforced, a user who may do sqs:SendMessage may call SendMessageBatch, since AWS has no action for
# batches: the Service Authorization Reference lists sqs:SendMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility
# alone, and says that they cover the batches.
# What is seen: the single message is taken, the batch is denied for want of "sqs:SendMessageBatch". A policy of least
# privilege that is right for AWS fails on the emulator, and one that pleases the emulator names actions that do not exist.
# Exits 0 while that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${emulator:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 botocore==1.43.106
venv/bin/pip list 2>/dev/null | grep -i '^ministack'
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
AUTH=true BIND_HOST=127.0.0.1 GATEWAY_PORT=$port TMPDIR=$folder STATE_DIR=$folder/state venv/bin/ministack > log 2>&1 &
emulator=$!
cat > seen.py <<'PY'
import json, sys, time
import botocore.session
from botocore.exceptions import ClientError, EndpointConnectionError
endpoint = sys.argv[1]
def client(service, key, secret):
    return botocore.session.Session().create_client(service, region_name="us-east-1", endpoint_url=endpoint,
                                                    aws_access_key_id=key, aws_secret_access_key=secret)
for _ in range(100):
    try:
        queue = client("sqs", "test", "test").create_queue(QueueName="queue")["QueueUrl"]
        break
    except EndpointConnectionError:
        time.sleep(0.2)
iam = client("iam", "test", "test")
iam.create_user(UserName="sender")
allow = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:000000000000:queue"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
iam.put_user_policy(UserName="sender", PolicyName="may-send", PolicyDocument=policy)
key = iam.create_access_key(UserName="sender")["AccessKey"]
sqs = client("sqs", key["AccessKeyId"], key["SecretAccessKey"])
def outcome(call):
    try:
        call()
        return "taken"
    except ClientError as error:
        return error.response["Error"]["Message"]
single = outcome(lambda: sqs.send_message(QueueUrl=queue, MessageBody="one"))
batch = outcome(lambda: sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": "1", "MessageBody": "one"}]))
print("SendMessage:     ", single)
print("SendMessageBatch:", batch)
sys.exit(0 if single == "taken" and "sqs:SendMessageBatch" in batch else 1)
PY
venv/bin/python seen.py "http://127.0.0.1:$port"
