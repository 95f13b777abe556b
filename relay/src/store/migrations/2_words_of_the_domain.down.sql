-- What the relay of the commit 3a9e10a wrote, in the words of protocol 4.
UPDATE transcript SET role = 'custom' WHERE role = 'notice';
UPDATE transcript SET body = CASE json_extract(body, '$.kind')
    WHEN 'message' THEN json_object(
        '__openclaw', json_remove(
            json_object(
                'media', json((
                    SELECT json_group_array(json_object(
                        'contentType', json_extract(value, '$.mime'),
                        'fileName', json_extract(value, '$.name'),
                        'kind', iif(json_extract(value, '$.mime') LIKE 'image/%', 'image', 'document'),
                        'sizeBytes', json_extract(value, '$.bytes')))
                    FROM json_each(transcript.body, '$.origin.attachments'))),
                'senderId', iif(
                    json_extract(body, '$.origin.sender.id') = 'owner',
                    'gateway-owner',
                    json_extract(body, '$.origin.sender.id')),
                'transport', json_object(
                    'clients', json_array(json(json_extract(body, '$.origin.program'))))),
            iif(coalesce(json_array_length(body, '$.origin.attachments'), 0) = 0, '$.media', '$.none'),
            iif(json_extract(body, '$.origin.program') IS NULL, '$.transport', '$.none')),
        'content', json_extract(body, '$.text'),
        'timestamp', json_extract(body, '$.at'))
    WHEN 'failed' THEN json_object(
        'content', json_extract(body, '$.text'),
        'customType', 'run-failed-before-reply',
        'display', json('true'),
        'timestamp', json_extract(body, '$.at'))
    ELSE json_remove(
        json_object(
            'api', 'clawline-' || json_extract(body, '$.agent'),
            'content', json_array(json_object('text', json_extract(body, '$.text'), 'type', 'text')),
            'model', CASE json_extract(body, '$.kind')
                WHEN 'delivery' THEN 'delivery-mirror'
                WHEN 'stopped' THEN 'gateway-injected'
                ELSE json_extract(body, '$.agent') END,
            'openclawAbort', json_object('aborted', json('true'), 'origin', 'rpc', 'runId', run_id),
            'provider', iif(json_extract(body, '$.kind') = 'answer', 'clawline', 'openclaw'),
            'stopReason', 'stop',
            'timestamp', json_extract(body, '$.at'),
            'usage', json_object(
                'cacheRead', 0,
                'cacheWrite', 0,
                'cost', json_object('cacheRead', 0, 'cacheWrite', 0, 'input', 0, 'output', 0, 'total', 0),
                'input', coalesce(json_extract(body, '$.usage.input'), 0),
                'output', coalesce(json_extract(body, '$.usage.output'), 0),
                'totalTokens', coalesce(
                    json_extract(body, '$.usage.input') + json_extract(body, '$.usage.output'), 0))),
        iif(json_extract(body, '$.kind') = 'delivery', '$.api', '$.none'),
        iif(json_extract(body, '$.kind') = 'stopped', '$.none', '$.openclawAbort'))
    END
    WHERE json_valid(body) AND json_extract(body, '$.kind') IS NOT NULL;
UPDATE sessions SET status = 'killed' WHERE status = 'stopped';
UPDATE inputs SET origin = '{}' WHERE origin = 'null';
UPDATE inputs SET origin = json_remove(
    json_object(
        'client', json(json_extract(origin, '$.program')),
        'media', json((
            SELECT json_group_array(json_object(
                'contentType', json_extract(value, '$.mime'),
                'fileName', json_extract(value, '$.name'),
                'kind', iif(json_extract(value, '$.mime') LIKE 'image/%', 'image', 'document'),
                'sizeBytes', json_extract(value, '$.bytes')))
            FROM json_each(inputs.origin, '$.attachments')))),
    iif(json_extract(origin, '$.program') IS NULL, '$.client', '$.none'),
    iif(coalesce(json_array_length(origin, '$.attachments'), 0) = 0, '$.media', '$.none'))
    WHERE json_valid(origin) AND json_extract(origin, '$.sender') IS NOT NULL;
UPDATE inputs SET
    kind = CASE kind
        WHEN 'message' THEN 'chat.send'
        WHEN 'task' THEN 'agent'
        WHEN 'delivery' THEN 'send'
        WHEN 'session' THEN 'sessions.create'
        ELSE kind END,
    state = CASE state WHEN 'stopped' THEN 'aborted' ELSE state END;
ALTER TABLE inputs RENAME COLUMN kind TO method;
ALTER TABLE inputs RENAME COLUMN origin TO extra;
