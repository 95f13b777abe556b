DROP TABLE pairings;
DROP TABLE device_tokens;
DROP TABLE devices;
DROP TABLE inputs;
DROP TABLE transcript;
DROP TABLE sessions;
