#!/usr/bin/env bash
# moto 5.2.5 (PyPI), DynamoDB
# The guess: what a call would cost, and whether it is too large, can be tested on an emulator that answers
# ReturnConsumedCapacity and knows the limits of items, batches and pages (moto refuses an item of more than 400 KB, a transaction
# of 101 items, and cuts a BatchGetItem at 16 MB).
# What is seen: ConsumedCapacity is 1.0 for everything: a write of 100 KB (100 units on DynamoDB), a page of 900 KB that is read
# consistently (about 220). And a transaction of 5 MB is written, where DynamoDB ends at 4 MB in all.
# Exits 0 while that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[dynamodb]==5.2.5'
AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=us-east-1 venv/bin/python - <<'PYTHON'
import boto3
import moto

print('moto', moto.__version__)
with moto.mock_aws():
    table = boto3.client('dynamodb')
    keys = {'p': 'HASH', 's': 'RANGE'}
    table.create_table(
        TableName='plays',
        KeySchema=[{'AttributeName': name, 'KeyType': kind} for name, kind in keys.items()],
        AttributeDefinitions=[{'AttributeName': name, 'AttributeType': 'S'} for name in keys],
        BillingMode='PAY_PER_REQUEST',
    )

    def item(part, place, size):
        return {'p': {'S': part}, 's': {'S': str(place)}, 'bits': {'B': bytes(size)}}

    units = []
    for place in range(9):
        answer = table.put_item(TableName='plays', Item=item('page', place, 100_000), ReturnConsumedCapacity='TOTAL')
        units.append(answer['ConsumedCapacity']['CapacityUnits'])
    page = table.query(
        TableName='plays',
        KeyConditionExpression='p = :part',
        ExpressionAttributeValues={':part': {'S': 'page'}},
        ConsistentRead=True,
        ReturnConsumedCapacity='TOTAL',
    )
    print('writes of 100 KB:', units, 'units')
    print('a consistent read of', page['Count'], 'of them:', page['ConsumedCapacity']['CapacityUnits'], 'units')
    assert set(units) == {1.0}
    assert page['Count'] == 9 and page['ConsumedCapacity']['CapacityUnits'] == 1.0

    puts = [{'Put': {'TableName': 'plays', 'Item': item('large', place, 390_000)}} for place in range(14)]
    answer = table.transact_write_items(TransactItems=puts)
    print('a transaction of', 14 * 390_000, 'bytes:', answer['ResponseMetadata']['HTTPStatusCode'])
    assert answer['ResponseMetadata']['HTTPStatusCode'] == 200
PYTHON
