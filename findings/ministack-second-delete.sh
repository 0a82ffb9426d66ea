#!/usr/bin/env bash
# MiniStack 1.5.33 (an emulator of AWS, PyPI)
# The guess: as on SQS, a receipt handle may be deleted with twice: DeleteMessage of a standard queue succeeds for a message
# that is gone already, which is what lets a client try again after a lost answer (the SDKs do). fauxqs 2.4.1 takes it.
# What is seen: the second DeleteMessageBatch answers with Failed, code ReceiptHandleIsInvalid: after a lost answer the
# retry of the SDK reports messages as not deleted that are.
# Exits 0 while that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${emulator:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 botocore==1.43.106
venv/bin/pip list 2>/dev/null | grep -i '^ministack'
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
BIND_HOST=127.0.0.1 GATEWAY_PORT=$port TMPDIR=$folder STATE_DIR=$folder/state venv/bin/ministack > log 2>&1 &
emulator=$!
cat > seen.py <<'PY'
import sys, time
import botocore.session
from botocore.exceptions import EndpointConnectionError
sqs = botocore.session.Session().create_client("sqs", region_name="us-east-1", endpoint_url=sys.argv[1],
                                               aws_access_key_id="test", aws_secret_access_key="test")
for _ in range(100):
    try:
        queue = sqs.create_queue(QueueName="queue")["QueueUrl"]
        break
    except EndpointConnectionError:
        time.sleep(0.2)
sqs.send_message(QueueUrl=queue, MessageBody="one")
receipt = sqs.receive_message(QueueUrl=queue)["Messages"][0]["ReceiptHandle"]
def delete():
    answer = sqs.delete_message_batch(QueueUrl=queue, Entries=[{"Id": "1", "ReceiptHandle": receipt}])
    return [failed["Code"] for failed in answer.get("Failed", [])] or "deleted"
first, second = delete(), delete()
print("first: ", first)
print("second:", second)
sys.exit(0 if first == "deleted" and second == ["ReceiptHandleIsInvalid"] else 1)
PY
venv/bin/python seen.py "http://127.0.0.1:$port"
