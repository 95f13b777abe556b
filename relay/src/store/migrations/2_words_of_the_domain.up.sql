-- From the words of one wire to those of the domain: the kinds of inputs, how
-- runs ended, and what a message says. A row that is damaged stays as it is.
ALTER TABLE inputs RENAME COLUMN method TO kind;
ALTER TABLE inputs RENAME COLUMN extra TO origin;
UPDATE inputs SET
    kind = CASE kind
        WHEN 'chat.send' THEN 'message'
        WHEN 'agent' THEN 'task'
        WHEN 'send' THEN 'delivery'
        WHEN 'sessions.create' THEN 'session'
        ELSE kind END,
    state = CASE state WHEN 'aborted' THEN 'stopped' ELSE state END;
UPDATE inputs SET origin = 'null' WHERE kind = 'session';
UPDATE inputs SET origin = json_object(
    'sender', json_object('id', 'owner'),
    'channel', 'webchat',
    'program', json(json_extract(origin, '$.client')),
    'attachments', json((
        SELECT json_group_array(json_object(
            'name', json_extract(value, '$.fileName'),
            'mime', json_extract(value, '$.contentType'),
            'bytes', json_extract(value, '$.sizeBytes')))
        FROM json_each(inputs.origin, '$.media') WHERE type = 'object')))
    WHERE kind <> 'session' AND json_valid(origin);
UPDATE sessions SET status = 'stopped' WHERE status = 'killed';
UPDATE transcript SET body = CASE
    WHEN role = 'user' THEN json_object(
        'kind', 'message',
        'text', json_extract(body, '$.content'),
        'at', json_extract(body, '$.timestamp'),
        'origin', json_object(
            'sender', json_object('id', 'owner'),
            'channel', 'webchat',
            'program', json(json_extract(body, '$.__openclaw.transport.clients[0]')),
            'attachments', json((
                SELECT json_group_array(json_object(
                    'name', json_extract(value, '$.fileName'),
                    'mime', json_extract(value, '$.contentType'),
                    'bytes', json_extract(value, '$.sizeBytes')))
                FROM json_each(transcript.body, '$.__openclaw.media') WHERE type = 'object'))))
    WHEN role = 'custom' THEN json_object(
        'kind', 'failed',
        'text', json_extract(body, '$.content'),
        'at', json_extract(body, '$.timestamp'))
    WHEN json_extract(body, '$.model') = 'delivery-mirror' THEN json_object(
        'kind', 'delivery',
        'text', json_extract(body, '$.content[0].text'),
        'at', json_extract(body, '$.timestamp'))
    WHEN json_extract(body, '$.openclawAbort') IS NOT NULL THEN json_object(
        'kind', 'stopped',
        'text', json_extract(body, '$.content[0].text'),
        'at', json_extract(body, '$.timestamp'),
        'agent', 'echo')
    ELSE json_object(
        'kind', 'answer',
        'text', json_extract(body, '$.content[0].text'),
        'at', json_extract(body, '$.timestamp'),
        'agent', json_extract(body, '$.model'),
        'usage', json_object(
            'input', json_extract(body, '$.usage.input'),
            'output', json_extract(body, '$.usage.output')))
    END
    WHERE json_valid(body);
UPDATE transcript SET role = 'notice' WHERE role = 'custom';
