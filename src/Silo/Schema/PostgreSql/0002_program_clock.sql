-- How far the program's clock is ahead of real time: 0, unless the sandbox's movable clock was moved.
CREATE TABLE program_clock
(
    one_row        boolean          NOT NULL PRIMARY KEY DEFAULT true CHECK (one_row),
    offset_seconds double precision NOT NULL CHECK (offset_seconds >= 0)
);

INSERT INTO program_clock (offset_seconds) VALUES (0);
